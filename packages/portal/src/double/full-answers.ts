import type { Answer, Intercept, Wire } from './engine.ts';
import { sampleAnswer, sampleOfVirgate, sampleVirgateAnswer } from './samples.ts';

const apiPath = '/ovirt-engine/api/';
const virgatePath = '/virgate/api/';
/** Answers that never end. */
export const streams = /\/virgate\/api\/(changes|statistics)/;

const criteria = ['period', 'startDate', 'endDate', 'dataCenter', 'cluster', 'hosts', 'vmType', 'showDeleted', 'fullPercent', 'costBy'];
const reportEntries = [
  { ...sampleOfVirgate('ReportEntry'), code: 'usage', name: 'Usage of hosts', criteria, needs: [], menus: [] },
  { ...sampleOfVirgate('ReportEntry', 1), code: 'capacity', name: 'Capacity', criteria: [], needs: [], menus: [] },
];
const hours = Array.from({ length: 24 }, (_, hour) => Date.UTC(2026, 0, 5, hour));
const series = (name: string, by: number): Wire => ({ name, values: hours.map((_, hour) => 20 + ((hour * by) % 60)) });
const chart = (type: string, more: Wire): Wire => ({ type, title: `As ${type}`, subtitle: 'of all hosts', unit: 'percent', ...more });
const categories = ['one', 'two', 'three'];
const columns = [
  { name: 'first', values: [35, 60, 85] },
  { name: 'second', values: [20, 30, 10] },
];
const report = {
  ...sampleOfVirgate('Report'),
  timeZone: 'Etc/UTC',
  hasData: true,
  points: hours,
  charts: [
    chart('line', { series: [series('one', 7), { ...series('two', 11), dashed: true }] }),
    ...['bar', 'stacked_bar', 'heatmap'].map((type) => chart(type, { categories, series: columns })),
    chart('pie', { categories, series: [{ name: 'all', values: [10, 20, 70] }] }),
  ],
  tables: [
    {
      title: 'Hosts',
      columns: [
        { title: 'Name', unit: 'text' },
        { title: 'Processor', unit: 'percent' },
      ],
      rows: [
        ['host-1', 12],
        ['host-2', 81],
      ],
      cut: true,
    },
  ],
};

/** What the engine is asked beside its lists, answered by the contract's own words for it. */
export function full(method: string, path: string, _body: unknown, parameters: URLSearchParams): Answer | undefined {
  if (method !== 'GET' || streams.test(path)) return undefined;
  if (path.startsWith(`${virgatePath}lists`) || path.startsWith(`${virgatePath}sessions/current`)) return undefined;
  if (path === `${virgatePath}reports`) return [200, reportEntries];
  if (path.startsWith(`${virgatePath}reports/`)) return [200, report];
  if (path === `${virgatePath}can`) {
    const actions = (parameters.get('actions') ?? '')
      .split(',')
      .map((action, n) => ({ action, allowed: n % 3 !== 0, reason: 'It is not so.' }));
    return [200, [{ ...sampleOfVirgate('AllowedActions'), object: parameters.get('objects'), actions }]];
  }
  const answer = path.startsWith(apiPath) ? sampleAnswer(path.slice(apiPath.length)) : sampleVirgateAnswer(path);
  return answer === undefined ? undefined : [200, answer];
}

/** Whether a page asks for it, not what is around all pages. */
export const isAsked = (path: string): boolean => !streams.test(path) && !/\/(sessions\/current|options)\b/.test(path);

/** An answer with nothing in its lists. */
function emptied<T>(answer: T): T {
  if (Array.isArray(answer)) return [] as T;
  if (typeof answer !== 'object' || answer === null) return answer;
  return Object.fromEntries(Object.entries(answer).map(([name, value]) => [name, name === 'total' ? 0 : emptied<unknown>(value)])) as T;
}

/** The same with nothing in any list. */
export const nothing: Intercept = (...asked) => {
  const [, path] = asked;
  if (path.startsWith(`${virgatePath}lists`)) return [200, { seq: 0, total: 0, from: 0, ids: [], rows: [] }];
  const [status, answer] = isAsked(path) ? (full(...asked) ?? []) : [];
  return status === undefined ? undefined : [status, emptied(answer)];
};
