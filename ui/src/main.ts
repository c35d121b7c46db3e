// Entry point: chooses the host and mounts `App`.

import { mount } from "svelte";

import App from "./App.svelte";
import type { Host } from "./host/host";
import "./styles/tokens.css";
import "./styles/base.css";

// The mode is a build constant, so the bundle contains only one of the two hosts.
async function host(): Promise<Host> {
  if (import.meta.env.MODE === "mock") return (await import("./host/mock")).mockHost(location.search);
  return (await import("./host/tauri")).tauriHost;
}

const target = document.getElementById("app");
if (target) mount(App, { target, props: { host: await host() } });
