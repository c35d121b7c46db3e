// Live validation of settings: `liveCheck` asks the engine shortly after each change.

import type { Host } from "../host/host";
import type { UserSettings, SettingsCheck } from "../host/types";

/** The pause in typing before the engine is asked, in milliseconds. */
const PAUSE = 200;

export interface LiveCheck {
  /** The latest answer; null before the first. */
  readonly result: SettingsCheck | null;
  /** Whether the settings have changed since that answer was requested. */
  readonly pending: boolean;
}

/** Call this while a component initialises. Outdated answers are dropped. */
export function liveCheck(host: Host, settings: () => UserSettings): LiveCheck {
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

/** Returns the problem of a field. */
export function problemOf(check: SettingsCheck | null, field: keyof UserSettings) {
  return check?.problems.find((problem) => problem.field === field);
}
