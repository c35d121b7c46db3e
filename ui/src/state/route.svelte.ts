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
let mayLeave: (to: Route) => boolean = () => true;

addEventListener("hashchange", () => {
  const next = parse(location.hash);
  if (mayLeave(next)) current = next;
  else history.replaceState(null, "", href(current.view, current.rest ?? undefined));
});

/** Has every way to elsewhere asked about first, until what is returned is called. */
export function guard(ask: (to: Route) => boolean): () => void {
  mayLeave = ask;
  return () => (mayLeave = () => true);
}

export function route(): Route {
  return current;
}

export function go(view: ViewName, rest?: string | number): void {
  location.hash = href(view, rest);
}
