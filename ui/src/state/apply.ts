// The window's state of the engine, `View`, as a pure function of the engine's answers and events: `setFirstSnapshot` and `apply`.

import type { EngineEvent, Snapshot } from "../host/types";

export interface View {
  /** Null until the engine has answered for the first time. */
  readonly snapshot: Snapshot | null;
  /** Whether the engine has stopped; no event follows. */
  readonly ended: boolean;
}

export const INITIAL: View = { snapshot: null, ended: false };

/**
 * Returns the view after the first answer. Events arrive in order, so a snapshot that came with an event in the
 * meantime is never older than the answer.
 */
export function setFirstSnapshot(view: View, snapshot: Snapshot): View {
  return view.snapshot ? view : { ...view, snapshot };
}

/** Returns the view after an event. */
export function apply(view: View, event: EngineEvent): View {
  switch (event.event) {
    case "changed":
      return { ...view, snapshot: event.snapshot };
    case "progressed":
      return view.snapshot?.run ? { ...view, snapshot: { ...view.snapshot, run: event.run } } : view;
    case "ended":
      return { ...view, ended: true };
    case "open_address":
    case "notice":
      return view;
  }
}
