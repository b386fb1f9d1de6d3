// Budget: 40 s
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { Client as AssistantClient } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { buildCli } from '@virgate/cli/build';
import { adminUser, eventually, expectStatus, Installation } from '../engine/installation.ts';
import { PseudoTerminal } from './pseudo-terminal.ts';
import { cliProgram, virgate } from './program.ts';
import type { Ran } from './program.ts';

const page = resolve(import.meta.dirname, '../../docs/command-line.md');
let installation: Installation;
let folder = '';
let env: Record<string, string> = {};

const run = (...args: string[]): Promise<Ran> => virgate(args, env);

async function done(...args: string[]): Promise<string> {
  const { code, out, err } = await run(...args);
  assert.equal(code, 0, `${args.join(' ')}: ${out}${err}`);
  return out;
}

before(async () => {
  installation = await Installation.start({ hosts: 1 });
  await installation.addStorage('data');
  folder = await mkdtemp(join(tmpdir(), 'vgc-'));
  const password = (await readFile(join(installation.folder, 'password'), 'utf8')).trim();
  // Compiled once: what is run here is the program, again and again.
  env = { VIRGATE_CONFIG: join(folder, 'contexts.json'), VIRGATE_PASSWORD: password, NODE_COMPILE_CACHE: join(folder, 'compiled') };
  await done('login', installation.url, '--user', adminUser, '--ca-file', join(installation.folder, 'pki/ca.pem'));
});

after(async () => {
  await installation.stop();
  await rm(folder, { recursive: true, force: true });
});

test('every example of the page on the command line runs, with the built program', async () => {
  const examples = [...(await readFile(page, 'utf8')).matchAll(/^```sh\n(.*?)^```/gms)].map(([, text]) => text ?? '');
  assert.ok(examples.length >= 6, `${examples.length} examples`);
  const program = join(folder, 'virgate');
  await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${await buildCli(join(folder, 'built'))}' "$@"\n`);
  await chmod(program, 0o755);
  const script = `set -e -o pipefail\n${examples.join('\n')}`
    .replaceAll('https://engine.example.com:8443', installation.url)
    .replaceAll('ca.pem', join(installation.folder, 'pki/ca.pem'));
  const output = await new Promise<string>((resolved, failed) => {
    const child = spawn('bash', ['-c', script], {
      cwd: folder,
      env: { PATH: `${folder}:${process.env['PATH']}`, ...env, VIRGATE_CONFIG: join(folder, 'page.json') },
      timeout: 60_000,
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (text += part.toString()));
    child.on('error', failed);
    child.on('close', (code) => (code === 0 ? resolved(text) : failed(new Error(`The examples ended with ${code}:\n${text}`))));
  });
  assert.match(output, /^admin@internal-authz at https:/m);
  assert.match(output, /^web02 +down +2$/m);
  assert.match(output, /VM web01 was started/);
  assert.equal(await done('vm', 'list', '-o', 'name'), '', 'the last examples remove what the others made');
});

test('the kept sign-in is for its owner alone, and is told when it is over', async () => {
  assert.equal((await stat(env['VIRGATE_CONFIG'] ?? '')).mode & 0o777, 0o600);
  const other = { ...env, VIRGATE_CONFIG: join(folder, 'other.json') };
  const signIn = (...args: string[]) => virgate(['login', installation.url, '--user', adminUser, ...args], other);
  const stranger = await signIn('--fingerprint', `SHA256:${'00:'.repeat(31)}00`);
  assert.deepEqual([stranger.code, /certificate_untrusted/.test(stranger.err)], [5, true], stranger.err);
  const fingerprint = /SHA256:\S+/.exec(stranger.err)?.[0] ?? '';
  assert.equal((await signIn('--fingerprint', fingerprint)).code, 0);
  const wrong = await virgate(['login', '--user', adminUser, '--password-stdin'], other, 'wrong\n');
  assert.deepEqual([wrong.code, /wrong_credentials/.test(wrong.err)], [6, true], wrong.err);
  assert.equal((await virgate(['logout'], other)).code, 0);
  assert.equal((await virgate(['vm', 'list'], other)).code, 6);

  const stored = JSON.parse(await readFile(env['VIRGATE_CONFIG'] ?? '', 'utf8')) as {
    current: string;
    contexts: Record<string, { token: string }>;
  };
  const over = await virgate(['vm', 'list', '--token', `${stored.contexts[stored.current]?.token}x`], env);
  assert.deepEqual([over.code, /signed_out.*\n.*\n.*virgate login/.test(over.err)], [6, true], over.err);
});

test('a wrong authority, and an engine that is not there', async () => {
  const file = join(folder, 'wrong.pem');
  const stored = JSON.parse(await readFile(env['VIRGATE_CONFIG'] ?? '', 'utf8')) as {
    current: string;
    contexts: Record<string, { token: string }>;
  };
  const { rootCertificates } = await import('node:tls');
  await writeFile(file, rootCertificates[0] ?? '');
  const given = { VIRGATE_TOKEN: stored.contexts[stored.current]?.token ?? '', VIRGATE_CONFIG: join(folder, 'none.json') };
  const wrong = await virgate(['vm', 'list', '--url', installation.url, '--ca-file', file], given);
  assert.deepEqual([wrong.code, /certificate_untrusted/.test(wrong.err)], [5, true], wrong.err);
  const away = await virgate(['vm', 'list', '--url', 'https://127.0.0.1:1'], given);
  assert.deepEqual([away.code, /unreachable.*\n.*ECONNREFUSED/.test(away.err)], [5, true], away.err);
});

test('names are found as they are written, and refusals say code, field and cause', async () => {
  const name = `web 'a"-`;
  for (const text of [name, '--', '*']) {
    const { body } = await installation.rest.post('/bookmarks', { name: text, value: 'Vms:' });
    assert.ok(body.id !== undefined, JSON.stringify(body));
    assert.equal(await done('bookmark', 'get', '-o', 'name', '--', text), `${text}\n`);
  }
  assert.equal((await run('bookmark', 'get', 'nothing')).code, 11);
  const twice = await run('bookmark', 'add', '--name', name, '--value', 'Vms:');
  assert.equal(twice.code, 10);
  assert.match(twice.err, /^error \w+: .*\n  cause: POST \/ovirt-engine\/api\/bookmarks answered 409, correlation id /);
  const missing = await run('vm', 'add', '--name', 'x');
  assert.deepEqual([missing.code, /field: cluster\.id\|name$/m.test(missing.err)], [10, true], missing.err);
  const nothing = await run('bookmark', 'add', '--name', 'x');
  assert.deepEqual([nothing.code, /missing_attribute.*--value/.test(nothing.err)], [1, true], nothing.err);
  const file = join(folder, 'vm.yaml');
  await writeFile(file, 'name: x\nmemroy: 1\n');
  const unknown = await run('vm', 'add', '--file', file);
  assert.deepEqual(
    [unknown.code, /vm\.yaml:2:1: Vm has no attribute "memroy"\.\n.*\n.*"memory"/.test(unknown.err)],
    [1, true],
    unknown.err,
  );
});

test('a folder is applied once: the dry run tells exactly what the run does, and a second run changes nothing', async () => {
  const lab = join(folder, 'declared');
  await mkdir(lab);
  const web = (text: string): Promise<void> => writeFile(join(lab, 'a-vms.yaml'), text);
  await writeFile(
    join(lab, 'b.yaml'),
    'kind: network\nname: front\nspec: {data_center: {name: Default}, vlan: {id: 7}}\n---\nkind: vnic-profile\nname: slow\nspec: {network: {name: front}}\n',
  );
  const nic = 'kind: vm nic\nin: [app]\nname: nic1\nspec: {interface: virtio, vnic_profile: {name: slow}}\n';
  await web(
    `${nic}---\nkind: vm\nname: app\nspec: {cluster: {name: Default}, template: {name: Blank}, memory: 64MiB, description: mine}\n`,
  );
  const told = await done('apply', '-f', lab, '--dry-run');
  assert.match(told, /^4 added, 0 changed, 0 removed, 0 as declared$/m);
  assert.ok(
    told.indexOf('+ network front') < told.indexOf('+ vnic-profile slow') && told.indexOf('+ vm app') < told.indexOf('+ vm nic app nic1'),
    told,
  );
  assert.equal(await done('vm', 'list', '-o', 'name'), '', 'a dry run changes nothing');
  assert.equal(await done('apply', '-f', lab), told);
  assert.equal((await stat(join(lab, '.virgate-state.json'))).mode & 0o777, 0o600);
  assert.equal(await done('apply', '-f', lab), '0 added, 0 changed, 0 removed, 4 as declared\n');

  await done('vm', 'update', 'app', '--memory', '128MiB');
  await web(`${nic}---\nkind: vm\nname: app\nspec: {cluster: {name: Default}, template: {name: Blank}, memory: 64MiB}\n`);
  assert.equal(
    await done('apply', '-f', lab),
    '~ vm app\n    description: "mine" → ""\n    memory: 134217728 → 67108864\n0 added, 1 changed, 0 removed, 3 as declared\n',
  );
  await rm(join(lab, 'a-vms.yaml'));
  assert.match(await done('apply', '-f', lab), /vm app: not declared any more; --prune removes it/);
  assert.match(await done('apply', '-f', lab, '--prune'), /^- vm nic app nic1\n- vm app\n0 added, 0 changed, 2 removed, 2 as declared\n$/);

  for (const [text, expected] of [
    ['kind: network\nname: front\nspce: {}\n', /c\.yaml:3:1: a declaration has no "spce"/],
    ['kind: network\nname: x\nspec:\n  mtuu: 1\n', /c\.yaml:4:3: Network has no attribute "mtuu"/],
    ['kind: netwrok\nname: x\n', /c\.yaml:1:1: there is no kind "netwrok"/],
    ['kind: network\nname: front\n', /is declared in b\.yaml:1:1 as well/],
    ['kind: vm\nname: x\nspec: {cluster: {name: Nowhere}}\n', /c\.yaml:1:1: cluster: there is no cluster "Nowhere"/],
  ] as const) {
    await writeFile(join(lab, 'c.yaml'), text);
    const refused = await run('apply', '-f', lab);
    assert.notEqual(refused.code, 0);
    assert.match(refused.err, expected);
  }
  const copy = join(folder, 'copy-of-all');
  await done('export', '--folder', copy);
  assert.match(await done('apply', '-f', copy, '--dry-run'), /^0 added, 0 changed, 0 removed, \d+ as declared$/m);
});

/** `virgate console` of a machine `demo` that runs: in a terminal, without one, and until the session is over. */
async function serialConsoleOfCommandLine(): Promise<void> {
  const piped = await run('vm', 'console', 'demo');
  assert.deepEqual([piped.code, /no_terminal/.test(piped.err)], [2, true], piped.err);
  const screen = await virgate(['console', 'demo', '--graphical'], { ...env, PATH: '/nowhere' });
  assert.deepEqual([screen.code, /no remote-viewer/.test(screen.err)], [0, true], screen.err);
  const file = screen.out.trim();
  assert.deepEqual([(await stat(file)).mode & 0o777, /^password=\S+$/m.test(await readFile(file, 'utf8'))], [0o600, true]);
  await rm(dirname(file), { recursive: true });
  const own = { ...env, VIRGATE_CONFIG: join(folder, 'console.json') };
  assert.equal(
    (await virgate(['login', installation.url, '--user', adminUser, '--ca-file', join(installation.folder, 'pki/ca.pem')], own)).code,
    0,
  );
  const command = `'${process.execPath}' '${cliProgram}' vm console demo; code=$?; stty -a; exit $code`;
  const terminal = new PseudoTerminal(['sh', '-c', command], own, folder);
  try {
    await terminal.see(/Connected to demo/);
    terminal.type('uname\r');
    await terminal.see(/uname/);
    assert.equal((await virgate(['logout'], own)).code, 0);
    assert.equal(await terminal.ended(), 5);
    assert.match(terminal.text, /console_broken[^]*the session has ended[^]*[ ;]icanon\b/);
    assert.doesNotMatch(terminal.text, /-icanon|-echo\b|-icrnl|-opost/, 'the terminal is as it was');
  } finally {
    terminal.kill();
  }
}

test('a session of the interactive shell, as the slides show one, in a terminal', async () => {
  const password = env['VIRGATE_PASSWORD'] ?? '';
  await writeFile(join(folder, '.ovirtshellrc'), `[ovirt-shell]\nca_file = ${join(installation.folder, 'pki/ca.pem')}\n`);
  await mkdir(join(folder, 'viewers'));
  await writeFile(join(folder, 'viewers', 'remote-viewer'), `#!/bin/sh\ncp "$1" '${join(folder, 'shown.vv')}'\n`, { mode: 0o755 });
  const terminal = new PseudoTerminal(
    [process.execPath, cliProgram, 'shell'],
    { VIRGATE_CONFIG: env['VIRGATE_CONFIG'] ?? '', HOME: folder, PATH: `${join(folder, 'viewers')}:${process.env['PATH']}` },
    folder,
  );
  try {
    await terminal.see(/\[oVirt shell \(disconnected\)\]# $/);
    const help = await terminal.enter('help', /update .*\n[^]*\(disconnected\)\]# $/);
    for (const name of [
      'action',
      'cd',
      'clear',
      'connect',
      'console',
      'create',
      'delete',
      'disconnect',
      'exit',
      'getkey',
      'help',
      'list',
      'ping',
      'pwd',
      'save',
      'set',
      'show',
      'status',
      'update',
    ])
      assert.match(help, new RegExp(`^\\* ${name} `, 'm'));
    await terminal.enter('help connect', /USAGE\s+connect \[URL USER PASSWORD\]/);
    await terminal.enter('list vms', /not_connected/);
    await terminal.enter(`connect ${installation.url} ${adminUser} wrong`, /wrong_credentials/);
    await terminal.enter('status', /last command status: 6 \(AUTHENTICATION ERROR\)/);
    await terminal.enter(
      `connect ${installation.url} ${adminUser} ${password}`,
      />>> connected to oVirt manager 4\.[^]*\[oVirt shell \(connected\)\]# $/,
    );
    await terminal.enter(
      'create vm --name demo --cluster-name Default --template-name Blank --memory 67108864 --description "a b"',
      /name .*: demo\n[^]*\]# $/,
    );
    const listed = await terminal.enter('list vms --query "name=demo"', /id +: [0-9a-f-]{36}\s+name +: demo\s+description: a b\s+\[oVirt/);
    assert.doesNotMatch(listed, /memory/);
    await terminal.enter('list vms --kwargs "memory=67108864" --show-all', /memory +: 67108864/);
    await terminal.enter('add nic --parent-vm-name demo --name nic1 --interface virtio', /name +: nic1/);
    await terminal.enter(
      'add disk --parent-vm-name demo --provisioned_size 1048576 --interface virtio --format cow --storage_domains-storage_domain storage_domain.name=data',
      /id +: [0-9a-f-]{36}[^]*\]# $/,
    );
    await eventually('the disk is there', async () => (await installation.rows("select 1 from disk where status = 'ok'")).length === 1);
    await terminal.enter('action vm demo start', /status-state: complete\s[^]*\]# $/);
    await terminal.enter('show vm demo', /status +: (wait_for_launch|powering_up|up)[^]*\]# $/);
    await terminal.enter('status', /last command status: 0 \(OK\)/);
    await terminal.enter('console demo', /Connected to demo[^]*~\. closes/);
    terminal.type('echo ~.\u0003\r');
    await terminal.see(/echo ~\./);
    terminal.type('~s');
    await terminal.see(/stty rows \d+ cols \d+/);
    terminal.type('~.');
    await terminal.see(/The console of demo is closed[^]*\(connected\)\]# $/);
    await terminal.enter('console demo --graphical', /\]# $/);
    assert.match(await readFile(join(folder, 'shown.vv'), 'utf8'), /^\[virt-viewer\]\ntype=vnc/);
    await serialConsoleOfCommandLine();
    await terminal.enter('list vms | grep name', /\nname +: demo\n\[/);
    await terminal.enter('show vm demo > demo.txt', /\]# $/);
    await terminal.enter('! grep -c "^name " demo.txt', /\n1\n/);
    terminal.type('act\t');
    await terminal.see(/action $/);
    terminal.type('vm de\t');
    await terminal.see(/demo $/);
    terminal.type('sto\t');
    await terminal.see(/stop $/);
    await terminal.enter('', /status-state: complete/);
    await terminal.enter('shwo vm demo', /unknown_command[^]*"show"/);
    await terminal.enter('update vm demo --comment x', /comment +: x/);
    await installation.vmStatus((await installation.rest.get('/vms?search=name%3Ddemo')).body.vm[0].id, 'down');
    await terminal.enter('delete vm demo', /status-state: complete/);
    await terminal.enter('getkey', /ssh-(rsa|ed25519) /);
    await terminal.enter('disconnect', /\(disconnected\)\]# $/);
    terminal.type('exit\r');
    assert.equal(await terminal.ended(), 0);
  } finally {
    terminal.kill();
  }
  const history = await readFile(join(folder, '.ovirtshellhistory'), 'utf8');
  assert.ok(history.includes('action vm demo start') && !history.includes(password), 'no password is kept');
});

test('how far work is, is shown on a terminal while it lasts, and nowhere else', async () => {
  await done('vm', 'add', '--name', 'slow', '--memory', '64MiB', '--cluster-name', 'Default', '--template-name', 'Blank');
  const delay = (verb: string): Promise<void> => installation.plan({ verb, action: { kind: 'delay', delayMs: 2_500 } });
  const inTerminal = (environment: object, ...args: string[]): PseudoTerminal =>
    new PseudoTerminal([process.execPath, cliProgram, ...args], { ...env, ...environment }, folder);
  // The request is not answered before the work is done: how far it is, is asked beside it.
  await delay('VM.create');
  const shown = inTerminal({ NO_COLOR: '1' }, 'vm', 'start', 'slow', '--wait');
  await shown.see(/⠙ vm start slow … \d s/);
  await shown.see(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] Launching VM slow: .+ \(\d of \d\) … \d s/);
  assert.equal(await shown.ended(), 0);
  assert.ok(shown.raw.endsWith('\r\u001b[Kvm start: complete\r\n'), 'the line is gone when the work is done');
  assert.ok(!shown.raw.includes('\u001b[?25'), 'the cursor stays');
  await delay('VM.destroy');
  // Ctrl+C goes to all that runs in the terminal, the shell that tells the exit code among them.
  const command = `trap : INT; '${process.execPath}' '${cliProgram}' vm stop slow; echo "code $?"`;
  const left = new PseudoTerminal(['sh', '-c', command], env, folder);
  await left.see(/vm stop slow … /);
  left.type('\u0003');
  await left.see(/^code 3$/m);
  await left.ended();
  assert.ok(left.raw.includes('\u001b[Kerror interrupted: Interrupted; what was begun may go on.\r\n'), left.raw);
  const id = JSON.parse(await done('vm', 'get', 'slow', '-o', 'json')).id as string;
  await installation.vmStatus(id, 'down');
  for (const option of ['--no-progress', '--quiet']) {
    await delay('VM.create');
    const silent = inTerminal({}, 'vm', 'start', 'slow', option);
    assert.equal(await silent.ended(), 0);
    assert.equal(silent.raw, option === '--quiet' ? '' : 'vm start: complete\r\n');
    assert.deepEqual(await run('vm', 'stop', 'slow'), { code: 0, out: '', err: 'vm stop: complete\n' });
    await installation.vmStatus(id, 'down');
  }
  await done('vm', 'remove', 'slow');
});

test('a script of the shell ends with the line that is wrong', async () => {
  const file = join(folder, 'script');
  const shell = (text: string) =>
    virgate(
      ['shell', '-l', installation.url, '-u', adminUser, '-A', join(installation.folder, 'pki/ca.pem'), '-f', '-'],
      { ...env, HOME: folder },
      text,
    );
  await writeFile(file, 'list tags\necho done\n');
  const good = await shell(`# a comment\nadd bookmark --name "a b" \\\n  --value 'x'\nshow bookmark "a b"; file ${file}\n`);
  assert.deepEqual([good.code, good.err], [0, '']);
  assert.match(good.out, /name +: a b\n[^]*value *: x\n[^]*^done$/m);
  const wrong = await shell('ping\n\nshow tag nothing\necho never\n');
  assert.deepEqual(
    [wrong.code, /not_found: standard input:3: /.test(wrong.err), wrong.out.includes('never')],
    [11, true, false],
    wrong.err,
  );
  const broken = await shell('ping\nshow tag "x\n');
  assert.deepEqual([broken.code, /syntax_error: standard input: line 3/.test(broken.err)], [1, true], broken.err);
});

test('a script whose sign-in ends while it runs ends with the line that was refused', async () => {
  const { rest } = installation;
  const open = async (): Promise<string[]> =>
    (expectStatus(await rest.get('/virgate/api/sessions'), 200).sessions as { id: string; kind: string }[])
      .filter(({ kind }) => kind === 'sso')
      .map(({ id }) => id);
  const before = new Set(await open());
  const flag = join(folder, 'signed-out');
  const script = `ping\n! until [ -e '${flag}' ]; do sleep 0.05; done\nlist tags\necho never\n`;
  const shell = virgate(
    ['shell', '-l', installation.url, '-u', adminUser, '-A', join(installation.folder, 'pki/ca.pem'), '-f', '-'],
    { ...env, HOME: folder, PATH: process.env['PATH'] ?? '' },
    script,
  );
  const own = await eventually('the script is signed in', async () => (await open()).find((id) => !before.has(id)));
  expectStatus(await rest.delete(`/virgate/api/sessions/${own}`), 204);
  await writeFile(flag, '');
  const ended = await shell;
  assert.deepEqual(
    [ended.code, /signed_out: standard input:3: /.test(ended.err), ended.out.includes('never')],
    [6, true, false],
    ended.err,
  );
});

test('bash completes kinds, verbs, options, values and names', async () => {
  await writeFile(join(folder, 'virgate'), `#!/bin/sh\nexec '${process.execPath}' '${cliProgram}' "$@"\n`, { mode: 0o755 });
  expectStatus(await installation.rest.post('/bookmarks', { name: 'two words', value: 'Vms:' }), 201);
  const ask = (...words: string[]): Promise<string> =>
    new Promise((resolved, failed) => {
      const script =
        'source <(virgate completion bash); COMP_WORDS=(virgate "$@"); COMP_CWORD=$#; _virgate; printf "%s\\n" "${COMPREPLY[@]}"';
      execFile('bash', ['-c', script, 'bash', ...words], { env: { ...env, PATH: `${folder}:${process.env['PATH']}` } }, (error, out) =>
        error === null ? resolved(out) : failed(error),
      );
    });
  assert.equal(await ask('bookm'), 'bookmark\n');
  assert.equal(await ask('vm', 'star'), 'start\n');
  assert.equal(await ask('vm', 'add', '--cpu-topology-s'), '--cpu-topology-sockets\n');
  assert.equal(await ask('vm', 'list', '-o', 'ya'), 'yaml\n');
  assert.equal(await ask('bookmark', 'get', 'two'), 'two\\ words\n');
});

test('events are followed as they happen', async () => {
  const child = spawn(process.execPath, [cliProgram, 'events', '-f', '--max', '1'], { env: { PATH: process.env['PATH'] ?? '', ...env } });
  let text = '';
  child.stdout.on('data', (part: Buffer) => (text += part.toString()));
  const closed = new Promise<number | null>((resolved) => child.on('close', resolved));
  try {
    await eventually('the last event is shown', async () => text.includes('\n'));
    expectStatus(await installation.rest.post('/bookmarks', { name: 'mine', value: 'Vms:' }), 201);
    expectStatus(
      await installation.rest.post('/events', { description: 'from outside \u009b31m', severity: 'warning', origin: 'mine', custom_id: 1 }),
      201,
    );
    await eventually('the new event is shown', async () => /warning +from outside \\x9b31m/.test(text), 10_000);
    child.kill('SIGINT');
    assert.equal(await closed, 0);
  } finally {
    child.kill('SIGKILL');
  }
});

test('a reader that goes away ends the program quietly', async () => {
  const child = spawn(process.execPath, [cliProgram, 'api', '/schedulingpolicyunits'], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  let err = '';
  child.stderr.on('data', (part: Buffer) => (err += part.toString()));
  child.stdout.destroy();
  const code = await new Promise((resolved) => child.on('close', resolved));
  assert.deepEqual([code, err], [0, '']);
});

test('an assistant sees by the protocol of its kind, and changes what somebody approves', async () => {
  const client = new AssistantClient({ name: 'test', version: '1' });
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [cliProgram, 'mcp'], env: { PATH: process.env['PATH'] ?? '', ...env } }),
  );
  try {
    const { tools } = await client.listTools();
    assert.ok(tools.some(({ name }) => name === 'vm_start'));
    const call = async (name: string, given: Record<string, unknown>): Promise<string> => {
      const { content } = await client.callTool({ name, arguments: given });
      return (content as { text: string }[])[0]?.text ?? '';
    };
    assert.match(await call('cluster_list', {}), /"name":"Default"/);
    const asked = await call('tag_add', { body: { name: 'assisted' }, reason: 'to show it' });
    const { proposal } = JSON.parse(asked) as { proposal: { id: string; state: string } };
    assert.equal(proposal.state, 'pending');
    assert.match(
      await done('proposal', 'list', '--state', 'pending'),
      new RegExp(`${proposal.id}  pending .*TagsService.add .*to show it`),
    );
    assert.match(await done('proposal', 'approve', proposal.id), /state: done/);
    assert.match(await done('tag', 'list'), /assisted/);
    assert.equal((await run('proposal', 'reject', proposal.id)).code, 10);
    assert.equal((await run('proposal', 'aprove', proposal.id)).code, 1);
  } finally {
    await client.close();
  }
});
