import { readFile, readdir } from 'node:fs/promises';
import { makePool, startStorageHost } from './host.ts';

// For tests only: runs beside a sanlock daemon of its own, and prints what it saw as JSON.
const host = await startStorageHost({ sanlockDaemon: 'auto' });
const seen: Record<string, unknown> = {};

/** Process that holds the lease for this agent. */
async function holder(): Promise<number> {
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const status = await readFile(`/proc/${name}/status`, 'utf8').catch(() => '');
    if (status.startsWith('Name:\tsleep\n') && status.includes(`\nPPid:\t${process.pid}\n`)) return Number(name);
  }
  throw new Error('nobody holds the lease');
}

try {
  const pool = await makePool(host);
  const spmStatus = (): Promise<unknown> => host.call('StoragePool.getSpmStatus', { storagepoolID: pool.poolId });
  seen['started'] = await spmStatus();
  seen['acquired'] = host.storage.domainStatuses()[pool.domainId]?.acquired;
  await host.restart();
  seen['restarted'] = await spmStatus();
  await host.task('StoragePool.spmStart', { storagepoolID: pool.poolId, prevID: -1, prevLver: '-1', enableScsiFencing: 'false' });
  seen['acquiredAgain'] = host.storage.domainStatuses()[pool.domainId]?.acquired;
  seen['startedAgain'] = await spmStatus();
  process.kill(await holder(), 'SIGKILL');
  await new Promise((resolve) => setTimeout(resolve, 1000));
  seen['lost'] = await spmStatus();
  await host.call('StoragePool.disconnect', { storagepoolID: pool.poolId, hostID: 1, scsiKey: '' });
  process.stdout.write(JSON.stringify(seen));
} finally {
  await host.close();
}
