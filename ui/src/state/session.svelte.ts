// The window's connection to the engine: `Session`. Nothing else subscribes to the host.

import { createContext } from "svelte";

import type { Host, Unlisten, ViewName } from "../host/host";
import { errorBody } from "../host/host";
import type { Command, Desktop, ErrorBody, EngineEvent, UserSettings, Snapshot } from "../host/types";
import { INITIAL, apply, setFirstSnapshot, type View } from "./apply";

export class Session {
  readonly host: Host;
  #view: View = $state.raw(INITIAL);
  #desktop: Desktop | null = $state.raw(null);
  #refusal: ErrorBody | null = $state.raw(null);
  #unlisten: Unlisten[] = [];

  constructor(host: Host) {
    this.host = host;
  }

  /** Subscribes to events, then fetches the first state. Calls `shown` with each view that the tray opens. */
  async connect(shown: (view: ViewName) => void): Promise<void> {
    this.#unlisten = await Promise.all([
      this.host.onEvent((event) => this.handle(event)),
      this.host.onDesktop((desktop) => (this.#desktop = desktop)),
      this.host.onShow(shown),
    ]);
    const [desktop, snapshot] = await Promise.all([this.host.desktop(), this.host.snapshot()]);
    this.#desktop ??= desktop;
    this.#view = setFirstSnapshot(this.#view, snapshot);
  }

  disconnect(): void {
    for (const unlisten of this.#unlisten) unlisten();
    this.#unlisten = [];
  }

  handle(event: EngineEvent): void {
    this.#view = apply(this.#view, event);
  }

  /** Whether the engine has answered. */
  get ready(): boolean {
    return this.#view.snapshot !== null && this.#desktop !== null;
  }

  get ended(): boolean {
    return this.#view.ended;
  }

  /** The engine's current snapshot. Throws unless `ready`. */
  get snapshot(): Snapshot {
    return this.#view.snapshot ?? unready();
  }

  /** The desktop program's current state. Throws unless `ready`. */
  get desktop(): Desktop {
    return this.#desktop ?? unready();
  }

  /** Whether this window may change anything. */
  get mayChange(): boolean {
    return !this.snapshot.read_only && !this.ended;
  }

  /** The error of the last command that was refused; the window's frame shows it. */
  get refusal(): ErrorBody | null {
    return this.#refusal;
  }

  dismiss(): void {
    this.#refusal = null;
  }

  /** Sends a command and returns whether it was accepted. The window's frame shows a refusal. */
  send(command: Command): Promise<boolean> {
    return this.attempt(() => this.host.send(command));
  }

  /** Saves the settings with these changes and returns whether they were accepted. */
  save(changes: Partial<UserSettings>): Promise<boolean> {
    const settings = { ...this.snapshot.settings, ...changes };
    return this.send({ command: "save_settings", settings });
  }

  async setStartAtLogin(on: boolean): Promise<boolean> {
    return this.attempt(async () => {
      this.#desktop = await this.host.setStartAtLogin(on);
    });
  }

  /** Calls the host and returns whether that succeeded. The window's frame shows a refusal. */
  async attempt(call: () => Promise<unknown>): Promise<boolean> {
    this.#refusal = null;
    try {
      await call();
      return true;
    } catch (reason) {
      this.#refusal = errorBody(reason);
      return false;
    }
  }
}

function unready(): never {
  throw new Error("the engine has not answered yet");
}

export const [useSession, provideSession] = createContext<Session>();
