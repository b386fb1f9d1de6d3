import { Readable } from 'node:stream';
import type { VirgateOperations } from '../../virgate/operation.ts';
import { csvFile, parquetFile } from './files.ts';
import { columnsOfView, rowsOfView } from './rows.ts';

const mediaTypes = { parquet: 'application/vnd.apache.parquet', csv: 'text/csv; charset=UTF-8' } as const;
const millis = (value: number | string | undefined): number | undefined => (typeof value === 'string' ? Date.parse(value) : value);

/** `GET /virgate/api/warehouse/exports/{view}`: a view of the warehouse, or a span of it, as a file for other tools. */
export const exportOperations: VirgateOperations = {
  WarehouseExportService: {
    get: {
      async run({ db, path: { view }, params, reply }) {
        const { format = 'parquet' } = params;
        const [from, to] = [millis(params.from), millis(params.to)];
        const span = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
        const columns = await columnsOfView(db, view, span);
        const rows = rowsOfView(db, view, columns, span);
        const file = format === 'csv' ? csvFile(columns, rows) : parquetFile(columns, rows);
        reply.header('Content-Disposition', `attachment; filename="${view}.${format}"`).type(mediaTypes[format]);
        await reply.send(Readable.from(file));
        return undefined;
      },
    },
  },
};
