import { afterEach, expect, test } from "vitest";

import type { RecordedError } from "../../host/types";
import { setLanguage } from "../../i18n/index.svelte";
import { startOfDay, endOfDay } from "../../state/days";
import { ALL, errorQuery, toggled } from "./filter";
import { plainText } from "./plain";

const ERROR: RecordedError = {
  id: 7,
  type: "FILE_DAMAGED",
  severity: "ERROR",
  message: "`GOODS.DBF` cannot be read: too short (32 bytes) to be a DBF table",
  metadata: { fileName: "GOODS.DBF", offset: 32, site: { id: "shop-7" } },
  first_at: "2026-11-20T08:00:00Z",
  last_at: "2026-11-20T08:40:00Z",
  count: 3,
  reported: true,
  solved: false,
  run_id: 99_812,
  hint: "repair it with the program that writes it",
};
const PLACE = { version: "0.5.0", device_name: "kasse-2" };

afterEach(() => setLanguage("en"));

test("an empty filter asks for all problems, and for no events", () => {
  expect(errorQuery(ALL)).toEqual({ severities: ["CRITICAL", "ERROR", "WARNING"], kind: null, text: null, since: null, until: null });
});

test("the query covers whole days and trims the text", () => {
  const query = errorQuery({ severities: ["INFO"], text: "  goods ", from: "2026-11-01", to: "2026-11-20" });
  expect(query).toEqual({
    severities: ["INFO"],
    kind: null,
    text: "goods",
    since: startOfDay("2026-11-01"),
    until: endOfDay("2026-11-20"),
  });
});

test("the order of pressing severities does not change the query", () => {
  const pressed = toggled(toggled([], "WARNING"), "CRITICAL");
  expect(errorQuery({ ...ALL, severities: pressed }).severities).toEqual(["CRITICAL", "WARNING"]);
  expect(toggled(pressed, "WARNING")).toEqual(["CRITICAL"]);
});

test("the copied text contains every detail, one on each line", () => {
  expect(plainText(ERROR, PLACE)).toBe(
    [
      "Error: A table is damaged.",
      "File: GOODS.DBF",
      "Message: `GOODS.DBF` cannot be read: too short (32 bytes) to be a DBF table",
      "What to do: Repair it in the accounting program, for example by packing or reindexing. Other tables are not affected.",
      "What to do: repair it with the program that writes it",
      "Code: FILE_DAMAGED",
      "First seen: 2026-11-20T08:00:00Z",
      "Last seen: 2026-11-20T08:40:00Z",
      "Seen: 3 times",
      "Server: Reported to the server",
      "Export: 99812",
      "offset: 32",
      'site: {"id":"shop-7"}',
      "Program: Data Exporter 0.5.0",
      "Computer: kasse-2",
      "",
    ].join("\n"),
  );
});

test("a solved error says so", () => {
  expect(plainText({ ...ERROR, solved: true }, PLACE)).toContain("\nState: Solved\n");
});

test("an error with an unknown code is copied with its code and without missing details", () => {
  const unknown: RecordedError = { ...ERROR, type: "QUOTA_EXCEEDED", metadata: {}, run_id: null, hint: null, reported: false };
  const lines = plainText(unknown, PLACE).split("\n");
  expect(lines[0]).toBe("Error: QUOTA_EXCEEDED");
  expect(lines).toContain("Server: Not reported to the server");
  expect(lines.some((line) => /^(File|What to do|Export):/.test(line))).toBe(false);
});

test("the copied text is in the window's language", () => {
  setLanguage("ru");
  expect(plainText(ERROR, PLACE)).toContain("Ошибка: Таблица повреждена.\nФайл: GOODS.DBF\n");
});
