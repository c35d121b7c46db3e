// The error list of a session: `errorList`. It outlives the view, so filter and page survive a change of view.

import type { ErrorPage, ErrorQuery, RecordedError } from "../../host/types";
import { Listing, type Page } from "../../state/listing.svelte";
import type { Session } from "../../state/session.svelte";
import { ALL, errorQuery, type ErrorFilter } from "./filter";

type Found = Page<RecordedError> & Pick<ErrorPage, "by_severity">;
export type ErrorList = Listing<ErrorFilter, ErrorQuery, Found>;

const lists = new WeakMap<Session, ErrorList>();

export function errorList(session: Session): ErrorList {
  const list = lists.get(session) ?? createList(session);
  lists.set(session, list);
  return list;
}

function createList({ host }: Session): ErrorList {
  return new Listing<ErrorFilter, ErrorQuery, Found>({
    all: ALL,
    query: errorQuery,
    async ask(query, cursor, limit) {
      const { errors, ...page } = await host.errors(query, cursor, limit);
      return { ...page, items: errors };
    },
  });
}
