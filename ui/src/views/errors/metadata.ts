// The metadata of an error: `fileOf` returns the table, `others` the rest as text.

import type { RecordedError } from "../../host/types";

type Detailed = Pick<RecordedError, "metadata">;

/** Returns the path of the table, relative to the source folder. */
export function fileOf({ metadata }: Detailed): string | null {
  return typeof metadata.fileName === "string" ? metadata.fileName : null;
}

export function others({ metadata }: Detailed): [name: string, value: string][] {
  return Object.entries(metadata)
    .filter(([name]) => name !== "fileName")
    .map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]);
}
