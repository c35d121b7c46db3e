// The row counts of a table as texts: `rowsOf`. Zero counts are omitted.

import type { RowCounts } from "../../host/types";
import { t } from "../../i18n/index.svelte";

export function rowsOf(rows: RowCounts): string[] {
  const words = t().history.table;
  return [
    words.live(rows.live),
    rows.deleted > 0 && words.deleted(rows.deleted),
    rows.bad > 0 && words.bad(rows.bad),
    rows.beyond_header > 0 && words.beyond(rows.beyond_header),
    rows.missing > 0 && words.missing(rows.missing),
    words.written(rows.written),
  ].filter((text) => text !== false);
}
