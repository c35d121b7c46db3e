import { expect, test } from "vitest";

import { scheduleOf } from "../../host/mock/cron";
import { DISTANCES, choiceOf, crontabOf, type Choice } from "./choice";

const COMMON: Choice[] = [
  ...DISTANCES.map((every) => ({ kind: "minutes" as const, every })),
  { kind: "hourly" },
  { kind: "daily", hours: [8], minute: 0 },
  { kind: "daily", hours: [0, 8, 23], minute: 35 },
  { kind: "weekly", days: [1, 2, 3, 4, 5], hours: [8, 12], minute: 0 },
  { kind: "weekly", days: [7], hours: [3], minute: 5 },
  { kind: "none" },
];

test.each(COMMON)("%j is recognised by its crontab", (choice) => {
  const crontab = crontabOf(choice);
  expect(choiceOf(crontab)).toEqual(choice);
  if (crontab !== null) expect(scheduleOf(crontab, null, 0)).not.toBeNull();
});

test.each([
  ["0 0 8,12 * * 1-5", { kind: "weekly", days: [1, 2, 3, 4, 5], hours: [8, 12], minute: 0 }],
  ["0 8 * * 0,7", { kind: "weekly", days: [7], hours: [8], minute: 0 }],
  ["0 18,8 * * *", { kind: "daily", hours: [8, 18], minute: 0 }],
])("%s is recognised as a common schedule", (crontab, choice) => expect(choiceOf(crontab)).toEqual(choice));

test.each([
  "*/7 * * * *",
  "0 8 1 * *",
  "0 8 * 6 *",
  "30 0 8 * * *",
  "0,30 8 * * *",
  "0 */2 * * *",
  "@daily",
  "0 25 * * *",
  "nonsense",
  "",
])("%j stays custom", (crontab) => expect(choiceOf(crontab)).toEqual({ kind: "custom", crontab }));
