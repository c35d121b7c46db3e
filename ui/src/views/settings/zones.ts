// The time zones to choose from: `zones`. The computer's own is told by an empty value.

import { t } from "../../i18n/index.svelte";

export function zones(chosen: string | null): { value: string; label: string }[] {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  // Some browsers list UTC, others leave it out.
  const all = new Set(["UTC", ...Intl.supportedValuesOf("timeZone"), ...(chosen === null ? [] : [chosen])]);
  return [
    { value: "", label: t().settings.ownTimezone(own) },
    ...[...all].map((zone) => ({ value: zone, label: zone })),
  ];
}
