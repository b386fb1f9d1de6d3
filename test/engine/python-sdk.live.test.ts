// Budget: 60 s
// Needs: python, ovn
/** oVirt's own Python SDK, unmodified, does with the engine what its users do; what it calls is counted. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { services } from '@virgate/contract/generated/services';
import { pythonSdk, pythonWith } from '../clients/python-environment.ts';
import { Installation, expectStatus, freePort } from './installation.ts';
import { OvnCentral, northboundOf } from './ovn-central.ts';

const run = promisify(execFile);
const clientTimeoutMs = 120_000;
const userPassword = 'Correct-Horse-7';
/** How many services of the second tier the client has to have called. */
const expectedOfTier1 = 20;

let installation: Installation;
let central: OvnCentral;
before(async () => {
  installation = await Installation.start({ hosts: 2 });
  await installation.addStorage('data');
  await installation.addTemplate('template');
  central = await OvnCentral.start(installation.folder, { host: '127.0.0.1', port: await freePort('127.0.0.1') });
  expectStatus(await installation.rest.post('/virgate/api/users', { name: 'somebody', password: userPassword }), 201);
  await writeFile(join(installation.folder, 'user-password'), userPassword);
});
after(async () => {
  await installation.stop();
  await central?.stop();
});

/** Services of a tier that have a place in the API. */
const ofTier = (tier: number): string[] =>
  Object.entries(services).flatMap(([name, service]) => (service.tier === tier && service.paths.length > 0 ? [name] : []));

test('the SDK lists, gets, adds, updates, removes, follows, searches, acts and is refused', { timeout: clientTimeoutMs }, async (t) => {
  const python = await pythonWith(pythonSdk);
  const answeredFile = join(installation.folder, 'answered.json');
  const { stderr } = await run(python, ['-m', 'unittest', 'discover', '-v', '-s', join(import.meta.dirname, '../clients/python/sdk4')], {
    cwd: installation.folder,
    timeout: clientTimeoutMs,
    env: {
      ...process.env,
      PYTHONDONTWRITEBYTECODE: '1',
      ENGINE_URL: installation.url,
      ENGINE_CA: join(installation.folder, 'pki/ca.pem'),
      ENGINE_PASSWORD_FILE: join(installation.folder, 'password'),
      USER_PASSWORD_FILE: join(installation.folder, 'user-password'),
      ANSWERED_FILE: answeredFile,
      NORTHBOUND_URL: northboundOf(installation.folder),
    },
  });
  assert.match(stderr, /^OK$/m);
  const answered = new Map(Object.entries(JSON.parse(await readFile(answeredFile, 'utf8')) as Record<string, string[]>));
  const calls = [...answered.values()].flat().length;
  const unused = ofTier(0).filter((service) => !answered.has(service));
  const ofTier1 = ofTier(1).filter((service) => answered.has(service));
  t.diagnostic(`${calls} methods of ${answered.size} services, ${ofTier1.length} of them of tier 1`);
  assert.deepEqual(unused, [], 'services of tier 0 that the SDK did not call');
  assert.ok(ofTier1.length >= expectedOfTier1, `only ${ofTier1.length} services of tier 1`);
});
