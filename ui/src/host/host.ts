// The window's interface to the engine and the desktop: `Host`. Independent of Tauri and of the mock.

import type {
  Command,
  Desktop,
  ErrorBody,
  ErrorPage,
  ErrorQuery,
  EngineEvent,
  HistoryPage,
  HistoryQuery,
  List,
  ListFormat,
  Preview,
  PreviewRequest,
  RunReport,
  UserSettings,
  SettingsCheck,
  Snapshot,
} from "./types";

/** The views, which the tray can open too. */
export const VIEWS = ["pairing", "history", "errors", "settings"] as const;
export type ViewName = (typeof VIEWS)[number];

/** Ends a subscription. */
export type Unlisten = () => void;

/** Every call rejects with an `ErrorBody`. A subscription is active once its promise resolves. */
export interface Host {
  snapshot(): Promise<Snapshot>;
  /** Resolves when the engine accepts the command; events report its effects. */
  send(command: Command): Promise<void>;
  history(query: HistoryQuery, cursor: string | null, limit: number): Promise<HistoryPage>;
  run(id: number): Promise<RunReport>;
  errors(query: ErrorQuery, cursor: string | null, limit: number): Promise<ErrorPage>;
  preview(request: PreviewRequest): Promise<Preview>;
  checkSettings(settings: UserSettings): Promise<SettingsCheck>;
  /** Returns the path of the saved file; null if the user cancelled. */
  saveList(list: List, format: ListFormat): Promise<string | null>;
  /** Returns the folder; null if the user cancelled. */
  chooseFolder(): Promise<string | null>;
  desktop(): Promise<Desktop>;
  setStartAtLogin(on: boolean): Promise<Desktop>;
  /** Opens the verification page of the current pairing again. */
  openAddress(): Promise<void>;
  /** Makes the next attempt to close the window call `onLeave` instead. */
  askBeforeClosing(ask: boolean): Promise<void>;
  /** Closes the window without asking. */
  close(): Promise<void>;
  onEvent(listener: (event: EngineEvent) => void): Promise<Unlisten>;
  onLeave(listener: () => void): Promise<Unlisten>;
  onShow(listener: (view: ViewName) => void): Promise<Unlisten>;
  onDesktop(listener: (desktop: Desktop) => void): Promise<Unlisten>;
}

/** Converts the reason of a rejected call to an `ErrorBody`, whatever its type. */
export function errorBody(reason: unknown): ErrorBody {
  if (typeof reason === "object" && reason !== null && "code" in reason && "message" in reason) {
    const { code, message, hint, path } = reason as Record<string, unknown>;
    const text = (value: unknown) => (typeof value === "string" ? value : null);
    return { code: String(code), message: String(message), hint: text(hint), path: text(path) };
  }
  return { code: "UNKNOWN_ERROR", message: String(reason), hint: null, path: null };
}
