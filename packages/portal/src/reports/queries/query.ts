import type { Client } from '@virgate/sdk';

type Warehouse = Client['virgate']['warehouse'];

/** A question to a view of the warehouse. */
export type WarehouseQuery = Parameters<Warehouse['query']['run']>[0];
export type QueryColumn = WarehouseQuery['columns'][number];
export type QueryFilter = NonNullable<WarehouseQuery['filters']>[number];
export type QueryPeriod = NonNullable<WarehouseQuery['period']>;
/** A view with its columns. */
export type WarehouseView = Awaited<ReturnType<ReturnType<Warehouse['views']['view']>['get']>>;
export type WarehouseColumn = WarehouseView['columns'][number];
export type ColumnKind = WarehouseColumn['kind'];
/** A query that the user keeps. */
export type SavedQuery = Awaited<ReturnType<Warehouse['savedQueries']['list']>>[number];
