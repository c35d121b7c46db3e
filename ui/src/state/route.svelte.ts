// The view that is shown, as the fragment of the address says: `#/history/17`. `route` reads it, `go` changes it.

import { VIEWS, type ViewName } from "../host/host";

export interface Route {
  readonly view: ViewName;
  /** What follows: the number of a run, a step of the first set-up. */
  readonly rest: string | null;
}

export function parse(fragment: string): Route {
  const [, view, rest] = /^#\/([a-z]+)(?:\/([\w-]+))?$/.exec(fragment) ?? [];
  const known = VIEWS.find((name) => name === view);
  return { view: known ?? "pairing", rest: (known && rest) || null };
}

export function href(view: ViewName, rest?: string | number): string {
  return rest === undefined ? `#/${view}` : `#/${view}/${rest}`;
}

let current = $state.raw(parse(location.hash));
addEventListener("hashchange", () => (current = parse(location.hash)));

export function route(): Route {
  return current;
}

export function go(view: ViewName, rest?: string | number): void {
  location.hash = href(view, rest);
}
