// The tables of a shop: `TABLES`, and their preview rows, stored in CP866.

import type { EncodingSource, Finding, Preview, PreviewRequest } from "../types";

export interface Table {
  readonly name: string;
  readonly dialect: string;
  readonly encodingSource: EncodingSource;
  readonly rows: number;
  /** The length of a row, in bytes. */
  readonly width: number;
}

const table = (
  name: string,
  rows: number,
  width: number,
  encodingSource: EncodingSource = "default",
  dialect = "dBASE III+",
): Table => ({ name, dialect, encodingSource, rows, width });

export const TABLES = [
  table("ACCOUNTS.DBF", 412, 96),
  table("CARDS.DBF", 18_240, 210, "ldid", "FoxPro 2"),
  table("GOODS.DBF", 36_511, 184, "ldid", "Visual FoxPro"),
  table("INVOICE.DBF", 88_002, 152),
  table("INVOICE_LINES.DBF", 402_117, 88),
  table("PARTNERS.DBF", 3_120, 244, "cpg"),
  table("PRICES.DBF", 36_511, 40),
  table("archive/2025/INVOICE.DBF", 120_554, 152),
  table("archive/2025/INVOICE_LINES.DBF", 611_870, 88),
  table("STAFF.DBF", 47, 130, "ldid", "Clipper"),
] as const;

const DECODERS: Record<string, string> = {
  CP866: "ibm866",
  CP1251: "windows-1251",
  "KOI8-R": "koi8-r",
  CP1255: "windows-1255",
  CP1252: "windows-1252",
};

const NAMES = [
  "Чайник электрический",
  "Лампа настольная",
  "Сахар-песок 1 кг",
  "Бумага офисная А4",
  "Ёлка искусственная 120 см",
  "Кабель USB 2 м",
  "Мука пшеничная",
  "Батарейка АА",
];
const TOWNS = ["Самара", "Казань", "Псков", "Хайфа", "Рига"];

/** Returns the first 20 rows, decoded with the requested code page. */
export function preview(request: PreviewRequest, settled: (table: string) => string | null): Preview {
  const shown = TABLES.find((known) => known.name === request.source) ?? TABLES[0];
  const chosen = request.encoding ?? settled(shown.name);
  const encoding = chosen ?? "CP866";
  const rows = Array.from({ length: Math.min(20, shown.rows) }, (_, at) => [
    String(10_001 + at * 7),
    reread(NAMES[at % NAMES.length] ?? "", encoding),
    reread(TOWNS[at % TOWNS.length] ?? "", encoding),
    at === 6 ? "" : (12.5 + at * 3.25).toFixed(2),
    `2026-${String((at % 11) + 1).padStart(2, "0")}-17`,
    at % 3 ? "true" : "false",
  ]);
  const warnings: Finding[] = [
    { code: "NUMBER_INVALID", row: 7, column: "PRICE", count: 1, message: "1 value is not a number; left empty" },
  ];
  return {
    source: shown.name,
    dialect: shown.dialect,
    encoding,
    encoding_source: chosen ? "setting" : shown.encodingSource,
    rows_in_header: shown.rows,
    columns: ["CODE", "NAME", "TOWN", "PRICE", "CHANGED", "ACTIVE"],
    rows,
    warnings,
  };
}

/** Decodes a text that is stored in CP866 with another code page. */
function reread(text: string, encoding: string): string {
  const label = DECODERS[encoding];
  if (!label || encoding === "CP866") return text;
  const bytes = Uint8Array.from(text, (letter) => CP866.indexOf(letter));
  return new TextDecoder(label).decode(bytes);
}

const CP866 = new TextDecoder("ibm866").decode(Uint8Array.from({ length: 256 }, (_, at) => at));
