// Budget: 60 s
// Needs: python
/** The lines of the first slides run: oVirt's Python SDK of version 3 lists, gets, adds, changes, starts, stops and removes VMs. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { clientsCache, pythonSdk, pythonWith } from '../clients/python-environment.ts';
import { Installation } from './installation.ts';

const run = promisify(execFile);
const clientTimeoutMs = 120_000;
const scripts = join(import.meta.dirname, '../clients/python/sdk3');
const sdk = join(clientsCache, 'python-sdk3');

let installation: Installation;
let python: string;
before(async () => {
  installation = await Installation.start();
  await installation.addStorage('data');
  await installation.addTemplate('template');
  // The SDK of version 4 is only named because the tests share one environment.
  python = await pythonWith(pythonSdk, 'lxml');
  await run(python, [join(scripts, 'prepare.py'), sdk], { timeout: clientTimeoutMs });
});
after(() => installation.stop());

async function runScript(name: string, root: string): Promise<void> {
  const password = join(installation.folder, 'password');
  const ca = join(installation.folder, 'pki/ca.pem');
  const { stdout } = await run(python, [join(scripts, name), `${installation.url}${root}`, 'admin@internal', password, ca, 'template'], {
    timeout: clientTimeoutMs,
    env: { ...process.env, PYTHONPATH: sdk, PYTHONDONTWRITEBYTECODE: '1' },
  });
  assert.match(stdout, /^ok everything$/m);
}

for (const root of ['/api', '/rhev-api', '/ovirt-engine/api/v3', '/ovirt-engine/api']) {
  test(`at ${root}`, { timeout: clientTimeoutMs }, () => runScript('slides.py', root));
}

test('the main kinds of objects, and what lies below them', { timeout: clientTimeoutMs }, () => runScript('kinds.py', '/api'));

test('places are told under the root that was asked; what version 3 never had, or cannot be written, is refused by name', async () => {
  const { rest } = installation;
  const xml = (path: string, headers: Record<string, string> = {}) =>
    rest.call('GET', path, { headers: { accept: 'application/xml', ...headers } });
  const old = { version: '3' };
  assert.match((await rest.get('/ovirt-engine/api/v3/vms')).text, /Version 3 of the API in JSON/);
  assert.equal((await rest.get('/ovirt-engine/api/v3/vms')).status, 501);
  assert.equal((await xml('/', { version: '2' })).status, 400);
  assert.match((await xml('/templates', old)).text, /href="\/ovirt-engine\/api\/templates\/[^"]+\/nics"/);
  assert.match((await xml('/ovirt-engine/api/v3/templates')).text, /href="\/ovirt-engine\/api\/v3\/templates\/[^"]+\/nics"/);
  const capabilities = await xml('/capabilities', old);
  assert.equal(capabilities.status, 501);
  assert.match(capabilities.text, /Version 3: GET \/capabilities/);
  assert.equal((await xml('/imagetransfers', old)).status, 404, 'version 3 has none');
  assert.equal((await xml('/nothing', old)).status, 404);
  const root = await xml('/', old);
  assert.doesNotMatch(root.text, /imagetransfers|affinitylabels/);
  assert.match(root.text, /rel="vms\/search"/);
});
