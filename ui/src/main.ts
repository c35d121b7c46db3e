// Starts the window: chooses the host and puts the frame into the page.

import { mount } from "svelte";

import App from "./App.svelte";
import type { Host } from "./host/host";
import "./styles/tokens.css";
import "./styles/base.css";

// The mode is a constant of the build, so the other host is not even part of it.
async function host(): Promise<Host> {
  if (import.meta.env.MODE === "mock") return (await import("./host/mock")).mockHost(location.search);
  return (await import("./host/tauri")).tauriHost;
}

const target = document.getElementById("app");
if (target) mount(App, { target, props: { host: await host() } });
