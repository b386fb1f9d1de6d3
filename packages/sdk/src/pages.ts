import type { RequestOptions } from './request.ts';

/** Rows of a page where nothing else is asked for. */
const defaultPageSize = 100;
/** More pages than that are no reading any more. */
const maxPages = 1_000_000;

/** What may be asked of {@link pagesOf}: parameters of `list`, and how many rows a page has. */
export interface PageParameters {
  search?: string;
  pageSize?: number;
}

/**
 * A collection page by page, by the search language's `page`. What is added or goes meanwhile may be missed or come twice at the borders of
 * pages: the API has no snapshots of lists.
 */
export async function* pagesOf(
  list: (parameters: object, request: RequestOptions | undefined) => Promise<unknown[]>,
  parameters: PageParameters = {},
  request?: RequestOptions,
): AsyncGenerator<unknown[]> {
  const { search = '', pageSize = defaultPageSize, ...others } = parameters;
  if (!Number.isInteger(pageSize) || pageSize < 1) throw new TypeError('pageSize must be a whole number from 1 on');
  for (let page = 1; page <= maxPages; page += 1) {
    const rows = await list({ ...others, max: pageSize, search: `${search} page ${page}`.trim() }, request);
    if (rows.length > 0) yield rows;
    if (rows.length < pageSize) return;
  }
}
