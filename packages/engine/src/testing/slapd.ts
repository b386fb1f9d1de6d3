import { spawn, execFile } from 'node:child_process';
import { createServer, connect, type AddressInfo } from 'node:net';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { openAuthority } from '../pki/authority.ts';

const run = promisify(execFile);
const startTimeoutMs = 20_000;
const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

/** What a directory server of a test holds. */
export interface SlapdOptions {
  /** Schema files of the server's package, such as `nis`. */
  schemas: readonly string[];
  /** Further attribute types and object classes, in the form of `slapd.conf`. */
  definitions?: string;
  /** Further lines of the database's section, such as an index. */
  settings?: string;
  suffix: string;
  /** Entries in LDIF. */
  entries: string;
}

/** A real OpenLDAP server on loopback; gone after the test. */
export interface Slapd {
  /** `127.0.0.1:port`, for LDAP and StartTLS. */
  server: string;
  /** `127.0.0.1:port`, for LDAPS. */
  secureServer: string;
  caPem: string;
  bindDn: string;
  bindPassword: string;
  /** Applies changes in LDIF. */
  modify(ldif: string): Promise<void>;
  stop(): Promise<void>;
}

const freePort = (): Promise<number> =>
  new Promise((done, failed) => {
    const server = createServer();
    server.on('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });

const answers = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      done(true);
    });
    socket.on('error', () => done(false));
  });

/** Starts OpenLDAP's server with entries of its own. Searching needs a name and a password, as it does in most companies. */
export async function startSlapd(t: TestContext, options: SlapdOptions): Promise<Slapd> {
  const folder = await mkdtemp(join(tmpdir(), 'virgate-slapd-'));
  let stop = async (): Promise<void> => undefined;
  t.after(async () => {
    await stop();
    await rm(folder, { recursive: true, force: true });
  });
  const authority = await openAuthority(join(folder, 'pki'), ['localhost', '127.0.0.1']);
  const bindDn = `cn=admin,${options.suffix}`;
  const bindPassword = 'search-secret';
  await mkdir(join(folder, 'data'));
  await writeFile(join(folder, 'ca.pem'), authority.caPem);
  await writeFile(join(folder, 'server.pem'), authority.engine.certificatePem);
  await writeFile(join(folder, 'server.key'), authority.engine.keyPem);
  await writeFile(join(folder, 'entries.ldif'), options.entries);
  await writeFile(
    join(folder, 'slapd.conf'),
    `${options.schemas.map((name) => `include /etc/ldap/schema/${name}.schema`).join('\n')}
${options.definitions ?? ''}
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile ${join(folder, 'slapd.pid')}
TLSCACertificateFile ${join(folder, 'ca.pem')}
TLSCertificateFile ${join(folder, 'server.pem')}
TLSCertificateKeyFile ${join(folder, 'server.key')}
database mdb
suffix "${options.suffix}"
rootdn "${bindDn}"
rootpw ${bindPassword}
directory ${join(folder, 'data')}
maxsize 268435456
${options.settings ?? ''}
access to attrs=userPassword by anonymous auth by * none
access to * by users read by * none
`,
  );
  await run('slapadd', ['-q', '-f', join(folder, 'slapd.conf'), '-l', join(folder, 'entries.ldif')], {
    env: { ...process.env, PATH: path },
  });
  const [port, securePort] = [await freePort(), await freePort()];
  const child = spawn(
    'slapd',
    ['-d', '0', '-f', join(folder, 'slapd.conf'), '-h', `ldap://127.0.0.1:${port} ldaps://127.0.0.1:${securePort}`],
    { env: { ...process.env, PATH: path }, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
  };
  const deadline = performance.now() + startTimeoutMs;
  while (!((await answers(port)) && (await answers(securePort)))) {
    if (child.exitCode !== null || performance.now() > deadline) throw new Error('slapd did not start');
    await delay(50);
  }
  return {
    server: `127.0.0.1:${port}`,
    secureServer: `127.0.0.1:${securePort}`,
    caPem: authority.caPem,
    bindDn,
    bindPassword,
    async modify(ldif) {
      const { Client, Attribute, Change } = await import('ldapts');
      const client = new Client({ url: `ldap://127.0.0.1:${port}` });
      await client.bind(bindDn, bindPassword);
      try {
        for (const block of ldif.split(/\n\s*\n/)) {
          const lines = block.split('\n').filter((line) => line.trim() !== '');
          const value = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? '';
          const values = (name: string) => lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
          if (value('changetype') === 'delete') await client.del(value('dn'));
          else if (value('changetype') === 'add')
            await client.add(value('dn'), Object.fromEntries(['objectClass', 'cn', 'member'].map((name) => [name, values(name)])));
          else {
            const attribute = value('replace');
            await client.modify(
              value('dn'),
              new Change({ operation: 'replace', modification: new Attribute({ type: attribute, values: [value(attribute)] }) }),
            );
          }
        }
      } finally {
        await client.unbind();
      }
    },
    stop: () => stop(),
  };
}
