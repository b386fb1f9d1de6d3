// Budget: 90 s
// Needs: python
/**
 * The lines of the first slides run: oVirt's Python SDK of version 3 lists, gets, adds, changes, starts, stops and removes VMs; and a session of
 * oVirt's own command line of that time, in a terminal.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { PseudoTerminal } from '../cli/pseudo-terminal.ts';
import { clientsCache, pythonSdk, pythonWith } from '../clients/python-environment.ts';
import { Installation } from './installation.ts';
import { whole } from './rest-client.ts';

const run = promisify(execFile);
const clientTimeoutMs = 120_000;
const scripts = join(import.meta.dirname, '../clients/python/sdk3');
const sdk = join(clientsCache, 'python-sdk3');
const shell = join(clientsCache, 'ovirt-shell');

let installation: Installation;
let python: string;
before(async () => {
  installation = await Installation.start();
  await installation.addStorage('data');
  await installation.addTemplate('template');
  // The SDK of version 4 is only named because the tests share one environment.
  python = await pythonWith(pythonSdk, 'lxml', 'ply', 'kitchen', 'fissix', 'setuptools<81');
  await run(python, [join(scripts, 'prepare.py'), sdk], { timeout: clientTimeoutMs });
  await run(python, [join(scripts, '../ovirt-shell/prepare.py'), shell], { timeout: clientTimeoutMs });
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

test("a session of oVirt's own shell, as the slides show one, in a terminal", { timeout: clientTimeoutMs }, async () => {
  const home = await mkdtemp(join(tmpdir(), 'ovs-'));
  const password = (await readFile(join(installation.folder, 'password'), 'utf8')).trim();
  const environment = { PYTHONPATH: `${shell}:${sdk}`, PYTHONDONTWRITEBYTECODE: '1', HOME: home };
  await writeFile(join(home, '.ovirtshellrc'), '[cli]\nautoconnect = False\nautopage = False\n[ovirt-shell]\n');
  const terminal = new PseudoTerminal([python, '-W', 'ignore', '-m', 'ovirtcli.main'], environment, home);
  const command = (line: string, what: RegExp): Promise<string> =>
    terminal.enter(line, new RegExp(`${what.source}[^]*\\[oVirt shell \\(connected\\)\\]# $`, what.flags));
  try {
    await terminal.see(/\[oVirt shell \(disconnected\)\]# $/);
    await terminal.enter('help connect', /\[ca-file\][^]*\(disconnected\)\]# $/);
    const address = `--ca-file ${join(installation.folder, 'pki/ca.pem')}`;
    await command(
      `connect --url ${installation.url}/api --user admin@internal --password ${password} ${address}`,
      /connected to oVirt manager/,
    );
    await command('ping', /success/);
    await command('list clusters', /name +: Default/);
    await command(
      'add vm --name oldshell --cluster-name Default --template-name template --memory 134217728',
      /status-state +: image_locked/,
    );
    const [, id = ''] = /id +: ([0-9a-f-]{36})/.exec(await command('list vms --query "name=oldshell"', /name +: oldshell/)) ?? [];
    await installation.vmStatus(id, 'down');
    await command('update vm oldshell --description "From the old shell"', /description +: From the old shell/);
    await command('add nic --parent-vm-name oldshell --name nic1 --network-name ovirtmgmt', /mac-address: 56:6f/);
    await command('list nics --parent-vm-name oldshell --show-all', /interface +: virtio/);
    await command('list disks --parent-vm-name oldshell', /name +: /);
    await command('action vm oldshell start', /status-state: complete/);
    await command('status', /last command status: 0 \(OK\)/);
    await command('show vm oldshell', /status-state +: (wait_for_launch|powering_up|up)/);
    await installation.vmStatus(id, 'up');
    await command('list statistics --parent-vm-name oldshell', /name +: memory\.installed/);
    await command('list events --query "severity=normal" --max 2', /description: /);
    await command('action vm oldshell stop', /status-state: complete/);
    await installation.vmStatus(id, 'down');
    await command('remove vm oldshell', /status-state: complete|\n/);
    await command('show vm nosuch', /vm nosuch does not exist/);
    await command('status', /last command status: 2 \(COMMAND_ERROR\)/);
    await command('summary', /hosts-active +: 1/);
    terminal.type('exit\r');
    assert.equal(await terminal.ended(), 0);
  } finally {
    terminal.kill();
    await rm(home, { recursive: true, force: true });
  }
});

test('all documents along the links fit the schema of version 3', { timeout: clientTimeoutMs }, async () => {
  const { rest } = installation;
  const headers = { ...whole, accept: 'application/xml', 'content-type': 'application/xml', version: '3' };
  const post = async (path: string, body: string): Promise<string> => {
    const { status, text } = await rest.call('POST', path, { body, headers });
    assert.ok(status < 300, text);
    return /id="([^"]+)"/.exec(text)?.[1] ?? '';
  };
  const vm = await post(
    '/vms',
    '<vm><name>walked</name><cluster><name>Default</name></cluster><template><name>template</name></template><memory>1073741824</memory></vm>',
  );
  await post(`/vms/${vm}/nics`, '<nic><name>nic1</name><network><name>ovirtmgmt</name></network></nic>');
  await post(`/vms/${vm}/watchdogs`, '<watchdog><model>i6300esb</model><action>reset</action></watchdog>');
  await post(
    `/vms/${vm}/numanodes`,
    '<vm_numa_node><index>0</index><memory>1024</memory><cpu><cores><core index="0"/></cores></cpu></vm_numa_node>',
  );
  await post(`/vms/${vm}/snapshots`, '<snapshot><description>before</description></snapshot>');
  await installation.vmStatus(vm, 'down');
  await post(`/vms/${vm}/start`, '<action/>');
  await runScript('walk.py', '/api');
});

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
  assert.match(capabilities.text, /<version href="\/ovirt-engine\/api\/capabilities\/342e37" id="342e37" major="4" minor="7">/);
  assert.equal((await xml('/capabilities/342e37', old)).status, 200);
  assert.equal((await xml('/capabilities/nothing', old)).status, 404);
  assert.equal((await rest.call('PUT', '/capabilities', { headers: { accept: 'application/xml', ...old } })).status, 405);
  const operations = (await xml('/ovirt-engine/api/v3?rsdl')).text;
  assert.match(operations, /<link href="\/ovirt-engine\/api\/v3\/vms\/\{vm:id\}\/start" rel="start">/);
  assert.doesNotMatch(operations, /diskattachments/);
  assert.ok((await xml('/?rsdl')).text.includes('/diskattachments'), 'version 4 has its own');
  const nobody = 'ffffffff-ffff-4fff-8fff-ffffffffffff';
  const move = await rest.call('POST', `/vms/${nobody}/move`, { body: '<action/>', headers: { accept: 'application/xml', ...old } });
  assert.equal(move.status, 501);
  assert.match(move.text, /Version 3: POST \/vms\/[^/]+\/move/);
  assert.equal((await xml('/imagetransfers', old)).status, 404, 'version 3 has none');
  assert.equal((await xml('/nothing', old)).status, 404);
  const root = await xml('/', old);
  assert.doesNotMatch(root.text, /imagetransfers|affinitylabels/);
  assert.match(root.text, /rel="vms\/search"/);
});
