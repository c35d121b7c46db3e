// What the window knows of the engine, `View`, as a pure function of what it was told: `begin` and `apply`.

import type { EngineEvent, Snapshot } from "../host/types";

export interface View {
  /** None until the engine has answered for the first time. */
  readonly snapshot: Snapshot | null;
  /** Whether the engine has ended; nothing comes after that. */
  readonly ended: boolean;
}

export const NOTHING: View = { snapshot: null, ended: false };

/**
 * The view after the answer to the first question. Events come in order and the newest is always among them, so one
 * that has come meanwhile is never older than the answer that is on its way.
 */
export function begin(view: View, snapshot: Snapshot): View {
  return view.snapshot ? view : { ...view, snapshot };
}

/** The view after an event. */
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
