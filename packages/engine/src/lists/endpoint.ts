import type { ListPart, VirgateCalls } from '@virgate/contract/generated/virgate';
import { feedPosition } from '../changes/feed.ts';
import type { VirgateContext, VirgateOperations } from '../virgate/operation.ts';
import { countedBy } from './counts.ts';
import { foundNames } from './names.ts';
import { checkOrder, readRows, readWindow, type ListQuery } from './read.ts';

type Lists = VirgateCalls['ListsService'];

/** Rows of a part where the request says no number. */
const usualCount = 100;
/** Ids of a whole list; a longer one is cut. */
const maxIds = 100_000;

const queryOf = ({ kind, search = '', sort = 'name', descending = false }: Lists['ids']['params']): ListQuery => {
  const query = { kind, search, sort, descending };
  checkOrder(query);
  return query;
};

async function part({ rest, params, db }: VirgateContext<Lists['get']>): Promise<ListPart> {
  const query = queryOf(params);
  const { from = 0, count = usualCount, ids: wanted } = params;
  // Before the reading: who follows the feed from there on misses nothing.
  const seq = await feedPosition(db);
  if (wanted !== undefined) {
    const rows = await readRows(rest, query.kind, wanted);
    return { seq, total: rows.length, from: 0, ids: rows.flatMap(({ id }) => id ?? []), rows };
  }
  const { total, ids } = await readWindow(rest, { ...query, from, count });
  return { seq, total, from, ids, rows: await readRows(rest, query.kind, ids) };
}

async function allIds({ rest, params, db }: VirgateContext<Lists['ids']>): Promise<ListPart> {
  const query = queryOf(params);
  const seq = await feedPosition(db);
  return { seq, ...(await readWindow(rest, { ...query, from: 0, count: maxIds })), from: 0, rows: [] };
}

/**
 * - `GET /virgate/api/lists?kind=vm&search=&sort=&descending=&from=&count=`: a part of a list, with what lists show of its objects.
 * - `GET /virgate/api/lists/ids?…`: all its ids, to do something with everything that was found.
 * - `GET /virgate/api/counts?kind=vm&by=cluster`: how many there are.
 * - `GET /virgate/api/names?kind=vm&beginning=web`: names alone, for completion.
 */
export const listOperations: VirgateOperations = {
  ListsService: { get: { run: part }, ids: { run: allIds } },
  NamesService: { get: { run: ({ rest, params }) => foundNames(rest, params) } },
  CountsService: { get: { run: ({ rest, params }) => countedBy(rest, params) } },
};
