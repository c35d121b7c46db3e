// A host for component tests: `recording`, the mock with immediate answers and recorded commands.

import type { Host } from "../host/host";
import { mockHost } from "../host/mock";
import type { Command, EngineEvent, Snapshot } from "../host/types";

export interface Recording {
  readonly host: Host;
  readonly sent: Command[];
  readonly called: string[];
  /** Simulates closing a window that asks first. */
  leave(): void;
  /** Changes the snapshot and notifies the window. */
  change(changes: Partial<Snapshot>): void;
}

/** Starts in a scenario of the mock, which advances only through `change`. */
export async function recording(scenario: string): Promise<Recording> {
  const inner = mockHost(`?mock=${scenario}&auto=no`);
  let snapshot = await inner.snapshot();
  const listeners: ((event: EngineEvent) => void)[] = [];
  const leavers: (() => void)[] = [];
  const sent: Command[] = [];
  const called: string[] = [];
  const host: Host = {
    ...inner,
    snapshot: () => Promise.resolve(snapshot),
    desktop: () => Promise.resolve({ language: "en", start_at_login: false, has_tray: true }),
    onEvent(listener) {
      listeners.push(listener);
      return Promise.resolve(() => undefined);
    },
    send(command) {
      sent.push(command);
      return Promise.resolve();
    },
    onLeave(listener) {
      leavers.push(listener);
      return Promise.resolve(() => undefined);
    },
    askBeforeClosing(ask) {
      called.push(`ask_before_closing ${ask}`);
      return Promise.resolve();
    },
    close() {
      called.push("close");
      return Promise.resolve();
    },
    openAddress() {
      called.push("open_address");
      return Promise.resolve();
    },
  };
  return {
    host,
    sent,
    called,
    leave() {
      for (const listener of leavers) listener();
    },
    change(changes) {
      snapshot = { ...snapshot, ...changes };
      for (const listener of listeners) listener({ event: "changed", snapshot });
    },
  };
}
