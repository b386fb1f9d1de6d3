import { constants } from 'node:fs';
import { rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { readDirect, writeDirect } from '../block/direct.ts';
import { CommandError, runCommand } from '../command.ts';
import { createFileVolumes } from '../volume/file-volumes.ts';
import { beneath, openRegular, replaceFile } from './beneath.ts';
import type { Owner } from './beneath.ts';
import { makeMasterTree, volatileSuffix } from './create-domain.ts';
import { formatDomainMetadata, parseDomainMetadata } from './domain-metadata.ts';
import { maximumMetadataBytes } from './key-value.ts';
import { checkTimeoutMs } from './monitor.ts';
import type { DomainStore, StorageDomain } from './store.ts';

/** A domain in files beneath a mount point. */
export function createFileStore(
  domain: Pick<StorageDomain, 'id' | 'path' | 'realPath' | 'metadata'>,
  imagesRunDirectory: string,
  owner: Owner | undefined,
): DomainStore {
  return {
    kind: 'file',
    ...createFileVolumes(domain, imagesRunDirectory, owner),
    async space() {
      const status = await statfs(domain.realPath);
      return { freeBytes: status.bavail * status.bsize, totalBytes: status.blocks * status.bsize };
    },
    metadataArea: async () => ({ mdavalid: true, mdathreshold: true, mdasize: 0, mdafree: 0 }),
    /** A process of its own reads it, because a read from a dead server never returns and would block a thread of the agent for good. */
    async probe(signal) {
      return parseDomainMetadata(await readUncached(join(domain.realPath, 'dom_md', 'metadata'), signal));
    },
    async save(metadata) {
      await replaceFile(await beneath(domain.realPath, 'dom_md', 'metadata'), formatDomainMetadata(metadata), owner);
    },
    async readLeaseArea(offset, bytes) {
      const handle = await openRegular(await beneath(domain.realPath, 'dom_md', 'xleases'));
      try {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, offset);
        return buffer.subarray(0, bytesRead);
      } finally {
        await handle.close();
      }
    },
    async writeLeaseArea(offset, bytes) {
      const handle = await openRegular(await beneath(domain.realPath, 'dom_md', 'xleases'), constants.O_RDWR);
      try {
        await handle.write(bytes, 0, bytes.length, offset);
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
    readMail: async (area, offset, bytes) => readDirect(await beneath(domain.realPath, 'dom_md', area), offset, bytes),
    writeMail: async (area, offset, bytes) => writeDirect(await beneath(domain.realPath, 'dom_md', area), offset, bytes),
    // files are where they are
    acquire: async () => undefined,
    release: async () => undefined,
    prepareMaster: () => makeMasterTree(domain.realPath),
    async destroy() {
      const doomed = `${domain.realPath}${volatileSuffix}`;
      await rm(doomed, { recursive: true, force: true });
      await rename(domain.realPath, doomed);
      await rm(doomed, { recursive: true, force: true });
    },
  };
}

async function readUncached(path: string, signal: AbortSignal): Promise<string> {
  const read = (...flags: string[]): string[] => ['dd', `if=${path}`, `bs=${maximumMetadataBytes}`, 'count=1', 'status=none', ...flags];
  try {
    return (await runCommand(read('iflag=direct'), { signal, timeoutMs: checkTimeoutMs })).stdout;
  } catch (error) {
    // file systems without direct input and output say EINVAL
    if (!(error instanceof CommandError) || !error.stderr.includes('Invalid argument')) throw error;
    return (await runCommand(read(), { signal, timeoutMs: checkTimeoutMs })).stdout;
  }
}
