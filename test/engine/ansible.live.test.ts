// Budget: 150 s
// Needs: python
/** oVirt's Ansible collection sets up an installation with one playbook, twice: what is there already is not changed again. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { ansible, type Ansible } from '../clients/ansible-environment.ts';
import { Installation, expectStatus } from './installation.ts';

const run = promisify(execFile);
const playTimeoutMs = 300_000;
/** The collection reports a change of a vNIC profile at every run, of oVirt's own engine too. */
const alwaysChanged = ['vNIC profile'];

let installation: Installation;
let client: Ansible;
before(async () => {
  [installation, client] = await Promise.all([Installation.start({ hosts: 2 }), ansible()]);
  expectStatus(await installation.rest.post('/virgate/api/users', { name: 'somebody', password: 'Correct-Horse-7' }), 201);
});
after(() => installation.stop());

/** Runs the playbook. @returns the names of tasks that changed something, in their order */
async function play(): Promise<string[]> {
  const { stdout } = await run(client.python, ['-m', 'ansible', 'playbook', join(import.meta.dirname, '../clients/ansible/site.yml')], {
    cwd: installation.folder,
    timeout: playTimeoutMs,
    maxBuffer: 16 * 1024 ** 2,
    env: {
      ...process.env,
      ANSIBLE_HOME: join(installation.folder, 'ansible'),
      ANSIBLE_COLLECTIONS_PATH: client.collections,
      ANSIBLE_NOCOLOR: '1',
      ANSIBLE_PIPELINING: 'true',
      ANSIBLE_LOCALHOST_WARNING: 'false',
      ANSIBLE_INVENTORY_UNPARSED_WARNING: 'false',
      ENGINE_URL: installation.url,
      ENGINE_CA: join(installation.folder, 'pki/ca.pem'),
      ENGINE_PASSWORD_FILE: join(installation.folder, 'password'),
    },
  }).catch((error: Error & { stdout?: string }) => {
    throw new Error(`The playbook failed:\n${error.stdout?.slice(-4_000)}`, { cause: error });
  });
  assert.match(stdout, /unreachable=0 +failed=0/);
  return stdout.split(/^TASK \[/m).flatMap((task) => (/^changed: /m.test(task) ? [task.slice(0, task.indexOf(']'))] : []));
}

test('a playbook makes an installation; the second run changes nothing', { timeout: 2 * playTimeoutMs }, async (t) => {
  const first = await play();
  t.diagnostic(`${first.length} tasks of the first run changed something`);
  for (const made of [
    'data center',
    'cluster',
    'network',
    'storage domain',
    'quota',
    'template',
    'VM',
    'NIC',
    'disk',
    'affinity group',
    'tag',
  ])
    assert.ok(first.includes(made), `${made}: ${first.join(', ')}`);
  const { id } = expectStatus(await installation.rest.get('/vms?search=name%3Dansible-vm'), 200).vm[0];
  // 10, 20 Mbit/s and 100 MB.
  assert.match((await installation.domainOf(id)) ?? '', /<bandwidth>\s*<inbound average="1250" peak="2500" burst="102400"\/>/);
  assert.deepEqual(await play(), alwaysChanged);
});
