import assert from 'node:assert/strict';
import { X509Certificate, webcrypto } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { openAuthority, type Authority } from './authority.ts';

let folder: string;
let authority: Authority;
const names = ['engine.example.org', '127.0.0.1'];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pki-'));
  authority = await openAuthority(folder, names);
});
after(() => rm(folder, { recursive: true, force: true }));

async function requestOf(name: string): Promise<string> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  return (await x509.Pkcs10CertificateRequestGenerator.create({ name, keys, signingAlgorithm: algorithm })).toString('pem');
}

describe('the certificate authority', () => {
  test("marks the engine's certificate, and keeps it", async () => {
    const certificate = new X509Certificate(authority.engine.certificatePem);
    assert.equal(certificate.subject, 'O=Virgate\nOU=engine\nCN=engine.example.org');
    assert.ok(certificate.verify(new X509Certificate(authority.caPem).publicKey));
    assert.equal((await openAuthority(folder, names)).engine.certificatePem, authority.engine.certificatePem);
  });

  test('never marks a host, whatever its request and its name say', async () => {
    for (const name of ['O=Virgate, OU=engine, CN=engine.example.org', 'OU=engine']) {
      const pem = await authority.signHost(await requestOf(name), { commonName: 'host1', address: '192.0.2.7' });
      const certificate = new X509Certificate(pem);
      assert.equal(certificate.subject, 'O=Virgate\nCN=host1');
      assert.equal(certificate.checkIP('192.0.2.7'), '192.0.2.7');
      assert.equal(certificate.checkHost('engine.example.org'), undefined);
    }
    const forged = await authority.signHost(await requestOf('CN=x'), { commonName: 'a, OU=engine', address: '192.0.2.7' });
    assert.ok(!new X509Certificate(forged).subject.split('\n').includes('OU=engine'), new X509Certificate(forged).subject);
  });

  test('makes a new certificate for the engine when a name is added', async () => {
    const other = await openAuthority(folder, [...names, 'other.example.org']);
    assert.notEqual(other.engine.certificatePem, authority.engine.certificatePem);
    assert.equal(other.caPem, authority.caPem);
    assert.equal(new X509Certificate(other.engine.certificatePem).checkHost('other.example.org'), 'other.example.org');
  });
});
