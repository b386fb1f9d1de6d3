import { Title } from '@patternfly/react-core/dist/esm/components/Title/index.js';
import { Link } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import type { ReactNode } from 'react';
import type { Vm } from '@virgate/contract/generated/types';
import { client } from '../app/client.ts';
import { Loading } from '../app/details.tsx';
import { Status } from '../app/status.tsx';
import { ProblemAlert } from '../faults/problem.tsx';
import { bytes, percent } from '../format/format.ts';
import { collectionOf } from '../kinds/collection.ts';
import { clusters, events, hosts, useCollection, useParts } from '../live/collections.ts';
import { statisticsOf, useStatisticsRound } from '../live/statistics.ts';
import { useText } from '../text/text.ts';
import type { TextKey } from '../text/en.ts';
import { dataCenters as dataCenterKind } from '../data-centers/kind.ts';
import { Donut, HeatMap, TrendLine } from './charts.tsx';
import { useTrend } from './trend.ts';
import type { Point } from './trend.ts';
import {
  clusterHeat,
  cpuOf,
  isTroubled,
  memoryOf,
  percentOf,
  promisedBy,
  statusCounts,
  storageHeat,
  storageOf,
  troubledVms,
} from './utilization.ts';
import type { StatusCount, Utilization } from './utilization.ts';
import './dashboard.css';

const dataCenterCollection = collectionOf(dataCenterKind);
const mostTroubles = 8;

/** What there is, what is wrong with it and how full it is; everything moves by itself and leads to its list. */
export function DashboardPage(): ReactNode {
  const text = useText();
  const title = text('dashboard.title');
  useEffect(() => {
    document.title = `${title} · Virgate`;
  }, [title]);
  const centers = useCollection(dataCenterCollection);
  const clusterList = useCollection(clusters);
  const hostList = useCollection(hosts);
  const machines = useParts({ type: 'vm', id: '' }, ['vm'], 'counts', (signal) =>
    client.virgate.counts.get({ kind: 'vm', by: 'status' }, { signal }),
  );
  const troubled = useParts({ type: 'vm', id: '' }, ['vm'], 'troubled', (signal) =>
    client.virgate.lists.get({ kind: 'vm', search: troubledVms, count: mostTroubles }, { signal }),
  );
  const eventList = useCollection(events);
  const centerIds = centers.data?.map((center) => center.id ?? '');
  const domains = useDomains(centerIds);
  useStatisticsRound();
  const hostIds = useMemo(() => (hostList.data ?? []).map((host) => host.id ?? '').toSorted(), [hostList.data]);
  const trend = useTrend(hostIds);

  const failure = [centers, clusterList, hostList, machines, troubled, eventList, domains].find((query) => query.error !== null)?.error;
  const alerts = eventList.data?.filter((event) => event.severity !== 'normal');
  const known = {
    hosts: hostList.data ?? [],
    promised: promisedBy(machines.data ?? []),
    clusters: clusterList.data,
    domains: domains.data,
  };
  const others = [
    ...known.hosts.map((one) => ({ ...one, to: '/hosts' })),
    ...(known.domains ?? []).map((one) => ({ ...one, to: '/storage' })),
  ].filter((one) => isTroubled(one.status));
  const troubledMachines = (troubled.data?.rows ?? []) as readonly Vm[];
  const troubles = [...others, ...troubledMachines.map((one) => ({ ...one, to: '/vms' }))];
  const troubleCount = others.length + (troubled.data?.total ?? 0);
  // That nothing needs attention is told only when everything was looked at.
  const complete = [hostList, troubled, domains].every((query) => query.data !== undefined);
  return (
    <div className="vg-page vg-dashboard">
      <header className="vg-page__head">
        <Title headingLevel="h1" size="2xl">
          {title}
        </Title>
      </header>
      <div className="vg-dashboard__body">
        {failure !== undefined && <ProblemAlert error={failure} />}
        <section className="vg-dashboard__row vg-dashboard__row--cards" aria-label={text('dashboard.inventory')}>
          <Inventory
            to="/data-centers"
            what="dataCenters.title"
            counts={counts(centers.data, (one) => (one as { status?: string }).status)}
          />
          <Inventory to="/clusters" what="clusters.title" total={clusterList.data?.length} />
          <Inventory to="/hosts" what="hosts.title" counts={counts(hostList.data, (one) => one.status)} />
          <Inventory to="/storage" what="domains.title" counts={counts(domains.data, (one) => one.status)} />
          <Inventory to="/vms" what="vms.title" counts={machines.data?.map(({ key, count }) => ({ status: key, count }))} />
          <Inventory to="/events" what="dashboard.alerts" field="severity" counts={counts(alerts, (one) => one.severity)} />
        </section>
        <section className="vg-card" aria-label={text('dashboard.attention')}>
          <h2 className="vg-card__title">{text('dashboard.attention')}</h2>
          {!complete && troubles.length === 0 ? (
            failure === undefined && <Loading />
          ) : troubles.length === 0 ? (
            <p className="vg-quiet">{text('dashboard.attention.none')}</p>
          ) : (
            <ul className="vg-troubles">
              {troubles.slice(0, mostTroubles).map((one) => (
                <li key={one.id}>
                  <Link to={`${one.to}/${one.id}` as '/'}>{one.name}</Link> <Status value={one.status} />
                </li>
              ))}
              {troubleCount > mostTroubles && <li>{text('dashboard.attention.more', { count: troubleCount - mostTroubles })}</li>}
            </ul>
          )}
        </section>
        <section className="vg-dashboard__row" aria-label={text('dashboard.utilization')}>
          <Gauge
            what="dashboard.cpu"
            to="/hosts"
            sort="-cpu"
            of={cpuOf(known.hosts, known.promised, statisticsOf)}
            points={trend?.cpu}
            amount={(value) => text('dashboard.cores', { count: Math.round(value * 10) / 10 })}
          />
          <Gauge
            what="dashboard.memory"
            to="/hosts"
            sort="-memory"
            of={memoryOf(known.hosts, known.promised, statisticsOf)}
            points={trend?.memory}
            amount={bytes}
          />
          <Gauge what="dashboard.storage" to="/storage" of={storageOf(known.domains ?? [])} amount={bytes} storage />
        </section>
        <section className="vg-dashboard__row" aria-label={text('dashboard.heat')}>
          <HeatMap
            title={text('dashboard.heat.cpu')}
            to="/clusters"
            none={text('dashboard.heat.none')}
            tiles={known.clusters && clusterHeat(known.clusters, known.hosts, cpuOf, statisticsOf)}
          />
          <HeatMap
            title={text('dashboard.heat.memory')}
            to="/clusters"
            none={text('dashboard.heat.none')}
            tiles={known.clusters && clusterHeat(known.clusters, known.hosts, memoryOf, statisticsOf)}
          />
          <HeatMap
            title={text('dashboard.heat.storage')}
            to="/storage"
            none={text('dashboard.heat.none')}
            tiles={known.domains && storageHeat(known.domains)}
          />
        </section>
      </div>
    </div>
  );
}

/** Storage domains with the status that they have in their data centers; of several, the first. */
function useDomains(centerIds: readonly string[] | undefined) {
  return useParts({ type: 'data_center', id: centerIds?.join(' ') ?? '' }, ['storage_domain', 'data_center'], 'domains', async (signal) => {
    const [all, ...attached] = await Promise.all([
      client.storageDomains.list({}, { signal }),
      ...(centerIds ?? []).map((id) => client.dataCenters.dataCenter(id).storageDomains.list({}, { signal })),
    ]);
    const status = new Map(attached.flat().map((one) => [one.id, one.status]));
    // The storage of images that a provider brings is no domain to look after.
    return all
      .filter((one) => one.type !== 'image')
      .map((one) => {
        const now = status.get(one.id) ?? one.status;
        return now === undefined ? one : { ...one, status: now };
      });
  });
}

function counts<T>(list: readonly T[] | undefined, status: (one: T) => string | undefined): StatusCount[] | undefined {
  return list === undefined ? undefined : statusCounts(list.map(status));
}

interface InventoryProps {
  to: string;
  what: TextKey;
  counts?: readonly StatusCount[] | undefined;
  total?: number | undefined;
  /** What the list is searched by. */
  field?: string;
}

function Inventory({ to, what, counts: list, total, field = 'status' }: InventoryProps): ReactNode {
  const text = useText();
  const all = total ?? list?.reduce((sum, one) => sum + one.count, 0);
  return (
    <section className="vg-card" aria-label={text(what)}>
      <Link to={to} className="vg-inventory">
        <span className="vg-inventory__count">{all ?? '—'}</span>
        <span>{text(what)}</span>
      </Link>
      <ul className="vg-inventory__statuses">
        {list?.map(({ status, count }) => (
          <li key={status}>
            <Link to={to} search={{ search: `${field}=${status}` }}>
              <Status value={status} /> {count}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface GaugeProps {
  what: TextKey;
  to: string;
  sort?: string;
  of: Utilization;
  amount: (value: number) => string;
  points?: readonly Point[] | undefined;
  storage?: true;
}

function Gauge({ what, to, sort, of, amount, points, storage }: GaugeProps): ReactNode {
  const text = useText();
  const { total, used, committed, allocated } = of;
  const value = percentOf(used, total);
  const free = used === undefined ? '—' : amount(Math.max(0, total - used));
  return (
    <section className="vg-card vg-gauge" aria-label={text(what)}>
      <h2 className="vg-card__title">{text(what)}</h2>
      <div className="vg-gauge__body">
        <Link
          to={to}
          search={sort === undefined ? {} : { sort }}
          aria-label={text('dashboard.open', { what: text(what), value: percent(value) })}
        >
          <Donut value={value} label={`${text(what)} ${percent(value)}`} told={text('dashboard.used')} />
        </Link>
        <dl className="vg-gauge__facts">
          <dt>{text('dashboard.free')}</dt>
          <dd>
            {free} <span className="vg-quiet">{text('dashboard.of', { total: amount(total) })}</span>
          </dd>
          {storage === undefined && (
            <>
              <dt>{text('dashboard.committed')}</dt>
              <dd>{percent(percentOf(committed, total))}</dd>
            </>
          )}
          <dt>{text('dashboard.allocated')}</dt>
          <dd>{percent(percentOf(allocated, total))}</dd>
        </dl>
      </div>
      {points !== undefined &&
        (points.length < 2 ? (
          <p className="vg-quiet">{text('dashboard.trend.none')}</p>
        ) : (
          <TrendLine
            points={points}
            label={text('dashboard.trend', { from: percent(points[0]?.percent), to: percent(points.at(-1)?.percent) })}
          />
        ))}
    </section>
  );
}
