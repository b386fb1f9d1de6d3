import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { openDatabase } from '@virgate/database';
import { buildPortal, portalFolder } from '@virgate/portal/build';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchChromium } from '../portal-driver.ts';
import { scrolled, showBareGrid } from './bare-grid.ts';
import { median, ms, say } from './figures.ts';
import { startInstallation, type Installation } from './installation.ts';
import { Changing, tokensOfUsers, Watchers, type Queries } from './watchers.ts';

const coldRounds = 5;
const pageRounds = 3;
const scrollRounds = 3;
const scrollSeconds = 6;
const watchers = 200;
const watchedMs = 15_000;
/** Rows of a window that a client watches. */
const windowRows = 100;
const longestMs = 90_000;
const viewport = { width: 1600, height: 900 };
const superUser = '00000000-0000-0000-0000-000000000001';
const systemId = 'aaa00000-0000-0000-0000-123456789aaa';
/** Names of the pages in the navigation. */
const pages = ['Virtual machines', 'Hosts', 'Clusters', 'Pools', 'Disks', 'Dashboard'] as const;

/** Runs in the page before its scripts: notes when the first row of a list, or the first count of the dashboard, is drawn. */
function noteFirstRow(): void {
  const state = window as unknown as { firstRow?: number; from: number };
  state.from = 0;
  const look = (): void => {
    if (
      state.firstRow === undefined &&
      document.querySelector('[role=row] .vg-grid__cell:not(:empty), [aria-label="Virtual machines"] .vg-inventory__statuses a') !== null
    )
      requestAnimationFrame(() => requestAnimationFrame(() => (state.firstRow ??= performance.now())));
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });
}

class PortalBench {
  readonly #place: Installation;
  readonly #browser: Browser;
  readonly #queries: Queries;
  readonly #signedIn: Awaited<ReturnType<BrowserContext['storageState']>>;

  constructor(place: Installation, browser: Browser, queries: Queries, signedIn: Awaited<ReturnType<BrowserContext['storageState']>>) {
    this.#place = place;
    this.#browser = browser;
    this.#queries = queries;
    this.#signedIn = signedIn;
  }

  get #base(): string {
    return `${this.#place.endpoint.url}/ovirt-engine/webadmin`;
  }

  /** A page of a browser that has nothing kept but its session. */
  async #cold(path: string): Promise<Page> {
    const context = await this.#browser.newContext({ viewport, ignoreHTTPSErrors: true, storageState: this.#signedIn });
    const page = await context.newPage();
    await page.addInitScript(noteFirstRow);
    await page.goto(`${this.#base}${path}`, { waitUntil: 'commit' });
    return page;
  }

  /** When the first row stood there, in milliseconds since the page was asked for; undefined when it took too long. */
  async #firstRow(page: Page): Promise<number | undefined> {
    const found = await page
      .waitForFunction(() => (window as { firstRow?: number }).firstRow, undefined, { timeout: longestMs })
      .catch(() => undefined);
    return found === undefined ? undefined : await found.jsonValue();
  }

  async coldStart(): Promise<void> {
    const [rows, paints, scripts]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < coldRounds; round += 1) {
      const page = await this.#cold('/vms');
      rows.push((await this.#firstRow(page)) ?? Infinity);
      const seen = await page.evaluate(() => ({
        paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
        script: (performance.getEntriesByType('resource') as PerformanceResourceTiming[])
          .filter((one) => one.initiatorType === 'script' || one.name.endsWith('.js'))
          .reduce((sum, one) => sum + one.encodedBodySize, 0),
      }));
      paints.push(seen.paint);
      scripts.push(seen.script);
      await page.context().close();
    }
    say('cold: something is painted', ms(median(paints)));
    say('cold: first useful paint (rows of the VM list)', ms(median(rows)));
    say('script until then, compressed', `${(median(scripts) / 1000).toFixed(0)} kB`);
  }

  async navigation(): Promise<void> {
    for (const name of pages) {
      const times: number[] = [];
      for (let round = 0; round < pageRounds; round += 1) {
        const page = await this.#cold('/mac-pools');
        await this.#firstRow(page);
        await page.evaluate(() => {
          const state = window as unknown as { firstRow?: number | undefined; from: number };
          document.addEventListener(
            'click',
            () => {
              state.from = performance.now();
              document.querySelectorAll('[role=grid]').forEach((grid) => grid.remove());
              state.firstRow = undefined;
            },
            { capture: true, once: true },
          );
        });
        await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true }).click();
        const ready = await this.#firstRow(page);
        times.push(ready === undefined ? Infinity : ready - (await page.evaluate(() => (window as unknown as { from: number }).from)));
        await page.context().close();
        if (ready === undefined) break;
      }
      const time = median(times);
      say(`page ready after navigation: ${name}`, time === Infinity ? `not within ${longestMs / 1000} s` : ms(time));
    }
  }

  async scrolling(): Promise<void> {
    const names = (await this.#queries.query(
      `select v.name, s.status, c.name as cluster, v.memory_bytes::text as memory, v.cpu_sockets * v.cpu_cores as cpus, v.description
       from vm v join vm_state s on s.vm_id = v.id join cluster c on c.id = v.cluster_id where v.entity_type = 'vm' order by v.name`,
    )) as { rows: Record<string, unknown>[] };
    const rows = names.rows.map((row) =>
      [row['name'], row['status'], '', '', row['cluster'], row['memory'], `${String(row['cpus'])} vCPUs`, '', row['description']].map(
        String,
      ),
    );
    const [own, bare, slow]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < scrollRounds; round += 1) {
      const page = await this.#cold('/vms');
      if ((await this.#firstRow(page)) === undefined) return say('scrolling', `no row within ${longestMs / 1000} s`);
      await delay(2000);
      const portal = await scrolled(page, scrollSeconds);
      own.push(portal.rate);
      slow.push(portal.slowMs);
      await page.context().close();
      const other = await this.#browser.newContext({ viewport });
      const grid = await other.newPage();
      await showBareGrid(grid, rows);
      await delay(1000);
      bare.push((await scrolled(grid, scrollSeconds)).rate);
      await other.close();
    }
    say(
      'scrolling with 500 changes/s, frames a second',
      `${median(own).toFixed(1)} = ${(median(own) / median(bare)).toFixed(2)} × bare grid ${median(bare).toFixed(1)}; 99th frame ${ms(median(slow))}`,
    );
  }

  async heap(minutes: number): Promise<void> {
    const page = await this.#cold('/vms');
    await this.#firstRow(page);
    const session = await page.context().newCDPSession(page);
    const heap = async (): Promise<string> => {
      await session.send('HeapProfiler.collectGarbage');
      return `${((await session.send('Runtime.getHeapUsage')).usedSize / 1e6).toFixed(1)} MB`;
    };
    const begun = await heap();
    await delay(minutes * 60_000);
    say(`heap after ${minutes} min of 500 changes/s`, `${await heap()} (${begun} at first)`);
    await page.context().close();
  }

  /** What the engine computes in a second, in milliseconds, while something lasts. */
  async #computes(): Promise<number> {
    const before = await this.#place.gauge();
    const from = performance.now();
    await delay(watchedMs);
    const after = await this.#place.gauge();
    return ((after.cpuMs + after.systemMs - before.cpuMs - before.systemMs) * 1000) / (performance.now() - from);
  }

  async #watched(what: string, tokens: readonly string[], pathOf: (n: number) => string, alone: number): Promise<void> {
    const all = new Watchers(this.#place.endpoint);
    try {
      await all.open(tokens, pathOf);
      await delay(3000);
      const { bytes, pieces } = all;
      const cost = await this.#computes();
      const seconds = watchedMs / 1000;
      say(
        what,
        `${((cost - alone) / 10).toFixed(1)} % of a core more (${(cost / 10).toFixed(1)} % in all); ${((all.pieces - pieces) / seconds / all.count).toFixed(1)} frames/s, ${((all.bytes - bytes) / seconds / all.count / 1000).toFixed(1)} kB/s each`,
      );
    } finally {
      all.close();
    }
  }

  /** The cost of connected clients beside what changes cost anyway with one follower. */
  async clients(): Promise<void> {
    const { endpoint } = this.#place;
    const tokens = await tokensOfUsers(endpoint, watchers);
    const one = new Watchers(endpoint);
    await one.open(tokens.slice(0, 1), () => watchPath(0));
    const alone = await this.#computes();
    say('500 changes/s and one client', `${(alone / 10).toFixed(1)} % of a core`);
    await this.#watched(`${watchers} users watch their lists`, tokens, () => watchPath(0), alone);
    await this.#queries.query(
      `insert into permission (id, role_id, principal_id, principal_kind, object_type, object_id)
       select gen_random_uuid(), $1::uuid, id, 'user', 'system', $2::uuid from app_user where principal like 'seed-user-%'`,
      [superUser, systemId],
    );
    await delay(1000);
    await this.#watched(`${watchers} administrators watch the same list`, tokens, () => watchPath(0), alone);
    await this.#watched(`${watchers} administrators at different places`, tokens, (n) => watchPath(n * (windowRows / 2)), alone);
    one.close();
  }
}

/** What can be measured alone. */
const parts = ['cold', 'pages', 'scrolling', 'heap', 'clients'] as const;

/** Address of the stream of a client that looks at rows of the list of VMs, from one on. */
const watchPath = (from: number): string =>
  `/virgate/api/changes?${new URLSearchParams({ windows: JSON.stringify([{ key: 'list', kind: 'vm', from, count: windowRows }]) })}`;

/** Pools with VMs that are there already: the seeding makes none. */
const addPools = `with made as (
    insert into vm_pool (id, name, cluster_id, template_id, settings) select gen_random_uuid(), 'seed-pool-' || n, c.id, v.template_id, '{}'
    from generate_series(1, 20) n cross join (select id from cluster order by name limit 1) c cross join (select template_id from vm where entity_type = 'vm' limit 1) v
    returning id)
  insert into vm_pool_member (vm_pool_id, vm_id)
    select p.id, v.id from (select id, row_number() over () as n from made) p
    join (select id, row_number() over (order by name) as n from vm where entity_type = 'vm') v on v.n % 200 = p.n`;

/**
 * The portal in chromium before 10,000 VMs, of which 500 change in a second. `--minutes N` is the span of the heap's figure; names of
 * {@link parts} have only these measured.
 * Everything is measured on this machine, with database, engine, changes and browser together on its processors.
 */
export async function benchPortal(args: readonly string[]): Promise<void> {
  const at = args.indexOf('--minutes');
  const minutes = at < 0 ? 1 : Number(args[at + 1]);
  if (!(minutes > 0)) throw new Error('--minutes: a number above 0 is expected');
  const chosen = parts.filter((part) => args.includes(part));
  const isAsked = (part: (typeof parts)[number]): boolean => chosen.length === 0 || chosen.includes(part);
  if (parts.slice(0, -1).some((part) => isAsked(part))) await buildPortal();
  const place = await startInstallation({ portalDir: portalFolder });
  const database = await openDatabase<unknown>({ url: place.databaseUrl, maxConnections: 1 });
  const browser = await launchChromium();
  try {
    const queries: Queries = { query: (text, values = []) => database.pool.query(text, values) };
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const { url, username, passwordFile } = place.endpoint;
    const answer = await context.request.post(`${url}/virgate/api/sessions`, {
      data: { username, password: readFileSync(passwordFile, 'utf8').trim() },
      headers: { origin: url },
    });
    if (!answer.ok()) throw new Error(`the sign-in answered ${answer.status()}`);
    await queries.query(addPools);
    const bench = new PortalBench(place, browser, queries, await context.storageState());
    if (isAsked('cold')) await bench.coldStart();
    if (isAsked('pages')) await bench.navigation();
    const { rows } = (await queries.query(`select id from vm where entity_type = 'vm' order by name`)) as { rows: { id: string }[] };
    const writer = await openDatabase<unknown>({ url: place.databaseUrl, maxConnections: 1 });
    const changing = new Changing(
      { query: (text, values = []) => writer.pool.query(text, values) },
      rows.map(({ id }) => id),
    );
    changing.start();
    const from = performance.now();
    try {
      if (isAsked('scrolling')) await bench.scrolling();
      if (isAsked('heap')) await bench.heap(minutes);
      await browser.close();
      if (isAsked('clients')) await bench.clients();
      say('changes written', `${((changing.written * 1000) / (performance.now() - from)).toFixed(0)} rows/s`);
    } finally {
      await changing.stop();
      await writer.close();
    }
  } finally {
    await browser.close();
    await database.close();
    await place.stop();
  }
}
