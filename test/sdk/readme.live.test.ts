// Budget: 60 s
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { expectStatus, Installation } from '../engine/installation.ts';

const readme = resolve(import.meta.dirname, '../../packages/sdk/README.md');
const timeoutMs = 90_000;

/** The page's examples as one program: imports first, then what they do, in order. */
function programOf(page: string): string {
  const examples = [...page.matchAll(/^```ts\n(.*?)^```/gms)].map(([, text]) => text ?? '');
  assert.ok(examples.length >= 9, `${examples.length} examples`);
  const lines = examples.join('\n').split('\n');
  const given = ['engineUrl', 'token', 'storageName'].map((name) => `const ${name} = process.env['TEST_${name}'] ?? '';`);
  return [...lines.filter((line) => line.startsWith('import ')), ...given, ...lines.filter((line) => !line.startsWith('import '))].join(
    '\n',
  );
}

/** Runs a program with the engine's authority trusted. @returns what it printed */
function run(file: string, env: Record<string, string>): Promise<string> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [file], { env: { ...process.env, ...env }, timeout: timeoutMs });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (output += part.toString()));
    child.on('error', failed);
    child.on('close', (code) => (code === 0 ? done(output) : failed(new Error(`The examples ended with ${code}:\n${output}`))));
  });
}

test("the examples of the SDK's README run against an engine", async (t) => {
  const installation = await Installation.start({ hosts: 1 });
  t.after(() => installation.stop());
  await installation.addStorage('data');
  const { token } = expectStatus(await installation.rest.post('/virgate/api/tokens', { name: 'examples' }), 201);
  // Within the repository, where the packages are found by their names.
  const folder = await mkdtemp(join(import.meta.dirname, '.readme-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const program = join(folder, 'examples.ts');
  await writeFile(program, programOf(await readFile(readme, 'utf8')));
  const output = await run(program, {
    NODE_EXTRA_CA_CERTS: join(installation.folder, 'pki/ca.pem'),
    TEST_engineUrl: installation.url,
    TEST_token: token,
    TEST_storageName: 'data',
  });
  assert.match(output, /It runs on [0-9a-f-]{36}/);
  assert.match(output, /web-1/);
  assert.match(output, /Not now: Cannot run VM\. VM is running/);
  assert.match(output, /^update$/m);
  assert.match(output, /^65536$/m);
  assert.match(output, /^stop possible$/m);
  assert.match(output, /admin@internal-authz sees 1 running VMs/);
  assert.equal((await installation.rest.get('/vms?search=name%3Dweb-1')).body.vm, undefined, 'the last example removes it');
});
