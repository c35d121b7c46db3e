// The current view, from the fragment of the address: `#/history/17`. `route` returns it, `navigate` changes it.

import { VIEWS, type ViewName } from "../host/host";

export interface Route {
  readonly view: ViewName;
  /** The part after the view: the number of a run or a setup step. */
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

/** Calls `ask` before every navigation, which is cancelled if it returns false. Returns a function that removes the guard. */
export function guard(ask: (to: Route) => boolean): () => void {
  mayLeave = ask;
  return () => (mayLeave = () => true);
}

export function route(): Route {
  return current;
}

export function navigate(view: ViewName, rest?: string | number): void {
  location.hash = href(view, rest);
}
