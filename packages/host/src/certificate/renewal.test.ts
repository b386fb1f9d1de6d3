import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { VdsmError } from '@virgate/vdsm';
import { makeAuthority } from '../agent-fixture/certificates.ts';
import type { TestAuthority } from '../agent-fixture/certificates.ts';
import { createLog } from '../log.ts';
import { readAgentTls } from './renewal.ts';
import type { AgentTls } from './renewal.ts';
import { createCertificateVerbs } from './verbs.ts';

let folder: string;
let authority: TestAuthority;
let stranger: TestAuthority;
let renewed: AgentTls[];
const files = () => ({ keyFile: join(folder, 'host.key'), certFile: join(folder, 'host.cer'), caFile: join(folder, 'ca.pem') });
const call = {} as never;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'renewal-'));
  [authority, stranger] = await Promise.all([makeAuthority('authority'), makeAuthority('stranger')]);
});
after(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  renewed = [];
  for (const name of await readdir(folder)) await rm(join(folder, name));
  const { key, cert } = await authority.issue('host');
  await writeFile(files().keyFile, key, { mode: 0o600 });
  await writeFile(files().certFile, cert);
  await writeFile(files().caFile, authority.certificate);
});

const verbs = (nowMs = Date.now()) =>
  createCertificateVerbs({
    files: files(),
    hostName: 'host',
    nowMs: () => nowMs,
    renewed: (tls) => void renewed.push(tls),
    log: createLog('error'),
  });
async function request(): Promise<string> {
  const answer = (await verbs()['Virgate.makeCertificateRequest']?.({}, call)) as { request: string };
  return answer.request;
}
const install = (certificate: string, nowMs?: number): Promise<unknown> | undefined =>
  verbs(nowMs)['Virgate.installCertificate']?.({ certificate }, call);
const fits = ({ key, cert }: AgentTls): boolean => new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));

describe('renewing the certificate of a host', () => {
  it('makes a new key that stays, and takes the certificate for it', async () => {
    const old = await readAgentTls(files());
    const certificate = await authority.sign(await request());
    assert.deepEqual(await readAgentTls(files()), old, 'a request changes nothing yet');
    assert.equal(await install(certificate), true);
    const tls = await readAgentTls(files());
    assert.deepEqual(renewed, [tls]);
    assert.equal(tls.cert, certificate);
    assert.notEqual(tls.key, old.key);
    assert.ok(fits(tls));
    assert.equal((await stat(files().keyFile)).mode & 0o777, 0o600);
    assert.deepEqual((await readdir(folder)).toSorted(), ['ca.pem', 'host.cer', 'host.key']);
    assert.equal(await install(certificate), true, 'a repeat is no harm');
    assert.deepEqual(await readAgentTls(files()), tls);
  });

  it('keeps the old one when the new one is not right', async () => {
    const old = await readAgentTls(files());
    const first = await request();
    const second = await request();
    const wrong = [
      ['rubbish', undefined],
      [await authority.sign(first), undefined],
      [await stranger.sign(second), undefined],
      [await authority.sign(second), Date.now() + 40 * 86_400_000],
    ] as const;
    for (const [certificate, nowMs] of wrong)
      await assert.rejects(
        async () => install(certificate, nowMs),
        (error) => error instanceof VdsmError && error.code === 91,
      );
    assert.deepEqual(await readAgentTls(files()), old);
    assert.deepEqual(renewed, []);
  });

  it('goes on with what was cut off between the two files', async () => {
    const certificate = await authority.sign(await request());
    await writeFile(`${files().certFile}.next`, certificate);
    const key = await readFile(`${files().keyFile}.next`, 'utf8');
    assert.deepEqual(await readAgentTls(files()), { key, cert: certificate, ca: authority.certificate });

    const later = await authority.sign(await request());
    await writeFile(`${files().certFile}.next`, later);
    await rename(`${files().keyFile}.next`, files().keyFile);
    const tls = await readAgentTls(files());
    assert.equal(tls.cert, later);
    assert.ok(fits(tls));
  });
});
