import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { VirtualSwitch } from '@virgate/lab';
import { eventually, expectStatus, Installation } from '../engine/installation.ts';
import { JoiningHost } from '../engine/joining-host.ts';
import { addSharedDomain, enrol } from '../engine/real-guest.ts';
import { whole, type Json } from '../engine/rest-client.ts';
import { median, say } from './figures.ts';
import { ImageClient, type Part } from './image-client.ts';

const run = promisify(execFile);
const mib = 1024 ** 2;
const imageBytes = 1024 * mib;
/** Data and nothing take turns. */
const stretchBytes = 64 * mib;
const rounds = 3;
const nbdPort = 10_809;
const limitMs = 120_000;

const parts: Part[] = Array.from({ length: imageBytes / stretchBytes }, (_, at) => ({
  start: at * stretchBytes,
  length: stretchBytes,
  zero: at % 2 === 1,
}));

type Way = 'direct' | 'proxy';
type Direction = 'upload' | 'download';

/** A host with storage, an engine, and the image that goes to and fro. */
class Bench {
  readonly installation: Installation;
  readonly host: JoiningHost;
  readonly #ca: string;
  readonly source: string;
  readonly target: string;

  constructor(installation: Installation, host: JoiningHost, ca: string) {
    this.installation = installation;
    this.host = host;
    this.#ca = ca;
    this.source = join(installation.folder, 'source.raw');
    this.target = join(installation.folder, 'target.raw');
  }

  async makeSource(): Promise<void> {
    const handle = await open(this.source, 'w');
    await handle.truncate(imageBytes);
    for (const { start, length, zero } of parts)
      if (!zero) for (let at = 0; at < length; at += mib) await handle.write(randomBytes(mib), 0, mib, start + at);
    await handle.close();
  }

  async addDisk(format: 'raw' | 'cow'): Promise<string> {
    const disk = { name: `bench-${format}`, format, sparse: true, provisioned_size: imageBytes };
    const { id } = expectStatus(
      await this.installation.rest.post('/disks', { ...disk, storage_domains: { storage_domain: [{ name: 'data' }] } }, whole),
      201,
    );
    return id as string;
  }

  /** Seconds that the bytes of a transfer take, from its being open to the last one's being flushed. */
  async transfer(disk: string, direction: Direction, way: Way): Promise<number> {
    const { rest } = this.installation;
    const { id } = expectStatus(await rest.post('/imagetransfers', { disk: { id: disk }, direction, format: 'raw' }), 201);
    const ready: Json = await eventually(
      'the transfer is open',
      async () => {
        const found = expectStatus(await rest.get(`/imagetransfers/${id}`), 200);
        return found.phase === 'transferring' ? found : undefined;
      },
      limitMs,
    );
    const client = new ImageClient(String(way === 'direct' ? ready.transfer_url : ready.proxy_url), this.#ca);
    const begun = performance.now();
    if (direction === 'upload') await client.upload(this.source, parts);
    else await client.download(this.target);
    const seconds = (performance.now() - begun) / 1000;
    client.close();
    expectStatus(await rest.post(`/imagetransfers/${id}/finalize`, {}), 200);
    await eventually(
      'the transfer is over',
      async () => {
        const found = await rest.get(`/imagetransfers/${id}`);
        return found.status === 404 || String(found.body.phase).startsWith('finished_');
      },
      limitMs,
    );
    return seconds;
  }
}

/** A file of the host, served to the world by NBD with TLS, and QEMU's own client. */
async function convertByNbd(bench: Bench, pki: string, file: string, direction: Direction): Promise<number> {
  const { host } = bench.host;
  const server = await host.spawn(
    [
      'qemu-nbd',
      '--object',
      `tls-creds-x509,id=tls,endpoint=server,dir=${pki},verify-peer=no`,
      '--tls-creds',
      'tls',
      '--bind',
      host.address,
      '--port',
      String(nbdPort),
      '--persistent',
      '--shared',
      '8',
      '--format',
      'raw',
      '--cache',
      'none',
      '--aio',
      'threads',
      '--discard',
      'unmap',
      file,
    ],
    'qemu-nbd.log',
  );
  try {
    await host.run(['sh', '-c', `for i in $(seq 100); do ss -ltn | grep -q ':${nbdPort} ' && exit 0; sleep 0.05; done; exit 1`]);
    const credentials = ['--object', `tls-creds-x509,id=tls,endpoint=client,dir=${pki}`];
    const remote = `driver=nbd,server.type=inet,server.host=${host.address},server.port=${nbdPort},tls-creds=tls`;
    const argv =
      direction === 'upload'
        ? ['convert', ...credentials, '-n', '-W', '-f', 'raw', bench.source, '--target-image-opts', remote]
        : ['convert', ...credentials, '-W', '-O', 'raw', '--image-opts', remote, bench.target];
    const begun = performance.now();
    await run('qemu-img', argv, { timeout: limitMs });
    return (performance.now() - begun) / 1000;
  } finally {
    await server.stop();
  }
}

const speed = (seconds: number): string => `${(imageBytes / mib / seconds).toFixed(0)} MiB/s`;

async function measure(bench: Bench, pki: string): Promise<void> {
  const disks = { raw: await bench.addDisk('raw'), cow: await bench.addDisk('cow') };
  const yardstickFile = join(bench.installation.folder, 'yardstick.raw');
  const kinds: { name: string; direction: Direction; disk: string }[] = [
    { name: 'upload of raw', direction: 'upload', disk: disks.raw },
    { name: 'upload into qcow2', direction: 'upload', disk: disks.cow },
    { name: 'download of raw', direction: 'download', disk: disks.raw },
    { name: 'download of qcow2', direction: 'download', disk: disks.cow },
  ];
  for (const { name, direction, disk } of kinds) {
    const seconds: Record<Way | 'nbd', number[]> = { direct: [], proxy: [], nbd: [] };
    for (let round = 0; round < rounds; round += 1) {
      if (direction === 'upload') await run('truncate', ['-s', String(imageBytes), yardstickFile]);
      else await copyFile(bench.source, yardstickFile);
      seconds.nbd.push(await convertByNbd(bench, pki, yardstickFile, direction));
      await rm(yardstickFile);
      for (const way of ['direct', 'proxy'] as const) {
        seconds[way].push(await bench.transfer(disk, direction, way));
        if (direction !== 'download') continue;
        await run('qemu-img', ['compare', '-f', 'raw', '-F', 'raw', bench.source, bench.target]);
        await rm(bench.target);
      }
      await rm(bench.target, { force: true });
      await delay(200);
    }
    const yardstick = median(seconds.nbd);
    say(`${name}: qemu-img by NBD with TLS`, `${speed(yardstick)} (${yardstick.toFixed(2)} s)`);
    for (const [way, aim] of [
      ['direct', 70],
      ['proxy', 40],
    ] as const) {
      const own = median(seconds[way]);
      say(
        `${name}: ${way}`,
        `${speed(own)} (${own.toFixed(2)} s), ${((yardstick * 100) / own).toFixed(0)} % of the yardstick (aim ${aim})`,
      );
    }
  }
}

/** Images of 1 GiB, half of it data, to and from a host, against what QEMU's own programs do between the same two. Needs root. */
export async function benchTransfers(): Promise<void> {
  const network = await VirtualSwitch.start();
  let installation: Installation | undefined;
  let host: JoiningHost | undefined;
  try {
    installation = await Installation.start({ hosts: 0, address: network.address });
    host = await JoiningHost.start({ name: 'metal', number: 1, folder: join(installation.folder, 'hosts'), network });
    await addSharedDomain(installation, await enrol(installation, host));
    const pki = join(installation.folder, 'nbd-pki');
    await mkdir(pki, { mode: 0o700 });
    await copyFile(join(installation.folder, 'pki/ca.pem'), join(pki, 'ca-cert.pem'));
    const hostPki = join(host.dataFolder, 'pki');
    await copyFile(host.keyFile, join(pki, 'server-key.pem'));
    await copyFile(join(hostPki, 'host.cer'), join(pki, 'server-cert.pem'));
    const bench = new Bench(installation, host, await readFile(join(installation.folder, 'pki/ca.pem'), 'utf8'));
    await bench.makeSource();
    await measure(bench, pki);
  } finally {
    await host?.host.powerOff();
    await installation?.stop();
    await network.stop();
  }
}
