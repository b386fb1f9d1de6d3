import { useQuery } from '@tanstack/react-query';
import { ApiFault } from '@virgate/sdk';
import type { Client } from '@virgate/sdk';
import { client } from '../app/client.ts';

/** What was: means over all hosts, at points of time (epoch milliseconds). */
export interface Trend {
  readonly cpu: readonly Point[];
  readonly memory: readonly Point[];
}

export interface Point {
  readonly at: number;
  readonly percent: number;
}

type Report = Awaited<ReturnType<ReturnType<Client['virgate']['reports']['report']>['get']>>;

const dayMs = 86_400_000;
/** The report takes no more hosts at once; of a larger installation these stand for all. */
const mostHosts = 100;
/** Fewer hours than these make no line: then the minutes of the last hour are shown. */
const leastHours = 3;
/** The usage of several hosts over time. */
const usageReport = 'BR3';

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** @throws ApiFault */
async function readTrend(hosts: readonly string[], now: number, signal: AbortSignal): Promise<Trend> {
  const report = client.virgate.reports.report(usageReport);
  const of = hosts.slice(0, mostHosts);
  const [before, today, minutes] = await Promise.all([
    report.get({ period: 'daily', startDate: day(now - dayMs), hosts: of }, { signal }),
    report.get({ period: 'daily', startDate: day(now), hosts: of }, { signal }),
    report.get({ period: 'hourly', startDate: day(now), startHour: new Date(now).getUTCHours(), hosts: of }, { signal }),
  ]);
  const since = now - dayMs;
  const line = (chart: number): Point[] => {
    const hours = [...pointsOf(before, chart), ...pointsOf(today, chart)].filter((point) => point.at > since);
    return hours.length < leastHours ? pointsOf(minutes, chart) : hours;
  };
  return { cpu: line(0), memory: line(1) };
}

/** The mean of all lines of a chart; points that no line knows are left out. */
function pointsOf({ points, charts }: Report, chart: number): Point[] {
  return points.flatMap((at, index) => {
    const values = (charts[chart]?.series ?? []).flatMap((series) => series.values[index] ?? []);
    return values.length === 0 ? [] : [{ at, percent: values.reduce<number>((total, value) => total + value, 0) / values.length }];
  });
}

/** The last 24 hours out of the engine's history, or the last minutes while there is no more; read once for each visit of the page. */
export function useTrend(hosts: readonly string[]): Trend | undefined {
  const key = hosts.slice(0, mostHosts).join(' ');
  return useQuery({
    queryKey: ['trend', key],
    queryFn: async ({ signal }) => {
      try {
        return await readTrend(hosts, Date.now(), signal);
      } catch (error) {
        // Another engine has no such thing, or it is not for everybody: then there is no line.
        if (error instanceof ApiFault && error.status < 500) return { cpu: [], memory: [] };
        throw error;
      }
    },
    enabled: hosts.length > 0,
    staleTime: 60_000,
  }).data;
}
