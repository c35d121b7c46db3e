// The time zones to choose from: `zones`. The empty value stands for the computer's own.

import { t } from "../../i18n/index.svelte";

export function zones(chosen: string | null): { value: string; label: string }[] {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  // Only some browsers list UTC.
  const all = new Set(["UTC", ...Intl.supportedValuesOf("timeZone"), ...(chosen === null ? [] : [chosen])]);
  return [
    { value: "", label: t().settings.ownTimezone(own) },
    ...[...all].map((zone) => ({ value: zone, label: zone })),
  ];
}
