// The export list of a session: `runList`. It outlives the view, so filter and page survive a change of view.

import type { HistoryQuery, RunReport } from "../../host/types";
import { Listing, type Page } from "../../state/listing.svelte";
import type { Session } from "../../state/session.svelte";
import { ALL, historyQuery, type RunFilter } from "./filter";

export type RunList = Listing<RunFilter, HistoryQuery, Page<RunReport>>;

const lists = new WeakMap<Session, RunList>();

export function runList(session: Session): RunList {
  const list = lists.get(session) ?? createList(session);
  lists.set(session, list);
  return list;
}

function createList({ host }: Session): RunList {
  return new Listing<RunFilter, HistoryQuery, Page<RunReport>>({
    all: ALL,
    query: historyQuery,
    async ask(query, cursor, limit) {
      const { runs, ...page } = await host.history(query, cursor, limit);
      return { ...page, items: runs };
    },
  });
}
