// The window's connection with the engine: `Session`. The only one that subscribes to the host.

import { createContext } from "svelte";

import type { Host, Unlisten, ViewName } from "../host/host";
import { errorBody } from "../host/host";
import type { Command, Desktop, ErrorBody, EngineEvent, UserSettings, Snapshot } from "../host/types";
import { NOTHING, apply, begin, type View } from "./apply";

export class Session {
  readonly host: Host;
  #view: View = $state.raw(NOTHING);
  #desktop: Desktop | null = $state.raw(null);
  #refusal: ErrorBody | null = $state.raw(null);
  #unlisten: Unlisten[] = [];

  constructor(host: Host) {
    this.host = host;
  }

  /** Subscribes, then asks once. `shown` is called with a view that the tray asks for. */
  async connect(shown: (view: ViewName) => void): Promise<void> {
    this.#unlisten = await Promise.all([
      this.host.onEvent((event) => this.take(event)),
      this.host.onDesktop((desktop) => (this.#desktop = desktop)),
      this.host.onShow(shown),
    ]);
    const [desktop, snapshot] = await Promise.all([this.host.desktop(), this.host.snapshot()]);
    this.#desktop ??= desktop;
    this.#view = begin(this.#view, snapshot);
  }

  disconnect(): void {
    for (const unlisten of this.#unlisten) unlisten();
    this.#unlisten = [];
  }

  take(event: EngineEvent): void {
    this.#view = apply(this.#view, event);
  }

  /** Whether the engine has answered. */
  get ready(): boolean {
    return this.#view.snapshot !== null && this.#desktop !== null;
  }

  get ended(): boolean {
    return this.#view.ended;
  }

  /** The engine as it stands; read only where `ready`. */
  get snapshot(): Snapshot {
    return this.#view.snapshot ?? unready();
  }

  /** The desktop program as it stands; read only where `ready`. */
  get desktop(): Desktop {
    return this.#desktop ?? unready();
  }

  /** Whether anything can be changed from here. */
  get mayChange(): boolean {
    return !this.snapshot.read_only && !this.ended;
  }

  /** Why the last command was not taken up; shown by the frame of the window. */
  get refusal(): ErrorBody | null {
    return this.#refusal;
  }

  dismiss(): void {
    this.#refusal = null;
  }

  /** Sends a command; whether it was taken up. A refusal is shown by the frame of the window. */
  send(command: Command): Promise<boolean> {
    return this.attempt(() => this.host.send(command));
  }

  /** Saves settings with these changes. */
  save(changes: Partial<UserSettings>): Promise<boolean> {
    const settings = { ...this.snapshot.settings, ...changes };
    return this.send({ command: "save_settings", settings });
  }

  async setStartAtLogin(on: boolean): Promise<boolean> {
    return this.attempt(async () => {
      this.#desktop = await this.host.setStartAtLogin(on);
    });
  }

  /** Calls the host; whether that succeeded. A refusal is shown by the frame of the window. */
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
