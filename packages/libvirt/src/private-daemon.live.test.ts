// Needs: root, hypervisor
/** Starting, finding and stopping a libvirtd of one's own: needs root and libvirtd. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { connect, PrivateLibvirtdError, startPrivateLibvirtd } from './index.ts';
import { identify, waitForEnd } from './process-identity.ts';

let folder: string;
const entry = fileURLToPath(new URL('index.ts', import.meta.url));
const refused =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof PrivateLibvirtdError && error.code === code;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lv-'));
});
after(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Starts a daemon from another process, which then ends; gives the daemon's id. */
async function startElsewhere(options: object): Promise<number> {
  const script = `import { startPrivateLibvirtd } from ${JSON.stringify(entry)};
    const daemon = await startPrivateLibvirtd(${JSON.stringify(options)});
    process.stdout.write(String(daemon.pid), () => process.exit(0));`;
  const path = join(folder, 'starter.mjs');
  await writeFile(path, script);
  const child = spawn(process.execPath, [path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  assert.equal(
    await new Promise((resolve) => {
      child.once('exit', resolve);
    }),
    0,
  );
  return Number(output);
}

describe('a private libvirtd', () => {
  it('outlives its starter when told to, and is found again until it is stopped', async () => {
    const dataDir = join(folder, 'a');
    const pid = await startElsewhere({ dataDir, detached: true });
    const found = await startPrivateLibvirtd({ dataDir, detached: true });
    assert.deepEqual([found.pid, found.found], [pid, true]);
    await rm(join(dataDir, 'libvirtd.json'));
    assert.equal((await startPrivateLibvirtd({ dataDir })).pid, pid, 'found by its own pid file too');
    const connection = await connect({ socketPath: found.socketPath, uri: 'qemu:///system' });
    await connection.close();
    await found.stop();
    assert.equal(identify(pid), undefined);
    await found.stop();
    const next = await startPrivateLibvirtd({ dataDir });
    assert.equal(next.found, false);
    assert.notEqual(next.pid, pid);
    await next.stop();
  });

  it('ends with its starter otherwise', async () => {
    const pid = await startElsewhere({ dataDir: join(folder, 'b') });
    const identity = identify(pid);
    assert.ok(!identity || (await waitForEnd(identity, 20_000)));
  });

  it('is started once when two ask at the same moment', async () => {
    const dataDir = join(folder, 'c');
    const [one, two] = await Promise.all([startPrivateLibvirtd({ dataDir }), startPrivateLibvirtd({ dataDir })]);
    assert.equal(one.pid, two.pid);
    await one.stop();
  });

  it('is not taken for another process that has got its number', async () => {
    const dataDir = join(folder, 'c');
    await writeFile(join(dataDir, 'libvirtd.json'), JSON.stringify({ pid: process.pid, startTime: '1' }));
    await writeFile(join(dataDir, 'run', 'libvirtd.pid'), `${process.pid}\n`);
    const daemon = await startPrivateLibvirtd({ dataDir });
    assert.equal(daemon.found, false);
    assert.notEqual(daemon.pid, process.pid);
    await daemon.stop();
  });

  it('says why it cannot start', async () => {
    await assert.rejects(startPrivateLibvirtd({ dataDir: 'relative' }), refused('BAD_OPTION'));
    await assert.rejects(startPrivateLibvirtd({ dataDir: join(folder, 'x'.repeat(120)) }), refused('BAD_OPTION'));
    await assert.rejects(
      startPrivateLibvirtd({ dataDir: join(folder, 'e'), extraConf: { libvirtd: { max_clients: 'many' } } }),
      (error) => refused('EXITED')(error) && /max_clients/.test(String(error)),
    );
  });

  it('sees what is mounted later beneath its mount folders', async () => {
    const mountFolder = join(folder, 'mnt');
    const daemon = await startPrivateLibvirtd({ dataDir: join(folder, 'f'), mountFolders: [mountFolder] });
    try {
      await run('mkdir', [join(mountFolder, 'late')]);
      await run('mount', ['-t', 'tmpfs', 'none', join(mountFolder, 'late')]);
      try {
        assert.match(await readFile(`/proc/${daemon.pid}/mountinfo`, 'utf8'), /\/mnt\/late /);
        assert.doesNotMatch(await readFile('/proc/self/mountinfo', 'utf8'), / \/run\/libvirt .*\/f\/run/);
      } finally {
        await run('umount', [join(mountFolder, 'late')]);
      }
    } finally {
      await daemon.stop();
      await run('umount', [mountFolder]);
    }
  });
});

async function run(program: string, args: string[]): Promise<void> {
  const child = spawn(program, args, { stdio: 'inherit' });
  assert.equal(
    await new Promise((resolve) => {
      child.once('exit', resolve);
    }),
    0,
    `${program} ${args.join(' ')}`,
  );
}
