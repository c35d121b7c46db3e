// The host of the real window: `tauriHost` calls the commands and subscribes to the events of src-tauri.

import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

import type { Host, Unlisten } from "./host";

function on<Payload>(name: string): (listener: (payload: Payload) => void) => Promise<Unlisten> {
  return (listener) => listen<Payload>(name, ({ payload }) => listener(payload));
}

export const tauriHost: Host = {
  snapshot: () => invoke("snapshot"),
  send: (command) => invoke("send", { command }),
  history: (query, cursor, limit) => invoke("history", { query, cursor, limit }),
  run: (id) => invoke("run", { id }),
  errors: (query, cursor, limit) => invoke("errors", { query, cursor, limit }),
  preview: (request) => invoke("preview", { request }),
  checkSettings: (settings) => invoke("check_settings", { settings }),
  saveList: (list, format) => invoke("save_list", { list, format }),
  chooseFolder: () => invoke("choose_folder"),
  desktop: () => invoke("desktop"),
  setStartAtLogin: (on) => invoke("set_start_at_login", { on }),
  openAddress: () => invoke("open_address"),
  askBeforeClosing: (ask) => invoke("ask_before_closing", { ask }),
  close: () => invoke("close"),
  onEvent: on("engine"),
  onLeave: on("leave"),
  onShow: on("show"),
  onDesktop: on("desktop"),
};
