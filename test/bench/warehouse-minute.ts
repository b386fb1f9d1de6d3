import { randomUUID } from 'node:crypto';
import {
  applyReports,
  columnTypes,
  prepareInstallation,
  recordHistory,
  saveVmStatistics,
  seed,
  vmReport,
  type Tables,
} from '@virgate/engine/bench';
import { sql, type Kysely } from 'kysely';
import { median, ms, say } from './figures.ts';

const size = {
  vms: 10_000,
  disksPerVm: 1,
  nicsPerVm: 1,
  hosts: 250,
  clusters: 10,
  dataCenters: 1,
  domainsPerDataCenter: 4,
  users: 0,
  events: 0,
};
const minuteMs = 60_000;
/** Hosts are asked every 15 seconds. */
const pollsAMinute = 4;
const rounds = 5;

interface Cost {
  elapsedMs: number;
  /** Time that this process computed. */
  cpuMs: number;
}

async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const before = process.cpuUsage();
  const began = performance.now();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { elapsedMs: performance.now() - began, cpuMs: (user + system) / 1000 };
}

/** Which VMs run on a host, with the devices that their statistics name. */
interface Running {
  id: string;
  mac: string;
  disk: string;
}

/** Host.getAllVmStats of a host, as its answer is read. There is no chance in it. */
function reportsOf(vms: readonly Running[], poll: number): ReturnType<typeof vmReport>[] {
  return vms.map(({ id, mac, disk }, n) => {
    const use = (n * 7 + poll) % 90;
    return vmReport(id, {
      status: 'Up',
      statusTime: String(poll + 1),
      cpuUser: String(use),
      cpuSys: '2.5',
      memUsage: String((n + poll) % 80),
      elapsedTime: String(poll * 15),
      memoryStats: { mem_total: '1048576', mem_unused: '262144', mem_free: '524288', mem_buffers: '4096', mem_cached: '131072' },
      network: {
        vnet0: {
          macAddr: mac,
          name: 'vnet0',
          state: 'up',
          speed: '1000',
          rx: String(poll * 1e6 + n),
          tx: String(poll * 1e5 + n),
          sampleTime: poll * 15,
        },
      },
      disks: {
        vda: {
          imageID: disk,
          readRate: '1000.5',
          writeRate: '2000.5',
          readLatency: '0.001',
          writeLatency: '0.002',
          flushLatency: '0.003',
          readOps: '5',
          writeOps: '7',
        },
      },
      disksUsage: [{ path: '/', total: '10000000000', used: '4000000000', fs: 'ext4' }],
      guestName: `vm${n}`,
      netIfaces: [{ name: 'eth0', inet: [`10.0.0.${n % 250}`], inet6: [], hw: mac }],
    });
  });
}

/** What is known of 10,000 VMs on 250 hosts is written every 15 seconds, and once a minute into the history. How much more is that? */
export async function measureMinute(db: Kysely<Tables>): Promise<void> {
  await prepareInstallation(db, randomUUID());
  await seed(db, 'minute', size);
  // All of them run, each on a host of its cluster.
  await sql`update vm_state s set status = 'up', host_id = h.id from (select v.id as vm_id, row_number() over (partition by v.cluster_id order by v.id) as place, v.cluster_id from vm v where v.entity_type = 'vm') v
    join (select id, cluster_id, row_number() over (partition by cluster_id order by id) as place, count(*) over (partition by cluster_id) as hosts from host) h
      on h.cluster_id = v.cluster_id where s.vm_id = v.vm_id and h.place = 1 + v.place % h.hosts`.execute(db);
  const { rows } = await sql<Running & { host: string }>`select s.vm_id as id, s.host_id as host, n.mac, a.disk_id as disk from vm_state s
    join nic n on n.vm_id = s.vm_id join disk_attachment a on a.vm_id = s.vm_id where s.status = 'up' order by s.vm_id`.execute(db);
  const hosts = Map.groupBy(rows, ({ host }) => host);
  const types = await columnTypes(db);
  const watched: Cost[] = [];
  const sampled: Cost[] = [];
  let poll = 0;
  // The first minute makes what later ones find: rows of statistics, configurations, partitions.
  for (let round = 0; round <= rounds; round += 1) {
    const watching = await costOf(async () => {
      for (let count = 0; count < pollsAMinute; count += 1, poll += 1)
        for (const [hostId, vms] of hosts) {
          const reports = reportsOf(vms, poll);
          await applyReports(db, { hostId, hostName: hostId, reports, complete: true, askedAt: Date.now() });
          await saveVmStatistics(db, reports);
        }
    });
    await sql`update host_statistics set sampled_at = now()`.execute(db);
    const sampling = await costOf(() => recordHistory(db, types, new Date(Math.floor(Date.now() / minuteMs + round) * minuteMs)));
    if (round === 0) continue;
    watched.push(watching);
    sampled.push(sampling);
  }
  const { rows: counted } = await sql<{
    count: number;
  }>`select ((select count(*) from history.vm_samples_history) + (select count(*) from history.host_samples_history)
    + (select count(*) from history.vm_interface_samples_history) + (select count(*) from history.host_interface_samples_history) + (select count(*) from history.vm_disk_samples_history)
    + (select count(*) from history.vm_disks_usage_samples_history) + (select count(*) from history.storage_domain_samples_history)) / ${rounds + 1} as count`.execute(
    db,
  );
  const of = (costs: readonly Cost[], name: keyof Cost): number => median(costs.map((cost) => cost[name]));
  const part = (name: keyof Cost): string => `${((of(sampled, name) / of(watched, name)) * 100).toFixed(1)} %`;
  say(
    `a minute of watching ${rows.length} VMs on ${hosts.size} hosts`,
    `${ms(of(watched, 'elapsedMs'))}, of that ${ms(of(watched, 'cpuMs'))} in this process; medians of ${rounds}`,
  );
  say(
    `one sample of them for the history, ${counted[0]?.count ?? 0} rows`,
    `${ms(of(sampled, 'elapsedMs'))}, of that ${ms(of(sampled, 'cpuMs'))} in this process`,
  );
  say('the sample adds', `${part('elapsedMs')} of the time, ${part('cpuMs')} of this process`);
}
