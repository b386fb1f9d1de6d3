import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { writeQemuPki } from './qemu-pki.ts';

let folder: string;
const tls = (cert: string) => ({ key: 'key', cert, ca: 'authority' });

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pki-'));
});
after(() => rm(folder, { recursive: true, force: true }));

it('key and certificate lie where QEMU looks for them, and are replaced', async () => {
  const directory = join(folder, 'own');
  for (const cert of ['first', 'second']) assert.equal(await writeQemuPki({ directory, group: undefined }, tls(cert)), true);
  assert.deepEqual((await readdir(directory)).sort(), [
    'ca-cert.pem',
    'client-cert.pem',
    'client-key.pem',
    'server-cert.pem',
    'server-key.pem',
    'virgate-host',
  ]);
  assert.equal(await readFile(join(directory, 'client-cert.pem'), 'utf8'), 'second');
  assert.equal((await stat(join(directory, 'server-key.pem'))).mode & 0o777, 0o600);
});

it('what somebody else has put there stays', async () => {
  const directory = join(folder, 'foreign');
  await mkdir(directory);
  await writeFile(join(directory, 'ca-cert.pem'), 'of the administrator');
  assert.equal(await writeQemuPki({ directory, group: undefined }, tls('first')), false);
  assert.deepEqual(await readdir(directory), ['ca-cert.pem']);
});
