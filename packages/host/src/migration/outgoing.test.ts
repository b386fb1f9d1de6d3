// Budget: 6 s
/** What an agent does with a migration that one before it began; libvirt is played, since its rounds of copying can't be ordered. */
import { DomainJobType, DomainState } from '@virgate/libvirt';
import type { LibvirtConnection } from '@virgate/libvirt';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { testDomain } from '../agent-fixture/domain.ts';
import { systemClock } from '../clock.ts';
import { recoverVms } from '../vm/recovery.ts';
import { VmRegistry } from '../vm/registry.ts';
import type { VmDependencies } from '../vm/registry.ts';
import { initialState } from '../vm/status.ts';
import { VmStore } from '../vm/store.ts';
import { OutgoingMigrations } from './outgoing.ts';

const vmId = randomUUID();
const bootId = randomUUID();
const patienceMs = 10_000;
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

let folder: string;
let vms: VmRegistry | undefined;
let round = 3;
let looks = 0;
const asked: string[] = [];

const libvirt: Partial<LibvirtConnection> = {
  listAllDomains: () => Promise.resolve([{ uuid: vmId, name: 'vm', id: 1 }]),
  domainState: () => Promise.resolve({ state: DomainState.RUNNING, reason: 1 }),
  domainGetXMLDesc: () => Promise.resolve(testDomain({ vmId })),
  domainJobStats: () => {
    looks++;
    return Promise.resolve({ type: DomainJobType.UNBOUNDED, statistics: { memory_iteration: round } });
  },
  domainAbortJob: () => Promise.resolve(void asked.push('abort')),
  call: ((name: string) => Promise.resolve(void asked.push(name))) as unknown as LibvirtConnection['call'],
};

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leaving-'));
});
after(async () => {
  // What follows the migration ends with its next look.
  vms?.close();
  await rm(folder, { recursive: true, force: true });
});

it('the rest of its schedule is followed, counted from the round in which it began', async () => {
  const store = new VmStore(folder, log);
  await store.save({
    vmId,
    name: 'vm',
    bootId,
    state: { ...initialState(), phase: 'running', startedMs: 0, bootedMs: 0, migratingTo: '127.0.0.1:1' },
    volumes: [],
    clockOffsetSeconds: '0',
    convergence: {
      left: {
        init: [],
        stalling: [
          { limit: 3, action: { name: 'setDowntime', milliseconds: 500 } },
          { limit: -1, action: { name: 'abort' } },
        ],
      },
      firstRound: 1,
    },
  });
  const registry = new VmRegistry({
    store,
    bootId,
    log,
    clock: systemClock,
    emit: () => undefined,
    eventTime: () => 0,
    displayAddress: (address: string) => address,
    hypervisor: { run: (_lane: string, work: (connection: LibvirtConnection) => unknown) => work(libvirt as LibvirtConnection) },
    migration: { tls: () => ({ key: '', cert: '', ca: '' }) },
  } as unknown as VmDependencies);
  vms = registry;
  await recoverVms(registry);
  const vm = registry.get(vmId);
  new OutgoingMigrations(registry).resume(vm);
  const stalling = async (): Promise<number> => {
    const { convergence } = JSON.parse(await readFile(join(folder, `${vmId}.json`), 'utf8')) as { convergence: typeof vm.convergence };
    return convergence.left.stalling.length;
  };
  const until = async (what: string, look: () => Promise<boolean> | boolean): Promise<void> => {
    const endMs = performance.now() + patienceMs;
    while (!(await look())) {
      if (performance.now() > endMs) throw new Error(`not within ${patienceMs} ms: ${what}`);
      await delay(20);
    }
  };
  const seen = looks;
  await until('the round is seen', () => looks > seen + 1);
  assert.deepEqual([asked, await stalling()], [[], 2]);
  for (const [next, name, left] of [
    [5, 'DOMAIN_MIGRATE_SET_MAX_DOWNTIME', 1],
    [6, 'abort', 0],
  ] as const) {
    round = next;
    await until(name, async () => (await stalling()) === left);
    assert.deepEqual(asked.splice(0), [name]);
  }
});
