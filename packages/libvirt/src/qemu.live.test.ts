// Needs: root, hypervisor
/** Real guests under a libvirtd of the test's own: needs root, libvirtd and QEMU. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import {
  connect,
  DomainCreateFlags,
  DomainEventStoppedDetailType,
  DomainEventType,
  DomainMetadataType,
  DomainMigrateFlags,
  DomainState,
  DomainXMLFlags,
  ErrorNumber,
  isLibvirtError,
  LibvirtPool,
  parameter,
  parameterNames,
  startPrivateLibvirtd,
} from './index.ts';
import type { DomainEvents, LibvirtConnection, PrivateLibvirtd } from './index.ts';
import { guestXML } from './testing/paused-guest.ts';
import { until } from './testing/scripted-daemon.ts';

const run = promisify(execFile);
// Other guests of this machine may come from the same test.
const uuid = randomUUID();
const displayPorts = { min: 6900, max: 6949 };

let folder: string;
let daemon: PrivateLibvirtd;
let connection: LibvirtConnection;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lv-'));
  daemon = await startPrivateLibvirtd({ dataDir: join(folder, 'one'), hostUuid: '7b0e2c5a-1111-4000-8000-000000000001', displayPorts });
  connection = await connect({ socketPath: daemon.socketPath, uri: 'qemu:///system' });
});

after(async () => {
  await connection?.close();
  await daemon?.stop({ destroyGuests: true });
  await rm(folder, { recursive: true, force: true });
});

describe('the host', () => {
  it('is the one it was told to be', async () => {
    assert.match(await connection.capabilities(), /<uuid>7b0e2c5a-1111-4000-8000-000000000001<\/uuid>/);
    assert.match(await connection.libvirtVersion(), /^\d+\.\d+\.\d+$/);
    assert.match(await connection.hypervisorVersion(), /^\d+\.\d+\.\d+$/);
    const node = await connection.nodeInfo();
    assert.ok(node.cpus >= 1 && node.memoryBytes > 2 ** 28 && node.model !== '');
    const memory = await connection.nodeMemoryBytes();
    assert.ok(memory['free']! > 0 && memory['free']! < memory['total']!);
    assert.match(await connection.domainCapabilities({ virtualizationType: 'qemu', machine: 'q35' }), /<domain>qemu<\/domain>/);
    assert.ok(
      (await connection.call('CONNECT_LIST_ALL_NWFILTERS', { need_results: 1 })).filters.some(({ name }) => name === 'no-mac-spoofing'),
    );
    const cpu = await connection.nodeCpuTimeNs();
    assert.ok(cpu['user']! > 0 && cpu['idle']! > 0);
  });
});

describe('a guest', () => {
  const events: DomainEvents['lifecycle'][] = [];

  it('is defined, started paused, resumed, suspended, changed and destroyed, with its events', async () => {
    await connection.onDomainEvent('lifecycle', (event) => {
      if (event.dom.uuid === uuid) events.push(event);
    });
    const metadata = "<metadata><v:note xmlns:v='http://example.org/v'>one</v:note></metadata>";
    const defined = await connection.domainDefineXML(guestXML('guest', uuid, { devices: '', metadata }));
    assert.deepEqual(defined, { name: 'guest', uuid, id: -1 });
    const started = await connection.domainCreate(uuid, DomainCreateFlags.START_PAUSED);
    assert.ok(started.id > 0);
    assert.equal((await connection.domainState(uuid)).state, DomainState.PAUSED);
    await connection.domainResume(uuid);
    assert.equal((await connection.domainState(uuid)).state, DomainState.RUNNING);
    await connection.domainSuspend(started);
    assert.equal((await connection.domainState(started)).state, DomainState.PAUSED);
    await until(() => events.length >= 5, 'defined, started, suspended, resumed, suspended');
    assert.deepEqual(
      events.map(({ event }) => event),
      [DomainEventType.DEFINED, DomainEventType.STARTED, DomainEventType.SUSPENDED, DomainEventType.RESUMED, DomainEventType.SUSPENDED],
    );
  });

  it('shows its XML, its figures and its metadata', async () => {
    const xml = await connection.domainGetXMLDesc(uuid);
    const port = Number(/<graphics type='vnc' port='(\d+)'/.exec(xml)?.[1]);
    assert.ok(port >= displayPorts.min && port <= displayPorts.max, `VNC port ${port}`);
    assert.match(await connection.domainGetXMLDesc(uuid, DomainXMLFlags.INACTIVE), /port='-1'/);
    const info = await connection.domainInfo(uuid);
    assert.equal(info.memoryBytes, 16 * 2 ** 20);
    assert.ok(info.cpuTimeNs > 0);
    const [stats] = await connection.domainStats({ domains: [uuid] });
    assert.equal(stats?.domain.uuid, uuid);
    assert.equal(stats?.statistics['balloon.maximum'], 16 * 1024);
    assert.ok(Number(stats?.statistics['cpu.time']) > 0);
    assert.equal((await connection.domainStats()).length, 1);
    assert.equal(await connection.domainGetMetadata(uuid, DomainMetadataType.ELEMENT, 'http://example.org/v'), '<note>one</note>');
    await connection.domainSetMetadata(
      uuid,
      DomainMetadataType.ELEMENT,
      '<note>two</note>',
      { prefix: 'v', uri: 'http://example.org/v' },
      3,
    );
    assert.equal(await connection.domainGetMetadata(uuid, DomainMetadataType.ELEMENT, 'http://example.org/v'), '<note>two</note>');
    assert.match(await connection.domainMonitorCommand(uuid, '{"execute":"query-status"}'), /"status":"paused"/);
    const { mediaType, stream } = await connection.domainScreenshot(uuid);
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    assert.equal(mediaType, 'image/png');
    assert.equal(Buffer.concat(chunks).subarray(1, 4).toString(), 'PNG');
  });

  it('gains and loses a device', async () => {
    const added: string[] = [];
    const off = await connection.onDomainEvent('deviceAdded', ({ devAlias }) => {
      added.push(devAlias);
    });
    await connection.domainAttachDevice(
      uuid,
      "<rng model='virtio'><backend model='random'>/dev/urandom</backend><alias name='ua-rng'/></rng>",
      1,
    );
    await until(() => added.includes('ua-rng'), 'the event of the device');
    await off();
    assert.match(await connection.domainGetXMLDesc(uuid), /ua-rng/);
  });

  it('answers what it cannot do with coded errors', async () => {
    await assert.rejects(connection.domainAgentCommand(uuid, '{"execute":"guest-ping"}', 1), (error) => isLibvirtError(error));
    await assert.rejects(connection.domainCreate(uuid), (error) => isLibvirtError(error, ErrorNumber.OPERATION_INVALID));
    await assert.rejects(connection.domainLookupByUUID('7b0e2c5a-0000-4000-8000-00000000ffff'), (error) =>
      isLibvirtError(error, ErrorNumber.NO_DOMAIN),
    );
    await assert.rejects(connection.domainDefineXML('<domain'), (error) => isLibvirtError(error, ErrorNumber.XML_DETAIL));
    await assert.rejects(connection.domainRestore('/nowhere'), (error) => isLibvirtError(error));
  });

  it('is saved and restored', async () => {
    const path = join(folder, 'guest.save');
    await connection.domainSave(uuid, path, {}, { timeoutMs: 120_000 });
    assert.equal((await connection.domainState(uuid)).state, DomainState.SHUTOFF);
    await connection.domainRestore(path, {}, { timeoutMs: 120_000 });
    assert.equal((await connection.domainState(uuid)).state, DomainState.PAUSED);
  });

  it('survives the death of libvirtd and is found by the next one', async () => {
    const pool = new LibvirtPool({ socketPath: daemon.socketPath, uri: 'qemu:///system', backOff: { firstMs: 50, maxMs: 200 } });
    try {
      const seen: number[] = [];
      let ups = 0;
      pool.on('up', () => {
        ups += 1;
      });
      await pool.onDomainEvent('lifecycle', ({ event }) => {
        seen.push(event);
      });
      await pool.start();
      const { id } = await pool.domainLookupByUUID(uuid);
      const pid = await qemuPid();
      process.kill(daemon.pid, 'SIGKILL');
      assert.equal((await connection.ended)?.code, 'CLOSED');
      daemon = await startPrivateLibvirtd({ dataDir: join(folder, 'one'), hostUuid: '7b0e2c5a-1111-4000-8000-000000000001', displayPorts });
      assert.equal(daemon.found, false);
      await until(() => ups === 2, "the pool's return");
      connection = await connect({ socketPath: daemon.socketPath, uri: 'qemu:///system' });
      assert.equal((await pool.domainLookupByUUID(uuid)).id, id);
      assert.equal(await qemuPid(), pid);
      seen.length = 0;
      await pool.domainResume(uuid);
      await until(() => seen.includes(DomainEventType.RESUMED), 'the event after the return');
    } finally {
      await pool.close();
    }
  });

  it('is destroyed and forgotten', async () => {
    const stopped = new Promise<DomainEvents['lifecycle']>((resolve, reject) => {
      void connection
        .onDomainEvent('lifecycle', (event) => {
          if (event.event === DomainEventType.STOPPED) resolve(event);
        })
        .catch(reject);
    });
    await connection.domainDestroy(uuid);
    assert.equal((await stopped).detail, DomainEventStoppedDetailType.DESTROYED);
    await connection.domainUndefine(uuid);
    assert.deepEqual(await connection.listAllDomains(), []);
  });
});

describe('a volume', () => {
  it('is written and read through streams', async () => {
    const path = join(folder, 'pool');
    await run('mkdir', [path]);
    const { pool } = await connection.call('STORAGE_POOL_CREATE_XML', {
      xml: `<pool type='dir'><name>p</name><target><path>${path}</path></target></pool>`,
    });
    const { vol } = await connection.call('STORAGE_VOL_CREATE_XML', {
      pool,
      xml: "<volume><name>v</name><capacity>3000000</capacity><target><format type='raw'/></target></volume>",
    });
    const content = Buffer.alloc(3_000_000);
    for (let index = 0; index < content.length; index += 1) content[index] = (index * 7) & 0xff;
    const upload = await connection.volumeUpload(vol, 0, content.length);
    await upload.write(content);
    await upload.finish();
    const chunks: Buffer[] = [];
    for await (const chunk of await connection.volumeDownload(vol, 1000, 2_000_000)) chunks.push(chunk);
    assert.ok(Buffer.concat(chunks).equals(content.subarray(1000, 2_001_000)));
    for await (const chunk of await connection.volumeDownload(vol)) {
      assert.ok(chunk.length > 0);
      break;
    }
    assert.equal((await connection.call('STORAGE_POOL_LIST_ALL_VOLUMES', { pool, need_results: 1 })).vols[0]?.name, 'v');
    await connection.call('STORAGE_POOL_DESTROY', { pool });
  });
});

describe('two hosts', () => {
  it('migrate a guest between themselves', async () => {
    const other = await startPrivateLibvirtd({
      dataDir: join(folder, 'two'),
      hostUuid: '7b0e2c5a-2222-4000-8000-000000000002',
      displayPorts: { min: 6950, max: 6999 },
      migrationPorts: { min: 49_400, max: 49_449 },
    });
    try {
      const destination = await connect({ socketPath: other.socketPath, uri: 'qemu:///system' });
      try {
        await connection.domainCreateXML(guestXML('traveller', uuid), DomainCreateFlags.START_PAUSED);
        const source = new LibvirtPool({ socketPath: daemon.socketPath, uri: 'qemu:///system' });
        try {
          await source.job((job) =>
            job.domainMigratePeerToPeer(
              uuid,
              `qemu+unix:///system?socket=${other.socketPath}`,
              [parameter.string(parameterNames.MIGRATE_PARAM_URI, 'tcp://127.0.0.1')],
              DomainMigrateFlags.PEER2PEER | DomainMigrateFlags.LIVE,
            ),
          );
        } finally {
          await source.close();
        }
        assert.deepEqual(await connection.listAllDomains(), []);
        assert.deepEqual(
          (await destination.listAllDomains()).map(({ name }) => name),
          ['traveller'],
        );
        const { statistics } = await destination.domainJobStats(uuid, 1);
        assert.ok(Number(statistics['memory_total']) > 0);
      } finally {
        await destination.close();
      }
    } finally {
      await other.stop({ destroyGuests: true });
    }
  });
});

async function qemuPid(): Promise<string> {
  const { stdout } = await run('pgrep', ['-f', `qemu-system.*-uuid ${uuid}`]);
  return stdout.trim();
}
