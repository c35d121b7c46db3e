// Renders a component with a session: `show`.

import { render } from "@testing-library/svelte";
import type { Component } from "svelte";

import { Session } from "../state/session.svelte";
import Provided from "./Provided.svelte";
import { recording, type Recording } from "./recording";

export async function show(shown: Component, scenario: string): Promise<Recording & { session: Session }> {
  const record = await recording(scenario);
  const session = new Session(record.host);
  await session.connect(() => undefined);
  render(Provided, { session, shown });
  return { ...record, session };
}
