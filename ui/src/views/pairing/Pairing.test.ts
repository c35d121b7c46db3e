import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { tick } from "svelte";
import { beforeEach, describe, expect, test } from "vitest";

import { codeAt } from "../../host/mock/code";
import { done } from "../../host/mock/scenario";
import type { PairingFault } from "../../host/types";
import { en } from "../../i18n/en";
import { setLanguage } from "../../i18n/index.svelte";
import { show } from "../../testing/show";
import { remember } from "./attempt.svelte";
import Pairing from "./Pairing.svelte";

const button = (name: string) => screen.getByRole("button", { name });
const field = (name: string) => screen.getByRole<HTMLInputElement>("textbox", { name });
const heading = () => screen.getByRole("heading", { level: 1 }).textContent;

beforeEach(() => {
  location.hash = "#/pairing";
  remember({ base_url: null, device_name: null });
  setLanguage("en");
});

describe("before a pairing", () => {
  test("the form asks for the address if none is configured, and suggests the computer's name", async () => {
    const { sent } = await show(Pairing, "first-run");
    expect(field(en.pairing.deviceName).value).toBe("kasse-2");
    await fireEvent.click(button(en.pairing.start));
    expect(sent).toEqual([]);
    expect(screen.getByText(en.pairing.serverMissing)).toBeTruthy();
    expect(document.activeElement).toBe(field(en.pairing.server));
  });

  test("an invalid address is rejected", async () => {
    const { sent } = await show(Pairing, "first-run");
    await fireEvent.input(field(en.pairing.server), { target: { value: "ftp://dfm" } });
    await fireEvent.click(button(en.pairing.start));
    expect(sent).toEqual([]);
    expect(field(en.pairing.server).getAttribute("aria-invalid")).toBe("true");
    expect(screen.getByText(en.pairing.serverInvalid)).toBeTruthy();
  });

  test("a missing https:// is added, and the default name is not sent", async () => {
    const { sent } = await show(Pairing, "first-run");
    await fireEvent.input(field(en.pairing.server), { target: { value: "dfm.example.com/" } });
    await fireEvent.click(button(en.pairing.start));
    expect(sent).toEqual([
      { command: "start_pairing", base_url: "https://dfm.example.com", device_name: null },
    ]);
  });

  test("the form hides a configured server until the user chooses another one", async () => {
    const { sent } = await show(Pairing, "server-known");
    expect(screen.queryByRole("textbox", { name: en.pairing.server })).toBeNull();
    await fireEvent.click(button(en.pairing.otherServer));
    await fireEvent.input(field(en.pairing.server), { target: { value: "https://other.example.com" } });
    await fireEvent.input(field(en.pairing.deviceName), { target: { value: "office" } });
    await fireEvent.click(button(en.pairing.start));
    expect(sent).toEqual([
      { command: "start_pairing", base_url: "https://other.example.com", device_name: "office" },
    ]);
  });

  test("pairing requires a computer name", async () => {
    const { sent } = await show(Pairing, "server-known");
    await fireEvent.input(field(en.pairing.deviceName), { target: { value: " " } });
    await fireEvent.click(button(en.pairing.start));
    expect(sent).toEqual([]);
    expect(screen.getByText(en.pairing.deviceNameMissing)).toBeTruthy();
  });
});

describe("while waiting for confirmation", () => {
  test("the code is shown whole and spelled for screen readers", async () => {
    await show(Pairing, "waiting");
    expect(screen.getByText("WDJB-MJHT").getAttribute("aria-hidden")).toBe("true");
    expect(screen.getByText("Code: W, D, J, B, hyphen, M, J, H, T")).toBeTruthy();
    expect(screen.getByRole("img", { name: en.pairing.qr })).toBeTruthy();
    expect(screen.getByText("https://dfm.example.com/device")).toBeTruthy();
  });

  test("the page can be opened again, and the pairing cancelled", async () => {
    const { called, sent } = await show(Pairing, "waiting");
    await fireEvent.click(button(en.pairing.openPage));
    expect(called).toEqual(["open_address"]);
    await fireEvent.click(button(en.pairing.cancel));
    expect(sent).toEqual([{ command: "cancel_pairing" }]);
  });

  test("a server without a complete address has no QR code", async () => {
    const { change } = await show(Pairing, "waiting");
    const code = { ...codeAt(Date.now()), qr: null, verification_uri_complete: null };
    change({ pairing: { step: "waiting", code, trouble: null, browser: { browser: "asked" } } });
    await tick();
    expect(screen.queryByRole("img", { name: en.pairing.qr })).toBeNull();
  });

  test("connection trouble and a browser that did not open are shown with the engine's messages", async () => {
    const { change } = await show(Pairing, "waiting");
    const browser = { browser: "failed", why: "there is no display" } as const;
    change({ pairing: { step: "waiting", code: codeAt(Date.now()), trouble: "connection reset", browser } });
    await tick();
    expect(screen.getByText(en.pairing.trouble)).toBeTruthy();
    expect(screen.getByText("connection reset").closest("[lang=en]")).toBeTruthy();
    expect(screen.getByText(en.pairing.browserFailed)).toBeTruthy();
    expect(screen.getByText("there is no display").closest("[dir=ltr]")).toBeTruthy();
  });

  test("the next screen focuses its heading", async () => {
    const { change } = await show(Pairing, "waiting");
    change({ pairing: { step: "keeping" } });
    await waitFor(() => expect(document.activeElement?.textContent).toBe(en.pairing.storing));
  });
});

describe("after a failed pairing", () => {
  const faults = Object.keys(en.faults) as PairingFault[];
  const correcting: PairingFault[] = ["unsupported", "configuration"];

  test.each(faults)("%s shows its sentence and its button", async (fault) => {
    const { sent } = await show(Pairing, `failed&fault=${fault}`);
    expect(heading()).toBe(en.faults[fault].title);
    expect(screen.getByText(en.faults[fault].text)).toBeTruthy();
    await fireEvent.click(button(en.faults[fault].button));
    const command = correcting.includes(fault) ? "cancel_pairing" : "start_pairing";
    expect(sent.map((one) => one.command)).toEqual([command]);
  });

  test("retrying uses the same server and name", async () => {
    remember({ base_url: "https://other.example.com", device_name: "office" });
    const { sent } = await show(Pairing, "failed&fault=network");
    await fireEvent.click(button(en.faults.network.button));
    expect(sent).toEqual([
      { command: "start_pairing", base_url: "https://other.example.com", device_name: "office" },
    ]);
  });

  test("correcting the address focuses its field", async () => {
    const { change } = await show(Pairing, "failed&fault=unsupported");
    await fireEvent.click(button(en.faults.unsupported.button));
    change({ pairing: { step: "idle" } });
    await waitFor(() => expect(document.activeElement).toBe(field(en.pairing.server)));
    expect(field(en.pairing.server).value).toBe("https://dfm.example.com");
  });
});

describe("after a successful pairing", () => {
  test("the site is named, and the button leads to the folder step", async () => {
    const { sent } = await show(Pairing, "done");
    expect(heading()).toMatch(/Paired with .shop-7/);
    await fireEvent.click(button(en.pairing.setUp));
    await waitFor(() => expect(sent).toEqual([{ command: "cancel_pairing" }]));
    await waitFor(() => expect(location.hash).toBe("#/pairing/folder"));
  });

  test("notes of the engine are shown unchanged", async () => {
    const { change } = await show(Pairing, "done");
    change({ pairing: done(["the former secret could not be removed"]) });
    await tick();
    const note = screen.getByText("the former secret could not be removed");
    expect(note.closest("[lang=en]")).toBeTruthy();
  });

  test("a current pairing can be renewed directly", async () => {
    const { sent } = await show(Pairing, "paired");
    expect(screen.getByText("shop-7")).toBeTruthy();
    await fireEvent.click(button(en.pairing.again));
    expect(sent).toEqual([{ command: "start_pairing", base_url: null, device_name: null }]);
  });

  test("an incomplete setup links to its next step", async () => {
    await show(Pairing, "half-set-up");
    const link = screen.getByRole("link", { name: en.pairing.finishSetUp });
    expect(link.getAttribute("href")).toBe("#/pairing/folder");
    const steps = within(screen.getByRole("navigation", { name: en.setup.title }));
    expect(steps.getByRole("link", { name: en.setup.steps.folder })).toBeTruthy();
    expect(steps.queryByRole("link", { name: en.setup.steps.schedule })).toBeNull();
  });
});

test("nothing can be changed while another process owns the data folder", async () => {
  await show(Pairing, "viewer");
  for (const name of [en.pairing.again, en.pairing.otherServer, en.pairing.unpair]) {
    expect(button(name).hasAttribute("disabled")).toBe(true);
  }
});
