import { Readable } from 'node:stream';
import type { QueryFile, Report, WarehouseQuery } from '@virgate/contract/generated/virgate';
import { checkVirgate } from '@virgate/contract/virgate/check';
import { sql, type Kysely } from 'kysely';
import { say } from '../../rest/fault.ts';
import type { Tables } from '../../tables/schema.ts';
import { refusal, type VirgateOperations } from '../../virgate/operation.ts';
import { parquetFile } from '../exports/files.ts';
import { mostRows } from '../reports/charts.ts';
import { fileOf, type MadeFile } from '../reports/file.ts';
import { pictureOf } from '../reports/picture.ts';
import { warehouseSettings } from '../settings.ts';
import { viewEntries, viewNamed, viewShown } from './catalogue.ts';
import { checkQuery, type CheckedQuery } from './document.ts';
import { daysOf, resultOf } from './result.ts';
import { askView, type QueriedRows } from './run.ts';

/** Rows of a file. */
const mostRowsOfFile = 100_000;

interface Asked {
  query: CheckedQuery;
  found: QueriedRows;
  timeZone: string;
}

async function asked(db: Kysely<Tables>, document: WarehouseQuery, at: Date, bound: number): Promise<Asked> {
  const query = checkQuery(await viewNamed(db, document.view), document);
  const { timeZone } = await warehouseSettings(db);
  const most = Math.min(query.limit ?? bound, bound);
  const found = await askView(db, query, { at, timeZone }, most);
  // Who asked for so many knows that there may be more.
  return { query, found: { rows: found.rows, cut: found.cut && (query.limit !== most || found.rows.length < most) }, timeZone };
}

/** Where days begin in a time zone. */
async function beginningsOf(db: Kysely<Tables>, days: readonly string[], timeZone: string): Promise<Map<string, number>> {
  const found = await sql<{
    day: string;
    at: number;
  }>`select d as day, (d::date::timestamp at time zone ${timeZone}) as at from unnest(${days}::text[]) d`.execute(db);
  return new Map(found.rows.map(({ day, at }) => [day, at]));
}

async function reportOf(db: Kysely<Tables>, { query, found, timeZone }: Asked): Promise<Report> {
  return resultOf(query, found, await beginningsOf(db, daysOf(query, found), timeZone), timeZone);
}

async function madeOf(db: Kysely<Tables>, answer: Asked, format: QueryFile, chart: number): Promise<MadeFile> {
  const { query, found } = answer;
  switch (format) {
    case 'parquet': {
      const columns = query.outputs.map(({ name, stored }) => ({ name, kind: stored }));
      const pieces = await Readable.from(parquetFile(columns, found.rows.length === 0 ? [] : [found.rows])).toArray();
      return { name: `${query.view.name}.parquet`, type: 'application/vnd.apache.parquet', content: Buffer.concat(pieces) };
    }
    case 'svg':
      return pictureOf(await reportOf(db, answer), chart);
    default: {
      const file = await fileOf(await reportOf(db, answer), format);
      return { ...file, name: `${query.view.name}.${format}` };
    }
  }
}

/** A query as the address of a file has it. @throws {Fault} 400 */
function queryOf(text: string): WarehouseQuery {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refusal(400, 'invalid_value', ['query: ', say`is no JSON.`], 'query');
  }
  const problem = checkVirgate('WarehouseQuery', value, 'query');
  if (problem !== null)
    throw refusal(400, problem.kind === 'missing' ? 'incomplete' : 'invalid_value', `${problem.field} ${problem.problem}.`, problem.field);
  return value as WarehouseQuery;
}

/** `/virgate/api/warehouse/views` and `/query`: questions of one's own to the views of the warehouse. */
export const queryOperations: VirgateOperations = {
  WarehouseViewsService: { list: { run: () => Promise.resolve(viewEntries()) } },
  WarehouseViewService: {
    get: {
      async run({ db, path }) {
        return viewShown(await viewNamed(db, path.view));
      },
    },
  },
  WarehouseQueryService: {
    run: {
      async run({ db, engine, body }) {
        return await reportOf(db, await asked(db, body, new Date(engine.now()), mostRows));
      },
    },
    download: {
      async run({ db, engine, params, reply }) {
        const answer = await asked(db, queryOf(params.query), new Date(engine.now()), mostRowsOfFile);
        const file = await madeOf(db, answer, params.format, params.chart ?? 0);
        void reply.header('Content-Disposition', `attachment; filename="${file.name}"`).type(file.type).send(file.content);
        return undefined;
      },
    },
  },
};
