// The way to the engine, `Host`, as the window sees it. Knows neither Tauri nor the mock.

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

/** A view that the tray may ask for. */
export const VIEWS = ["pairing", "history", "errors", "settings"] as const;
export type ViewName = (typeof VIEWS)[number];

/** Ends a subscription. */
export type Unlisten = () => void;

/** Every call rejects with an `ErrorBody`. Subscriptions are in force when their promise resolves. */
export interface Host {
  snapshot(): Promise<Snapshot>;
  /** Resolves when the command is taken up; what comes of it is told by events. */
  send(command: Command): Promise<void>;
  history(query: HistoryQuery, cursor: string | null, limit: number): Promise<HistoryPage>;
  run(id: number): Promise<RunReport>;
  errors(query: ErrorQuery, cursor: string | null, limit: number): Promise<ErrorPage>;
  preview(request: PreviewRequest): Promise<Preview>;
  checkSettings(settings: UserSettings): Promise<SettingsCheck>;
  /** The path that was written; null when the person cancelled. */
  saveList(list: List, format: ListFormat): Promise<string | null>;
  /** The folder; null when the person cancelled. */
  chooseFolder(): Promise<string | null>;
  desktop(): Promise<Desktop>;
  setStartAtLogin(on: boolean): Promise<Desktop>;
  /** Opens the page of the pairing under way once more. */
  openAddress(): Promise<void>;
  /** Has `onLeave` called instead of closing the window, the next time that somebody closes it. */
  askBeforeClosing(ask: boolean): Promise<void>;
  /** Closes the window, unasked. */
  close(): Promise<void>;
  onEvent(listener: (event: EngineEvent) => void): Promise<Unlisten>;
  onLeave(listener: () => void): Promise<Unlisten>;
  onShow(listener: (view: ViewName) => void): Promise<Unlisten>;
  onDesktop(listener: (desktop: Desktop) => void): Promise<Unlisten>;
}

/** What a call was rejected with, whatever it is. */
export function errorBody(reason: unknown): ErrorBody {
  if (typeof reason === "object" && reason !== null && "code" in reason && "message" in reason) {
    const { code, message, hint, path } = reason as Record<string, unknown>;
    const text = (value: unknown) => (typeof value === "string" ? value : null);
    return { code: String(code), message: String(message), hint: text(hint), path: text(path) };
  }
  return { code: "UNKNOWN_ERROR", message: String(reason), hint: null, path: null };
}
