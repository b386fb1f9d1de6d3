import { VdsmError } from '@virgate/vdsm';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { createHooks } from './index.ts';
import type { Hooks } from './index.ts';

let root: string;
let directory: string;
let hooks: Hooks;
let logged: object[];

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'hooks-'));
});
after(() => rm(root, { recursive: true, force: true }));

beforeEach(async () => {
  directory = await mkdtemp(join(root, 'installed-'));
  logged = [];
  const take = (fields: object): void => void logged.push(fields);
  const log = { debug: take, info: take, warn: take, error: take };
  hooks = createHooks({ directory, runDirectory: join(root, 'run'), timeoutMs: 10_000, log });
});

async function install(point: string, name: string, lines: string, mode = 0o755): Promise<string> {
  await mkdir(join(directory, point), { recursive: true, mode: 0o755 });
  const path = join(directory, point, name);
  await writeFile(path, `#!/bin/sh\n${lines}\n`);
  await chmod(path, mode);
  return path;
}

const failsWith = (pattern: RegExp) => (error: unknown) => error instanceof VdsmError && error.code === 1500 && pattern.test(error.message);

test('a host without hooks gives everything back as it is, and asks for no document', async () => {
  assert.equal(await hooks.onDocument('before_vm_start', '<domain/>'), '<domain/>');
  assert.equal(await hooks.onDocument('before_vm_pause', () => Promise.reject(new Error('asked'))), '');
  assert.deepEqual(await hooks.onJson('after_get_caps', { a: 1 }), { a: 1 });
  assert.deepEqual(await hooks.installed(), {});
});

test('hooks run in the order of the bytes of their names, share one file, and what is no program does not run', async () => {
  for (const name of ['b', 'a', '10', 'B', '9']) await install('before_vm_start', name, `printf %s ${name} >> "$_hook_domxml"`);
  await install('before_vm_start', 'notes', 'printf %s notes >> "$_hook_domxml"', 0o644);
  await mkdir(join(directory, 'before_vm_start', 'folder'));
  assert.equal(await hooks.onDocument('before_vm_start', '-'), '-109Bab');
  assert.deepEqual(await readdir(join(root, 'run')), [], 'the file is gone');
});

test('exit codes: 1 goes on, 2 stops, others go on; all of them fail', async () => {
  const attempt = async (code: number): Promise<string> => {
    await install('before_vm_start', '1', `echo said $$ >&2; exit ${code}`);
    await install('before_vm_start', '2', `: > ${root}/second-${code}`);
    await assert.rejects(hooks.onDocument('before_vm_start', '<domain/>'), failsWith(/before_vm_start: 1: said \d+/));
    return (await readdir(root)).filter((name) => name === `second-${code}`).join('');
  };
  assert.equal(await attempt(1), 'second-1');
  assert.equal(await attempt(2), '');
  assert.equal(await attempt(77), 'second-77');
  assert.match(JSON.stringify(logged), /"exitCode":77,"output":"said/);
});

test('where a failure ends nothing, what the hooks left counts all the same', async () => {
  await install('after_vm_start', '1', 'printf changed > "$_hook_domxml"; exit 2');
  assert.equal(await hooks.onDocument('after_vm_start', '<domain/>'), 'changed');
});

test('a hook that hangs is ended with everything that it started', async () => {
  const quick = createHooks({
    directory,
    runDirectory: join(root, 'run'),
    timeoutMs: 300,
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });
  await install('before_vm_start', '1', `sleep 600 & echo $! > ${root}/child; echo $$ >> ${root}/child; wait`);
  await install('before_vm_start', '2', `: > ${root}/after-hang`);
  await assert.rejects(quick.onDocument('before_vm_start', '<domain/>'), failsWith(/1 took longer than 0\.3 s and was ended/));
  const ids = (await readFile(join(root, 'child'), 'utf8')).trim().split('\n').map(Number);
  assert.equal(ids.length, 2);
  for (const id of ids) {
    // What nobody waited for stays as a zombie until its new parent looks.
    const state = await readFile(`/proc/${id}/stat`, 'utf8').then(
      (text) => /\) (.)/.exec(text)?.[1] ?? '',
      () => 'gone',
    );
    assert.ok(state === 'gone' || state === 'Z', `process ${id} is ${state}`);
  }
  assert.ok(!(await readdir(root)).includes('after-hang'));
});

test('values stay data, whatever a shell would make of them', async () => {
  const values = { one: '$(touch OWNED)`id`; rm -rf / & | > < * ~ "\'\\', two: 'line\nline', empty: '', ünïcode: 'x', 'a-b': 'x' };
  await install('before_vm_start', '1', 'printf "%s|" "$one" "$two" "${empty-unset}" "$vmId" > "$_hook_domxml"');
  assert.equal(await hooks.onDocument('before_vm_start', '', { vmId: 'vm', custom: values }), `${values.one}|${values.two}||vm|`);
});

test('properties of a VM win over those of its device, and none may say which program runs', async () => {
  await install(
    'before_nic_hotplug',
    '1',
    'echo "$shared $only ${LD_PRELOAD-none} ${BASH_ENV-none}" > "$_hook_domxml"; printf %s "$PATH" >> "$_hook_domxml"',
  );
  const text = await hooks.onDocument('before_nic_hotplug', '', {
    params: { shared: 'device', only: 'device', LD_PRELOAD: '/tmp/evil.so' },
    custom: { shared: 'vm', PATH: '/tmp/evil', BASH_ENV: '/tmp/evil' },
  });
  assert.equal(text, `vm device none none\n${process.env['PATH']}`);
  assert.match(JSON.stringify(logged), /"leftOut":\["LD_PRELOAD","PATH","BASH_ENV"\]/);
});

test('a program that others than root could change does not run', async () => {
  const path = await install('before_vm_start', '1', `: > ${root}/unsafe`, 0o777);
  await assert.rejects(hooks.onDocument('before_vm_start', '<domain/>'), failsWith(/1 does not run: others than root may write .*1$/));
  assert.deepEqual(await hooks.installed(), {});
  await chmod(path, 0o755);
  await chmod(join(directory, 'before_vm_start'), 0o777);
  await assert.rejects(hooks.onDocument('before_vm_start', '<domain/>'), failsWith(/others than root may write .*before_vm_start$/));
  await chmod(join(directory, 'before_vm_start'), 0o1777);
  await assert.rejects(hooks.onDocument('before_vm_start', '<domain/>'), failsWith(/others than root may write/));
  await chmod(join(directory, 'before_vm_start'), 0o755);
  assert.ok(!(await readdir(root)).includes('unsafe'));
  await symlink(path, join(directory, 'before_vm_start', '2'));
  assert.equal(await hooks.onDocument('before_vm_start', '<domain/>'), '<domain/>');
});

test('a file that became something else is not read', async () => {
  await install('before_vm_start', '1', 'rm "$_hook_domxml"; ln -s /etc/passwd "$_hook_domxml"');
  await assert.rejects(hooks.onDocument('before_vm_start', '<domain/>'), failsWith(/can't be read/));
  await install('after_vm_start', '1', 'rm "$_hook_domxml"; mkfifo "$_hook_domxml"');
  assert.equal(await hooks.onDocument('after_vm_start', '<domain/>'), '<domain/>');
});

test('JSON is changed by hooks, and kept when they leave none', async () => {
  await install('after_get_caps', '1', 'printf \'{"a":2}\' > "$_hook_json"');
  assert.deepEqual(await hooks.onJson('after_get_caps', { a: 1 }), { a: 2 });
  await install('after_get_stats', '1', 'printf \'{"a":\' > "$_hook_json"');
  assert.deepEqual(await hooks.onJson('after_get_stats', { a: 1 }), { a: 1 });
  await install('before_network_setup', '1', 'printf [] > "$_hook_json"');
  await assert.rejects(hooks.onJson('before_network_setup', { request: {} }), failsWith(/of another kind/));
});

test('capabilities list the programs with their checksums', async () => {
  const path = await install('before_vm_start', '50_x', 'exit 0');
  const checksum = createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
  assert.deepEqual(await hooks.installed(), { before_vm_start: { '50_x': { checksum } } });
});

test('launch flags are those that the last hook wrote', async () => {
  await hooks.writeLaunchFlags('vm', 1);
  await install('before_vm_start', '1', 'printf 3 > "$_hook_run/$vmId/launchflags"');
  await hooks.onDocument('before_vm_start', '<domain/>', { vmId: 'vm' });
  assert.equal(await hooks.takeLaunchFlags('vm'), 3);
  await hooks.writeLaunchFlags('vm', 1);
  await writeFile(join(root, 'run', 'vm', 'launchflags'), 'a lot');
  await assert.rejects(hooks.takeLaunchFlags('vm'), failsWith(/launch flags/));
  assert.deepEqual(await readdir(join(root, 'run')), []);
});
