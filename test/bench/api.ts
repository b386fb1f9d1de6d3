import { openDatabase } from '@virgate/database';
import { searchEntity, type SearchField } from '@virgate/contract/search/language';
import { Client, tokenOf, type Timed } from './client.ts';
import { median, ms, percentile, say } from './figures.ts';
import { startInstallation, type Gauge, type Installation } from './installation.ts';

const listRounds = 5;
const followRounds = 9;
const singleReads = 400;
const searchReads = 200;
const roundsOfField = 5;
const connections = 8;
const loadMs = 6_000;
const creators = 4;
const createMs = 8_000;
const seededPassword = 'correct-horse-battery';
const mebi = 1024 ** 2;
const xml = { accept: 'application/xml' };

/** The statement by which the engine reads VMs, bare. */
const vmColumns = `select t.*, s.status, s.host_id, s.pause_code, s.stop_reason, s.started_at, s.stopped_at, s.run_once, s.guest,
  exists (select 1 from disk_attachment a join disk d on d.id = a.disk_id where a.vm_id = t.id and d.status = 'illegal') as has_illegal_images
  from vm t join vm_state s on s.vm_id = t.id where t.entity_type = 'vm'`;

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;

/** What the database alone takes: the floor that no engine gets below. */
interface Floor {
  rows(statement: string, values?: unknown[]): Promise<unknown[]>;
  close(): Promise<void>;
}

async function openFloor(url: string): Promise<Floor> {
  const database = await openDatabase<unknown>({ url, maxConnections: 1 });
  return {
    rows: async (statement, values = []) => (await database.pool.query<Record<string, unknown>>(statement, values)).rows,
    close: () => database.close(),
  };
}

class ApiBench {
  readonly #place: Installation;
  readonly #client: Client;
  readonly #floor: Floor;
  #residentBytes = 0;

  constructor(place: Installation, client: Client, floor: Floor) {
    this.#place = place;
    this.#client = client;
    this.#floor = floor;
  }

  async #gauge(): Promise<Gauge> {
    const gauge = await this.#place.gauge();
    this.#residentBytes = Math.max(this.#residentBytes, gauge.residentBytes);
    return gauge;
  }

  /** A statement and JSON.stringify of the values that the answer holds, in milliseconds. */
  async #bare(statement: string, values: unknown[], answer: unknown): Promise<number> {
    const begun = performance.now();
    await this.#floor.rows(statement, values);
    JSON.stringify(answer);
    return performance.now() - begun;
  }

  /** Times a GET in rounds, each beside the floor, and says both. */
  async #list(what: string, path: string, rounds: number, statement: string): Promise<void> {
    const begun = await this.#client.timed(path, {}, true);
    const answer: unknown = JSON.parse(begun.text);
    const begunInXml = await this.#client.timed(path, xml);
    const [json, inXml, bare, stalls]: [Timed[], Timed[], number[], number[]] = [[], [], [], []];
    for (let round = 0; round < rounds; round += 1) {
      await this.#gauge();
      json.push(await this.#client.timed(path));
      stalls.push((await this.#gauge()).stallMs);
      inXml.push(await this.#client.timed(path, xml));
      stalls.push((await this.#gauge()).stallMs);
      bare.push(await this.#bare(statement, [], answer));
    }
    const floor = median(bare);
    for (const [format, times] of [
      ['JSON', json],
      ['XML', inXml],
    ] as const) {
      const total = median(times.map((one) => one.totalMs));
      const first = median(times.map((one) => one.firstByteMs));
      say(
        `${what}, ${format}`,
        `${ms(total)} = ${(total / floor).toFixed(2)} × floor ${ms(floor)}; first byte ${ms(first)}; ${megabytes(times[0]?.bytes ?? 0)}`,
      );
    }
    say(`  read for the first time`, `JSON ${ms(begun.totalMs)}, XML ${ms(begunInXml.totalMs)}`);
    say(`  longest stall of the event loop`, `${ms(median(stalls))} (worst ${ms(Math.max(...stalls))})`);
  }

  async lists(): Promise<void> {
    await this.#list('all VMs', '/vms', listRounds, vmColumns);
    await this.#list('max=100', '/vms?max=100', followRounds, `${vmColumns} order by t.name, t.id limit 100`);
    await this.#list(
      '50 VMs, follow=nics,disk_attachments',
      '/vms?max=50&follow=nics,disk_attachments',
      followRounds,
      `${vmColumns} order by t.name, t.id limit 50`,
    );
    await this.#list(
      '1,000 VMs, follow=nics,disk_attachments.disk',
      '/vms?max=1000&follow=nics,disk_attachments.disk',
      followRounds,
      `${vmColumns} order by t.name, t.id limit 1000`,
    );
  }

  async single(ids: readonly string[]): Promise<void> {
    const answer: unknown = JSON.parse((await this.#client.timed(`/vms/${ids[0]}`, {}, true)).text);
    const [times, bare]: [number[], number[]] = [[], []];
    for (let at = 0; at < singleReads; at += 1) {
      const id = ids[(at * 7) % ids.length];
      times.push((await this.#client.timed(`/vms/${id}`)).totalMs);
      bare.push(await this.#bare(`${vmColumns} and t.id = $1`, [id], answer));
    }
    say(
      'GET one VM, p50 (p95)',
      `${ms(median(times))} (${ms(percentile(times, 0.95))}) = ${(median(times) / median(bare)).toFixed(1)} × floor ${ms(median(bare))}`,
    );
    const crowd = new Client(this.#place.endpoint, await tokenOf(this.#place.endpoint), connections);
    const before = await this.#gauge();
    let answered = 0;
    const begun = performance.now();
    await Promise.all(
      Array.from({ length: connections }, async (_, lane) => {
        for (let at = lane; performance.now() - begun < loadMs; at += connections) {
          await crowd.timed(`/vms/${ids[at % ids.length]}`);
          answered += 1;
        }
      }),
    );
    const lasted = performance.now() - begun;
    crowd.close();
    const computed = (await this.#gauge()).cpuMs - before.cpuMs;
    say(
      `GET one VM on ${connections} connections`,
      `${((answered * 1000) / lasted).toFixed(0)} requests/s; the engine computes ${ms(computed / answered)} for each`,
    );
  }

  async search(names: readonly string[]): Promise<void> {
    const [times, bare]: [number[], number[]] = [[], []];
    for (let at = 0; at < searchReads; at += 1) {
      const name = names[(at * 7) % names.length] ?? '';
      times.push((await this.#client.timed(`/vms?search=name%3D${name}`)).totalMs);
      bare.push(await this.#bare(`${vmColumns} and lower(t.name) = lower($1)`, [name], name));
    }
    say(
      'search by name, p50 (p95)',
      `${ms(median(times))} (${ms(percentile(times, 0.95))}) = ${(median(times) / median(bare)).toFixed(1)} × floor ${ms(median(bare))}`,
    );
  }

  /** Pages of 100 rows by every field of the search language for VMs, with values that hit many, few and none. */
  async fields(id: string): Promise<void> {
    const byQuery: { query: string; worst: number }[] = [];
    const all: number[] = [];
    for (const query of searchEntity('vm').fields.flatMap((field) => queriesOf(field, id))) {
      const path = `/vms?max=100&search=${encodeURIComponent(query)}`;
      await this.#client.timed(path);
      const times: number[] = [];
      for (let round = 0; round < roundsOfField; round += 1) times.push((await this.#client.timed(path)).totalMs);
      all.push(...times);
      byQuery.push({ query, worst: median(times) });
    }
    say(`page of 100 by ${byQuery.length} queries, p50 (p99)`, `${ms(median(all))} (${ms(percentile(all, 0.99))})`);
    for (const { query, worst } of byQuery.toSorted((a, b) => b.worst - a.worst).slice(0, 5)) say(`  ${query}`, ms(worst));
  }

  async filtered(): Promise<void> {
    const token = await tokenOf(this.#place.endpoint, { name: 'seed-user-00007@internal', password: seededPassword });
    const client = new Client(this.#place.endpoint, token, 1);
    const answer = JSON.parse((await client.timed('/vms', {}, true)).text) as { vm: unknown[] };
    const times: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round < followRounds; round += 1) {
      times.push((await client.timed('/vms')).totalMs);
      bare.push(await this.#bare(`${vmColumns} order by t.name limit 50`, [], answer));
    }
    client.close();
    say(
      `list of a user who sees ${answer.vm.length}`,
      `${ms(median(times))} = ${(median(times) / median(bare)).toFixed(1)} × floor ${ms(median(bare))}`,
    );
  }

  async create(): Promise<void> {
    const begun = performance.now();
    const times: number[] = [];
    await Promise.all(
      Array.from({ length: creators }, async (_, lane) => {
        const client = new Client(this.#place.endpoint, await tokenOf(this.#place.endpoint), 1);
        for (let at = 0; performance.now() - begun < createMs; at += 1) {
          const from = performance.now();
          const made = await client.send('POST', '/vms', {
            name: `made-${lane}-${at}`,
            cluster: { name: `seed-cluster-000${lane}` },
            template: { name: 'Blank' },
          });
          if (made.status !== 201) throw new Error(`a VM could not be made: ${made.status} ${JSON.stringify(made.body)}`);
          times.push(performance.now() - from);
        }
        client.close();
      }),
    );
    const lasted = performance.now() - begun;
    say(
      `VMs without disks made by ${creators} clients`,
      `${((times.length * 1000) / lasted).toFixed(0)}/s, p50 ${ms(median(times))} (p95 ${ms(percentile(times, 0.95))})`,
    );
  }

  async memory(): Promise<void> {
    await this.#gauge();
    say('resident memory of the engine, most of all that was seen', `${(this.#residentBytes / mebi).toFixed(0)} MiB`);
  }
}

/** Queries by a field that hit many rows, few, and none. */
function queriesOf(field: SearchField, id: string): string[] {
  if (field.operators.length === 0) return [];
  const { name } = field;
  switch (field.kind) {
    case 'integer':
    case 'decimal':
      return field.operators.includes('>') ? [`${name} > 0`, `${name} = 7`] : [`${name} = 7`];
    case 'boolean':
      return [`${name} = true`, `${name} = false`];
    case 'date':
      return [`${name} > 2020-01-01`, `${name} < 2020-01-01`];
    case 'duration':
      return [`${name} > 0`];
    case 'id':
      return [`${name} = ${id}`];
    case 'enum':
      return (field.values ?? []).slice(0, 2).map((value) => `${name} = ${value}`);
    default:
      return [`${name} = seed*`, `${name} = *00123*`, `${name} = nothing-like-it`, `${name} = seed* sortby ${name} desc`];
  }
}

/**
 * The figures of the API with 10,000 VMs, 1,000 hosts, 30,000 disks and NICs and 200 users, on an installation of its own. The floor
 * of a figure is the bare statement plus JSON.stringify of the values that the answer has, measured in the same rounds by this process.
 */
export async function benchApi(): Promise<void> {
  const place = await startInstallation();
  const floor = await openFloor(place.databaseUrl);
  const client = new Client(place.endpoint, await tokenOf(place.endpoint), 1);
  try {
    const vms = (await floor.rows(`select id, name from vm where entity_type = 'vm' order by md5(name) limit 1000`)) as {
      id: string;
      name: string;
    }[];
    const bench = new ApiBench(place, client, floor);
    await bench.single(vms.map(({ id }) => id));
    await bench.search(vms.map(({ name }) => name));
    await bench.lists();
    await bench.fields(vms[0]?.id ?? '');
    await bench.filtered();
    await bench.create();
    await bench.memory();
  } finally {
    client.close();
    await floor.close();
    await place.stop();
  }
}
