import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shownFields } from '@virgate/cli';
import { buildCli } from '@virgate/cli/build';
import { Client, tokenOf } from './client.ts';
import { median, ms, say } from './figures.ts';
import { startInstallation } from './installation.ts';

const rounds = 11;
const listRounds = 7;

/** Runs a program to its end. @returns milliseconds to its first output, and in all */
function timed(args: readonly string[], env: Record<string, string>): Promise<{ firstMs: number; totalMs: number }> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    let firstMs = 0;
    const child = execFile(
      process.execPath,
      [...args],
      { env: { PATH: process.env['PATH'] ?? '', ...env }, maxBuffer: 1024 ** 3 },
      (error) => {
        const totalMs = performance.now() - begun;
        if (error === null) resolve({ firstMs: firstMs || totalMs, totalMs });
        else reject(error);
      },
    );
    child.stdout?.once('data', () => (firstMs = performance.now() - begun));
  });
}

/** The built command line against what it cannot get below: the start of Node, and the bare call of the API with 10,000 VMs. */
export async function benchCli(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'vgcb-'));
  const place = await startInstallation();
  const token = await tokenOf(place.endpoint);
  const client = new Client(place.endpoint, token, 1);
  try {
    const program = await buildCli(join(folder, 'built'));
    const env = {
      VIRGATE_URL: place.endpoint.url,
      VIRGATE_TOKEN: token,
      VIRGATE_CA_FILE: place.endpoint.caFile,
      NODE_COMPILE_CACHE: join(folder, 'compiled'),
    };
    const all = ['vm', 'list'];
    const { body } = await client.send('GET', '/vms?max=1');
    const [{ name = '' } = {}] = (body['vm'] ?? []) as { name?: string }[];
    const commands: [string, string[]][] = [
      ['--version', ['--version']],
      ['vm --help', ['vm', '--help']],
      ['completion of a word', ['complete', '--', 'vm', 'st']],
      ['completion of an option', ['complete', '--', 'vm', 'add', '--cpu-']],
      ['completion of a name (100 of 10,000)', ['complete', '--', 'vm', 'start', '']],
      ['completion of a name by its beginning (of 10,000)', ['complete', '--', 'vm', 'start', name.slice(0, -1)]],
    ];
    const bare: number[] = [];
    for (let round = 0; round < rounds; round += 1) bare.push((await timed(['-e', 'process.stdout.write("x")'], env)).firstMs);
    say('start of Node alone, first output', ms(median(bare)));
    for (const [what, args] of commands) {
      await timed([program, ...args], env);
      const times: number[] = [];
      for (let round = 0; round < rounds; round += 1) times.push((await timed([program, ...args], env)).firstMs);
      say(`virgate ${what}, first output`, `${ms(median(times))} = ${(median(times) / median(bare)).toFixed(2)} × Node`);
    }
    const shown = shownFields('Vm', { output: 'table', columns: undefined, headers: true }) ?? [];
    const chosen = `/vms?fields=${shown.join(',')}`;
    const [calls, same, lists]: [number[], number[], number[]] = [[], [], []];
    await client.timed(chosen);
    for (let round = 0; round < listRounds; round += 1) {
      calls.push((await client.timed('/vms')).totalMs);
      same.push((await client.timed(chosen)).totalMs);
      lists.push((await timed([program, ...all], env)).totalMs);
    }
    const times = (one: number[]): string => `${(median(lists) / median(one)).toFixed(2)} ×`;
    say('the bare call of the API: GET /vms, 10,000', ms(median(calls)));
    say(`the call that it makes: GET ${chosen}`, ms(median(same)));
    say('virgate vm list, 10,000, in all', `${ms(median(lists))} = ${times(calls)} the bare call = ${times(same)} the call that it makes`);
  } finally {
    client.close();
    await place.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
