// The English messages of the error list.

import { words } from "../words";

const { count } = words("en");

export const errors = {
  severity: "Severity",
  total: (n: number) => count(n, { one: "# entry", other: "# entries" }),
  searchHint: "File, message, code",
  file: "File",
  code: "Code",
  message: "Message",
  hint: "What to do",
  first: "First seen",
  last: "Last seen",
  times: (n: number) => count(n, { one: "once", other: "# times" }),
  since: (n: number, time: string) => `${n} times since ${time}`,
  seen: "Seen",
  server: "Server",
  state: "State",
  solved: "Solved",
  reported: "Reported to the server",
  notReported: "Not reported to the server",
  export: "Export",
  run: (id: number) => `Export ${id}`,
  copied: "Entry copied",
  program: "Program",
  computer: "Computer",
  none: "No problems",
  noneText: "Problems are listed here, together with what to do about them.",
};
