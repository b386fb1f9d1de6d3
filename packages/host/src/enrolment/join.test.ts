import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { RequestListener } from 'node:http';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { makeAuthority } from '../agent-fixture/certificates.ts';
import type { TestAuthority } from '../agent-fixture/certificates.ts';
import { readJoinCommand } from './command.ts';
import { fingerprintOf, readFingerprint } from './engine-connection.ts';
import { EnrolmentError } from './enrolment-error.ts';
import { joinEngine } from './join.ts';
import type { JoinRequest } from './join.ts';

const token = 'right-token';
const enrolmentId = '11111111-2222-4333-8444-555555555555';

let authority: TestAuthority;
let other: TestAuthority;
let server: Server;
let elsewhere: Server;
let directory: string;

/** What the engine of the test does; each test changes what it is about. */
const engine = {
  asked: [] as Record<string, unknown>[],
  state: 'approved',
  sign: (request: string): Promise<string> => authority.sign(request),
  authorityPage: (): string => authority.certificate,
};

before(async () => {
  authority = await makeAuthority('Authority of the engine');
  other = await makeAuthority('Authority of somebody');
  const own = await authority.issue('engine');
  const handler: RequestListener = (request, response) => {
    const json = (status: number, body: object): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      if (request.url?.startsWith('/ovirt-engine/services/pki-resource') === true) response.end(engine.authorityPage());
      else if (request.method === 'POST') {
        const body = JSON.parse(text) as Record<string, unknown>;
        if (body['token'] !== token) return json(403, { detail: 'The token is unknown.\n' });
        engine.asked.push(body);
        json(201, { id: enrolmentId, state: 'pending' });
      } else if (request.headers.authorization !== `Bearer ${token}`) json(403, {});
      else if (engine.state !== 'approved') json(200, { state: engine.state });
      else
        engine.sign(String(engine.asked.at(-1)?.['csr'])).then(
          (certificate) => json(200, { state: 'approved', certificate, ca: authority.certificate }),
          () => json(500, {}),
        );
    });
  };
  server = createServer({ key: own.key, cert: own.cert }, handler);
  // The same engine at an address that its certificate does not name.
  elsewhere = createServer({ key: own.key, cert: own.cert }, handler);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  await new Promise<void>((resolve) => void elsewhere.listen(0, '127.0.0.2', resolve));
  directory = await mkdtemp(join(tmpdir(), 'join-'));
});
after(async () => {
  for (const one of [server, elsewhere]) {
    one.closeAllConnections();
    await new Promise((resolve) => one.close(resolve));
  }
  await rm(directory, { recursive: true, force: true });
});
beforeEach(async () => {
  engine.asked = [];
  engine.state = 'approved';
  engine.sign = (request) => authority.sign(request);
  engine.authorityPage = () => authority.certificate;
  await rm(join(directory, 'pki'), { recursive: true, force: true });
});

const options = { approvalTimeoutMs: 2000, pollMs: 20 };
const request = (change: Partial<JoinRequest> = {}): JoinRequest => ({
  engine: new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`),
  token,
  fingerprint: fingerprintOf(new X509Certificate(authority.certificate)),
  name: 'host-two',
  address: '192.0.2.7',
  port: 54_321,
  uuid: '9f298858-4823-41b0-8b83-b9389bdb3c4b',
  pkiDirectory: join(directory, 'pki'),
  ...change,
});
const left = (): Promise<string[]> => readdir(join(directory, 'pki')).catch((): string[] => []);
const withCode = (code: string) => (error: unknown) => error instanceof EnrolmentError && error.code === code;

describe('joining an engine', () => {
  it('gets a certificate for a key that stays here', async () => {
    const files = await joinEngine(request(), options);
    const key = await readFile(files.keyFile, 'utf8');
    assert.equal((await stat(files.keyFile)).mode & 0o777, 0o600);
    assert.equal((await stat(join(directory, 'pki'))).mode & 0o777, 0o700);
    const certificate = new X509Certificate(await readFile(files.certFile, 'utf8'));
    assert.ok(certificate.verify(new X509Certificate(authority.certificate).publicKey));
    assert.equal(
      new X509Certificate(await readFile(files.caFile, 'utf8')).fingerprint256,
      new X509Certificate(authority.certificate).fingerprint256,
    );
    const { csr, ...said } = engine.asked[0] ?? {};
    assert.deepEqual(said, {
      token,
      name: 'host-two',
      address: '192.0.2.7',
      port: 54_321,
      uuid: '9f298858-4823-41b0-8b83-b9389bdb3c4b',
      agentVersion: '4.50.6',
    });
    assert.match(String(csr), /BEGIN CERTIFICATE REQUEST/);
    assert.ok(!JSON.stringify(engine.asked).includes(key.split('\n')[1] ?? 'none'));
    assert.deepEqual((await left()).toSorted(), ['ca.pem', 'host.cer', 'host.key']);
    await assert.rejects(joinEngine(request(), options), withCode('ALREADY_JOINED'));
  });

  it('stops at an authority with another fingerprint, and sends nothing', async () => {
    const fingerprint = fingerprintOf(new X509Certificate(other.certificate));
    await assert.rejects(joinEngine(request({ fingerprint }), options), withCode('FINGERPRINT'));
    engine.authorityPage = () => other.certificate;
    await assert.rejects(
      joinEngine(request({ fingerprint }), options),
      withCode('CERTIFICATE'),
      'the right authority, shown by somebody else',
    );
    assert.deepEqual(engine.asked, []);
    assert.deepEqual(await left(), []);
  });

  it('stops at a wrong token', async () => {
    await assert.rejects(joinEngine(request({ token: 'wrong' }), options), withCode('TOKEN'));
    assert.deepEqual(await left(), []);
  });

  it('stops at an engine that is not there or has another name', async () => {
    await assert.rejects(joinEngine(request({ engine: new URL('https://127.0.0.1:1') }), options), withCode('UNREACHABLE'));
    const { port } = elsewhere.address() as AddressInfo;
    await assert.rejects(
      joinEngine(request({ engine: new URL(`https://127.0.0.2:${port}`) }), options),
      (error) => withCode('CERTIFICATE')(error) && /not for 127\.0\.0\.2/.test(String(error)),
    );
    assert.deepEqual(engine.asked, []);
    assert.deepEqual(await left(), []);
  });

  it('does not take a certificate of another authority or for another key', async () => {
    engine.sign = (csr) => other.sign(csr);
    await assert.rejects(joinEngine(request(), options), withCode('CERTIFICATE'));
    engine.sign = async () => (await authority.issue('x')).cert;
    await assert.rejects(joinEngine(request(), options), withCode('CERTIFICATE'));
    engine.sign = () => Promise.resolve('rubbish');
    await assert.rejects(joinEngine(request(), options), withCode('ANSWER'));
    assert.deepEqual(await left(), []);
  });

  it('leaves nothing when it is refused', async () => {
    engine.state = 'rejected';
    await assert.rejects(joinEngine(request(), options), withCode('REFUSED'));
    assert.deepEqual(await left(), []);
  });

  it('goes on waiting with the same request when it is run again', async () => {
    engine.state = 'pending';
    await assert.rejects(joinEngine(request(), { ...options, approvalTimeoutMs: 100 }), withCode('TIMEOUT'));
    assert.deepEqual((await left()).toSorted(), ['enrolment.json', 'host.key']);
    engine.state = 'approved';
    await joinEngine(request(), options);
    assert.equal(engine.asked.length, 1);
  });
});

describe('the command', () => {
  const good = ['https://engine:8443', '--token', 't', '--fingerprint', 'AB:'.repeat(31) + 'ab'];

  it('reads its arguments', () => {
    const named = readJoinCommand([...good, '--management-network', 'mgmt']);
    assert.deepEqual([named.managementNetwork, named.bridge], ['mgmt', 'mgmt']);
    const bridged = readJoinCommand([...good, '--bridge', 'br0']);
    assert.deepEqual([bridged.managementNetwork, bridged.bridge], ['ovirtmgmt', 'br0']);
    const command = readJoinCommand([...good, '--name', 'h', '--address', '192.0.2.1', '--port', '1234', '--no-start']);
    assert.equal(command.fingerprint, 'ab'.repeat(32));
    assert.equal(command.vncListen, '192.0.2.1');
    assert.equal(command.start, false);
    for (const bad of [
      ['http://engine'],
      ['https://u:p@engine'],
      ['engine'],
      ['--port', '0'],
      ['--port', 'x'],
      ['--unknown'],
      ['--accel', 'xen'],
      ['--lock-manager', 'lockd'],
      ['more'],
    ]) {
      const argv = bad[0]?.startsWith('--') === true || bad[0] === 'more' ? [...good, ...bad] : [...bad, ...good.slice(1)];
      assert.throws(() => readJoinCommand(argv), withCode('USAGE'), bad.join(' '));
    }
    assert.throws(() => readFingerprint('abc'), withCode('USAGE'));
  });

  it('ends with a code, not with a stack, and leaves no folder', async () => {
    const data = join(directory, 'data');
    const argv = [
      String(request().engine),
      '--token',
      'wrong',
      '--fingerprint',
      request().fingerprint,
      '--data',
      data,
      '--run',
      join(directory, 'run'),
      '--accel',
      'tcg',
    ];
    const child = spawn(process.execPath, [new URL('../main.ts', import.meta.url).pathname, 'join', ...argv], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const code = await new Promise((resolve) => void child.once('exit', resolve));
    assert.equal(code, 1);
    assert.match(errors, /^virgate-host: TOKEN: /);
    assert.ok(!errors.includes('wrong\n') && !errors.includes('    at '));
    assert.ok(!(await readdir(directory)).includes('data'));
  });
});
