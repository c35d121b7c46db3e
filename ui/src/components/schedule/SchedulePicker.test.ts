import { fireEvent, render, screen } from "@testing-library/svelte";
import { beforeEach, expect, test, vi } from "vitest";

import { scheduleOf } from "../../host/mock/cron";
import { en } from "../../i18n/en";
import { setLanguage } from "../../i18n/index.svelte";
import SchedulePicker from "./SchedulePicker.svelte";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const picker = (crontab: string | null) => {
  const onchange = vi.fn();
  const schedule = crontab === null ? null : scheduleOf(crontab, null, NOW);
  render(SchedulePicker, { crontab, onchange, schedule });
  return onchange;
};
const radio = (name: string) => screen.getByRole<HTMLInputElement>("radio", { name });

beforeEach(() => setLanguage("en"));

test("a crontab selects its choice and shows its description and next five times", () => {
  picker("0 8,12 * * 1-5");
  expect(radio(en.schedule.choices.weekly).checked).toBe(true);
  expect(screen.getByText("Exports run at 08:00 and 12:00, Monday to Friday.")).toBeTruthy();
  expect(screen.getAllByRole("listitem")).toHaveLength(5);
  expect(screen.getByRole<HTMLInputElement>("checkbox", { name: "12:00" }).checked).toBe(true);
});

test("toggling hours and days changes the crontab", async () => {
  const onchange = picker("0 8 * * 1");
  await fireEvent.click(screen.getByRole("checkbox", { name: "16:00" }));
  expect(onchange).toHaveBeenLastCalledWith("0 8,16 * * 1");
  await fireEvent.click(screen.getByRole("checkbox", { name: "Sunday" }));
  expect(onchange).toHaveBeenLastCalledWith("0 8 * * 1,7");
});

test("the last hour cannot be removed", async () => {
  const onchange = picker("0 8 * * *");
  const hour = screen.getByRole<HTMLInputElement>("checkbox", { name: "08:00" });
  await fireEvent.click(hour);
  expect(onchange).not.toHaveBeenCalled();
  expect(hour.checked).toBe(true);
});

test("changing from daily to weekly keeps the times", async () => {
  const onchange = picker("30 7,19 * * *");
  await fireEvent.click(radio(en.schedule.choices.weekly));
  expect(onchange).toHaveBeenLastCalledWith("30 7,19 * * 1,2,3,4,5");
});

test('"only manually" clears the crontab', async () => {
  const onchange = picker("0 * * * *");
  await fireEvent.click(radio(en.schedule.choices.none));
  expect(onchange).toHaveBeenLastCalledWith(null);
});

test("a custom crontab stays custom while typing passes a common one", async () => {
  const onchange = vi.fn();
  const { rerender } = render(SchedulePicker, { crontab: "0 8 1 * *", onchange, schedule: null });
  const typed = screen.getByRole("textbox", { name: en.schedule.crontab });
  await fireEvent.input(typed, { target: { value: "0 8 * * *" } });
  await rerender({ crontab: "0 8 * * *" });
  expect(radio(en.schedule.choices.custom).checked).toBe(true);
});

test("an invalid crontab shows its error at the field", () => {
  const problem = { field: "crontab", message: "it has four fields", remedy: "write five" };
  render(SchedulePicker, { crontab: "1 2 3 4", onchange: vi.fn(), schedule: null, problem });
  const typed = screen.getByRole("textbox", { name: en.schedule.crontab });
  expect(typed.getAttribute("aria-invalid")).toBe("true");
  expect(screen.getByText("it has four fields; write five")).toBeTruthy();
});
