import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import { beforeEach, expect, test } from "vitest";

import { en } from "../../i18n/en";
import { setLanguage } from "../../i18n/index.svelte";
import { show } from "../../testing/show";
import Settings from "./Settings.svelte";

const press = (name: string) => fireEvent.click(screen.getByRole("button", { name }));

beforeEach(() => {
  setLanguage("en");
  // jsdom does not implement dialogs.
  Object.assign(HTMLDialogElement.prototype, {
    showModal(this: HTMLDialogElement) {
      this.open = true;
    },
    close(this: HTMLDialogElement) {
      this.open = false;
    },
  });
});

test("a window with unsaved settings asks each time before it closes", async () => {
  const { called, leave } = await show(Settings, "paired");
  const skip = screen.getByRole<HTMLInputElement>("checkbox", { name: en.settings.skipUnchanged });
  expect(called).toEqual([]);
  await fireEvent.click(skip);
  expect(called).toEqual(["ask_before_closing true"]);

  leave();
  await screen.findByText(en.settings.leaveText);
  await press(en.settings.stay);
  expect(screen.queryByText(en.settings.leaveText)).toBeNull();
  expect(skip.checked).toBe(false);
  expect(called).toEqual(["ask_before_closing true", "ask_before_closing true"]);

  leave();
  await screen.findByText(en.settings.leaveText);
  await press(en.settings.leave);
  await waitFor(() => expect(called.slice(2)).toEqual(["ask_before_closing false", "close"]));
});

test("the settings name the program that runs the exports, if it is another one", async () => {
  const { change } = await show(Settings, "paired");
  expect(screen.queryByText(/this window controls it/)).toBeNull();
  change({ holder: { pid: 4211, program: "data_exporter run" } });
  expect(await screen.findByText(/data_exporter run \(pid 4211\).*this window controls it/)).toBeTruthy();
  change({ read_only: true });
  await waitFor(() => expect(screen.queryByText(/this window controls it/)).toBeNull());
});
