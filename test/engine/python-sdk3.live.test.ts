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
import { jsonOfXml } from '@virgate/contract/schema-v3-types';
import { PseudoTerminal } from '../cli/pseudo-terminal.ts';
import { clientsCache, pythonSdk, pythonWith } from '../clients/python-environment.ts';
import { Installation } from './installation.ts';
import { whole, type Json } from './rest-client.ts';

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

/** A document with its values' kinds in place of them: figures change between two readings. */
function kindsOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(kindsOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, kindsOf(one)]));
}

/** What a place is one of many for: `permissions` and `permissions/{}`, whatever they are below. */
const kindOfPlace = (href: string): string => /[^/]+(\/([\da-f-]{36}|\d+))?$/.exec(href)?.[0].replace(/\/.*/, '/{}') ?? href;

/** Paths along the links from a root, one for each kind of place. */
async function* placesBelow(root: string): AsyncGenerator<{ path: string; body: Json }> {
  const { rest } = installation;
  const known = new Set<string>();
  for (const pending = [root]; pending.length > 0;) {
    const path = pending.shift() ?? '';
    const { status, body, text } = await rest.get(path);
    assert.ok(status === 200 || status === 501, `${path}: ${text}`);
    if (status !== 200) continue;
    yield { path, body };
    // Of a list its first member leads on.
    const [first] = Object.entries(body).flatMap(([name, value]) => (name !== 'link' && Array.isArray(value) ? value : []));
    const links = (body['link'] ?? []) as { href: string }[];
    for (const href of first?.href === undefined ? links.map((link) => link.href) : [first.href as string]) {
      const place = kindOfPlace(href);
      if (known.has(place) || /[?{]/.test(href)) continue;
      known.add(place);
      pending.push(href);
    }
  }
}

test('all documents along the links are the same in JSON, by the schema', { timeout: clientTimeoutMs }, async () => {
  const { rest } = installation;
  let documents = 0;
  for await (const { path, body } of placesBelow('/ovirt-engine/api/v3')) {
    const { text } = await rest.call('GET', path, { headers: { accept: 'application/xml' } });
    assert.deepEqual(kindsOf(body), kindsOf(jsonOfXml(text)), path);
    documents += 1;
  }
  assert.ok(documents > 80, `only ${documents} documents`);
});

test('JSON in both directions, under each root', { timeout: clientTimeoutMs }, async () => {
  const { rest } = installation;
  const ask = async (method: string, path: string, body?: unknown) => {
    const answer = await rest.call(method, path, { headers: whole, ...(body === undefined ? {} : { body }) });
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.text}`);
    return answer.body;
  };
  const added = await ask('POST', '/api/vms', {
    name: 'injson',
    cluster: { name: 'Default' },
    template: { name: 'template' },
    memory: 134217728,
    cpu: { topology: { sockets: 2, cores: '1' } },
    os: { boot: [{ dev: 'network' }, { dev: 'hd' }] },
    high_availability: { enabled: 'false' },
    timezone: 'Etc/GMT',
  });
  const vm = `/api/vms/${added.id}`;
  await installation.vmStatus(added.id, 'down');
  const shown = await ask('GET', vm);
  assert.deepEqual(
    [shown.href, shown.memory, shown.cpu.topology.sockets, shown.os.boot, shown.timezone, shown.status, shown.delete_protected],
    [vm, 134217728, '2', [{ dev: 'network' }, { dev: 'hd' }], 'Etc/GMT', { state: 'down' }, 'false'],
  );
  assert.ok(shown.actions.link.some((one: Json) => one.rel === 'start' && one.href === `${vm}/start`));
  assert.ok(shown.link.some((one: Json) => one.rel === 'disks'));
  // Clients send back the whole object as they read it.
  assert.equal((await ask('PUT', vm, { ...shown, description: 'As read' })).description, 'As read');
  const nic = await ask('POST', `${vm}/nics`, { name: 'nic1', network: { name: 'ovirtmgmt' }, interface: 'virtio' });
  assert.match(nic.mac.address, /^[\da-f:]{17}$/);
  assert.deepEqual(Object.keys(await ask('GET', `${vm}/nics`)), ['nic']);
  const { disk } = await ask('GET', `/rhev-api/vms/${added.id}/disks`);
  assert.equal(typeof disk[0].size, 'number');
  assert.deepEqual((await ask('POST', `/ovirt-engine/api/v3/vms/${added.id}/start`, {})).status, { state: 'complete' });
  await installation.vmStatus(added.id, 'up');
  const { statistic } = await ask('GET', `${vm}/statistics`);
  assert.deepEqual([statistic[0].type, typeof statistic[0].values.value[0].datum], ['GAUGE', 'number']);
  const refused = await rest.call('DELETE', vm);
  assert.equal(refused.status, 409);
  assert.match(refused.body.fault?.detail ?? refused.body.detail, /^\[/);
  const [unknown, misspelt] = await Promise.all([
    rest.call('POST', '/api/vms', { body: { nmae: 'a' } }),
    rest.call('POST', `${vm}/nics`, { body: { name: 'n', plugged: true, linked: 'maybe' } }),
  ]);
  assert.deepEqual([unknown.status, misspelt.status], [400, 400]);
  assert.match(unknown.body.detail, /vm\.nmae/);
  await ask('POST', `${vm}/stop`, {});
  await installation.vmStatus(added.id, 'down');
  await ask('DELETE', vm, { force: true });
  assert.equal((await rest.get(vm)).status, 404);
  const levels = (await ask('GET', '/api/capabilities')).version;
  const last = levels.at(-1);
  assert.deepEqual([last.current, last.storage_types.storage_type.includes('nfs')], ['true', true]);
  assert.deepEqual(await ask('GET', last.href), last);
  assert.equal((await ask('GET', '/api')).summary.hosts.total, '1');
});

test('places are told under the root that was asked; what version 3 never had, or cannot be written, is refused by name', async () => {
  const { rest } = installation;
  const xml = (path: string, headers: Record<string, string> = {}) =>
    rest.call('GET', path, { headers: { accept: 'application/xml', ...headers } });
  const old = { version: '3' };
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
