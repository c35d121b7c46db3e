// The steps that a person has answered in this window: `answer` and `answers`. The preview stores nothing, and a choice
// of no schedule looks like no choice, so that the snapshot alone cannot tell.

import type { Session } from "../../state/session.svelte";
import type { Step } from "./steps";

let given = $state.raw<{ session: Session; steps: readonly Step[] } | null>(null);

export function answers(session: Session): readonly Step[] {
  return given?.session === session ? given.steps : [];
}

export function answer(session: Session, step: Step): void {
  given = { session, steps: [...answers(session).filter((other) => other !== step), step] };
}

/** Forgets the answers to steps that depend on an earlier one. */
export function forget(session: Session): void {
  given = { session, steps: [] };
}
