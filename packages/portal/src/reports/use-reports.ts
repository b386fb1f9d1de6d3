import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { client } from '../app/client.ts';
import type { ReportEntry } from './report.ts';

/** The reports and dashboards that there are. */
export function useReports(): UseQueryResult<ReportEntry[]> {
  return useQuery({ queryKey: ['reports'], queryFn: ({ signal }) => client.virgate.reports.list({ signal }), staleTime: Infinity });
}

export const priceListsKey = ['price-lists'];
