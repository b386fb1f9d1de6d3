import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findOperation } from '../catalog/places.ts';
import { parseCall } from '../commands/call.ts';
import { CliError } from '../errors.ts';
import { bodyFrom, setPath } from './body.ts';
import type { Fields } from './body.ts';
import { yamlDocuments } from './body-file.ts';
import { missingOf, OptionsOfOperation } from './request.ts';

const refusal =
  (code: string, field: string, hint = '') =>
  (error: unknown) => {
    assert.ok(error instanceof CliError, String(error));
    assert.deepEqual([error.code, error.parts.field], [code, field]);
    assert.ok((error.parts.hint ?? '').includes(hint), error.parts.hint);
    return true;
  };

const contentOf = (...args: string[]) => {
  const { options, given } = parseCall(args);
  return options.read(given, undefined);
};

test('options are the attributes of the contract, by their dashed paths', () => {
  const { body, parameters } = contentOf(
    'vm',
    'add',
    '--name',
    'a b',
    '--memory=4GiB',
    '--cpu-topology-sockets',
    '2',
    '--cluster-name',
    'Default',
    '--clone',
    'true',
    '--delete-protected',
    '--no-stateless',
    '--os-boot-devices',
    'hd,network',
    '--set',
    'bios.boot_menu.enabled=true',
  );
  assert.deepEqual(body, {
    name: 'a b',
    memory: 4 * 1024 ** 3,
    cpu: { topology: { sockets: 2 } },
    cluster: { name: 'Default' },
    delete_protected: true,
    stateless: false,
    os: { boot: { devices: ['hd', 'network'] } },
    bios: { boot_menu: { enabled: true } },
  });
  assert.deepEqual(parameters, { clone: true });
});

test('lists of objects are NAME=VALUE pairs, once for each member; --set reaches into them', () => {
  const { body } = contentOf(
    'disk',
    'add',
    '--storage-domains',
    'name=data1',
    '--storage-domains',
    'name=da\\,ta',
    '--provisioned_size',
    '1g',
  );
  assert.deepEqual(body, { storage_domains: [{ name: 'data1' }, { name: 'da,ta' }], provisioned_size: 1024 ** 3 });
  const vm: Fields = {};
  for (const one of ['nics[0].name=a', 'nics[0].mac.address=00:1a:4a:00:00:01', 'nics[1].name=b']) setPath(vm, 'Vm', one);
  assert.deepEqual(vm, { nics: [{ name: 'a', mac: { address: '00:1a:4a:00:00:01' } }, { name: 'b' }] });
  assert.throws(() => setPath(vm, 'Vm', 'nics[7].name=c'), refusal('invalid_path', 'nics[7].name'));
  assert.throws(() => setPath(vm, 'Vm', '__proto__.x=c'), refusal('unknown_attribute', '__proto__.x'));
});

test('an action takes its own parameters only', () => {
  assert.deepEqual(contentOf('vm', 'start', 'web01', '--use-cloud-init', '--vm-os-boot-devices', 'network').body, {
    use_cloud_init: true,
    vm: { os: { boot: { devices: ['network'] } } },
  });
  assert.throws(() => contentOf('vm', 'start', 'web01', '--fence-type', 'x'), refusal('unknown_option', '--fence-type'));
});

test('an option of the API goes before a general one of the same name', () => {
  const provider = parseCall(['openstack-network-provider', 'add', '--name', 'x', '--url', 'https://ovn.example']);
  assert.equal(provider.general.url, undefined);
  assert.equal(provider.options.read(provider.given, undefined).body['url'], 'https://ovn.example');
  assert.equal(parseCall(['vm', 'list', '--url', 'https://engine.example']).general.url, 'https://engine.example');
});

test('bad input names its option and offers what may have been meant', () => {
  assert.throws(() => contentOf('vm', 'add', '--nmae', 'x'), refusal('unknown_option', '--nmae', '"--name"'));
  assert.throws(() => contentOf('vm', 'list', '--serach', 'x'), refusal('unknown_option', '--serach', '"--search"'));
  assert.throws(() => contentOf('vm', 'add', '--memory', 'much'), refusal('invalid_value', '--memory'));
  assert.throws(() => contentOf('vm', 'add', '--memory', '0.3'), refusal('invalid_value', '--memory'));
  assert.throws(() => contentOf('vm', 'add', '--type', 'dekstop'), refusal('invalid_value', '--type', '"desktop"'));
  assert.throws(() => contentOf('vm', 'add', '--name'), refusal('missing_value', '--name'));
  assert.throws(() => contentOf('vm', 'start'), refusal('missing_argument', 'vm'));
  assert.throws(() => contentOf('vm', 'start', 'a', 'b'), refusal('unexpected_argument', 'b'));
  assert.throws(() => contentOf('vm', 'list', '-o', 'xml'), refusal('invalid_value', '--output'));
  assert.throws(() => contentOf('vm', 'get', 'a', '--wait'), refusal('unknown_option', '--wait'));
});

test('what the contract asks for is missed before anything is sent', () => {
  const { operation } = findOperation(['vm', 'add'], () => 0);
  assert.deepEqual(missingOf(operation.methods, { name: 'x', cluster: { name: 'c' }, template: { id: 't' } }), []);
  assert.deepEqual(missingOf(findOperation(['vm', 'nic', 'add', 'x'], () => 1).operation.methods, {}), ['nic.name']);
  const tag = findOperation(['tag', 'add'], () => 0).operation;
  assert.deepEqual(missingOf(tag.methods, {}), ['tag.name']);
});

test('a file is held against the contract, with line and column', async () => {
  const [good] = await yamlDocuments(
    'vm.yaml',
    'name: web\nmemory: 64MiB\ncpu: {topology: {sockets: 2}}\nos: {boot: {devices: {device: [hd]}}}\n',
  );
  assert.deepEqual(bodyFrom('Vm', good?.value, good?.where ?? (() => '')), {
    name: 'web',
    memory: 64 * 1024 ** 2,
    cpu: { topology: { sockets: 2 } },
    os: { boot: { devices: ['hd'] } },
  });
  const [bad] = await yamlDocuments('vm.yaml', 'name: web\ncpu:\n  topology:\n    sokcets: 2\n');
  assert.throws(
    () => bodyFrom('Vm', bad?.value, bad?.where ?? (() => '')),
    (error) =>
      refusal('unknown_attribute', 'cpu.topology.sokcets', '"sockets"')(error) && (error as Error).message.startsWith('vm.yaml:4:5: '),
  );
  await assert.rejects(yamlDocuments('vm.yaml', 'name: web\n  memory: [\n'), /vm\.yaml:\d+:\d+/);
  await assert.rejects(yamlDocuments('vm.yaml', 'name: a\nname: b\n'), /vm\.yaml:2:1/);
});

test('a file that is built to grow without end is refused', async () => {
  const levels = Array.from(
    { length: 12 },
    (_, level) => `l${level}: &l${level} [${Array.from({ length: 9 }, () => (level === 0 ? 'x' : `*l${level - 1}`)).join(', ')}]`,
  );
  await assert.rejects(
    yamlDocuments('bomb.yaml', levels.join('\n')),
    (error) => error instanceof CliError && error.code === 'invalid_yaml',
  );
  await assert.rejects(
    yamlDocuments('long.yaml', `name: ${'x'.repeat(5_000_000)}`),
    (error) => error instanceof CliError && error.code === 'file_too_large',
  );
});

test('every operation has options that its own help names, and each is taken', () => {
  const { operation } = findOperation(['vm', 'add'], () => 0);
  const options = new OptionsOfOperation(operation);
  const names = options.names();
  assert.ok(names.includes('cpu-topology-sockets') && names.includes('cluster-name') && names.includes('clone'));
  for (const name of names) assert.notEqual(options.takes(name), undefined, name);
});
