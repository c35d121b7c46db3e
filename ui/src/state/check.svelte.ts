// What settings that are being typed would do: `checking` asks the engine a moment after each change.

import type { Host } from "../host/host";
import type { UserSettings, SettingsCheck } from "../host/types";

/** So long nothing may be typed before the engine is asked. */
const PAUSE = 200;

export interface Checking {
  /** The newest answer; none before the first. */
  readonly result: SettingsCheck | null;
  /** Whether the settings have changed since it was asked for. */
  readonly pending: boolean;
}

/** To be called while a component is made. Answers that come late are dropped. */
export function checking(host: Host, settings: () => UserSettings): Checking {
  let result = $state.raw<SettingsCheck | null>(null);
  let pending = $state(true);
  let asked = false;

  $effect(() => {
    const typed = settings();
    let dropped = false;
    pending = true;
    const timer = setTimeout(
      async () => {
        const answer = await host.checkSettings(typed).catch(() => null);
        if (dropped) return;
        result = answer;
        pending = false;
      },
      asked ? PAUSE : 0,
    );
    asked = true;
    return () => {
      dropped = true;
      clearTimeout(timer);
    };
  });

  return {
    get result() {
      return result;
    },
    get pending() {
      return pending;
    },
  };
}

/** What is wrong with one field. */
export function problemOf(check: SettingsCheck | null, field: keyof UserSettings) {
  return check?.problems.find((problem) => problem.field === field);
}
