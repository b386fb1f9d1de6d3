// Needs: root, hypervisor
/** libvirt's own test driver behind a real daemon: needs root and libvirtd. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect, DomainState, ErrorNumber, isLibvirtError, LibvirtClientError, startPrivateLibvirtd } from './index.ts';
import type { LibvirtConnection, PrivateLibvirtd } from './index.ts';

let folder: string;
let daemon: PrivateLibvirtd;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lv-'));
  daemon = await startPrivateLibvirtd({ dataDir: join(folder, 'd') });
});

after(async () => {
  await daemon?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function withConnection(work: (connection: LibvirtConnection) => Promise<void>, readOnly = false): Promise<void> {
  const socketPath = readOnly ? `${daemon.socketPath}-ro` : daemon.socketPath;
  const connection = await connect({ socketPath, uri: 'test:///default', readOnly, keepalive: { intervalMs: 100, count: 5 } });
  try {
    await work(connection);
  } finally {
    await connection.close();
  }
}

describe('the test driver', () => {
  it('has a domain that is found, suspended, resumed and described', async () => {
    await withConnection(async (connection) => {
      const [domain] = await connection.listAllDomains();
      assert.ok(domain);
      assert.deepEqual(await connection.domainLookupByName('test'), domain);
      assert.deepEqual(await connection.domainLookupByUUID(domain.uuid.toUpperCase()), domain);
      const events: number[] = [];
      const off = await connection.onDomainEvent('lifecycle', ({ event }) => {
        events.push(event);
      });
      await connection.domainSuspend(domain);
      assert.equal((await connection.domainState(domain)).state, DomainState.PAUSED);
      await connection.domainResume(domain.uuid);
      await off();
      await connection.domainSuspend(domain);
      assert.deepEqual(events, [3, 4]);
      assert.match(await connection.domainGetXMLDesc(domain), /<name>test<\/name>/);
      const schedule = await connection.call('DOMAIN_GET_SCHEDULER_PARAMETERS', { dom: domain, nparams: 8 });
      assert.ok(schedule.params.length > 0);
      assert.equal((await connection.call('CONNECT_LIST_ALL_STORAGE_POOLS', { need_results: 1 })).pools.length, 1);
      assert.deepEqual(
        (await connection.listAllNetworks()).map(({ name }) => name),
        ['default'],
      );
    });
  });

  it('answers many calls at once, each with its own', async () => {
    await withConnection(async (connection) => {
      const xml = await connection.call('DOMAIN_GET_XML_DESC', { dom: (await connection.listAllDomains())[0]! });
      const answers = await Promise.all(
        Array.from({ length: 300 }, async (_, index) =>
          index % 2 === 0 ? await connection.hostname() : await connection.domainGetXMLDesc((await connection.listAllDomains())[0]!),
        ),
      );
      assert.ok(answers.filter((_, index) => index % 2 === 1).every((answer) => answer === xml.xml));
    });
  });

  it('keeps alive while nothing happens', async () => {
    await withConnection(async (connection) => {
      await new Promise((resolve) => {
        setTimeout(resolve, 500);
      });
      assert.equal(connection.closed, false);
    });
  });

  it('lets a reader read only', async () => {
    await withConnection(async (connection) => {
      const [domain] = await connection.listAllDomains();
      await assert.rejects(connection.domainDestroy(domain!), (error) => isLibvirtError(error, ErrorNumber.OPERATION_DENIED));
    }, true);
  });

  it('refuses an unknown driver and an unknown procedure', async () => {
    await assert.rejects(connect({ socketPath: daemon.socketPath, uri: 'nothing:///x' }), (error) => isLibvirtError(error));
    await withConnection(async (connection) => {
      const [domain] = await connection.listAllDomains();
      // Newer than some daemons: they say so and the connection goes on.
      await connection.call('DOMAIN_GET_AUTOSTART_ONCE', { dom: domain! }).catch((error: unknown) => assert.ok(isLibvirtError(error)));
      assert.notEqual(await connection.hostname(), '');
    });
  });

  it('whose screenshot is left half-way goes on', async () => {
    await withConnection(async (connection) => {
      const [domain] = await connection.listAllDomains();
      for (let round = 0; round < 3; round += 1) {
        const { stream } = await connection.domainScreenshot(domain!);
        for await (const chunk of stream) {
          assert.ok(chunk.length > 0);
          break;
        }
      }
      const { stream } = await connection.domainScreenshot(domain!);
      await stream.abort();
      await assert.rejects(async () => {
        for await (const _ of stream);
      }, LibvirtClientError);
      assert.notEqual(await connection.hostname(), '');
    });
  });
});
