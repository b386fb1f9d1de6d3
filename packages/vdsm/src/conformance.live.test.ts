// Budget: 110 s
// Needs: java
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { VdsmError } from './errors.ts';
import type { VdsmCall } from './request-handler.ts';
import type { VdsmServer } from './server.ts';
import { makeAuthority } from './testing/certificates.ts';
import { startServer } from './testing/server.ts';
import type { VdsmTls } from './tls.ts';

const PROGRAM = join(import.meta.dirname, '../../../test/clients/java');
const MAVEN_TIMEOUT_MS = 300_000;
const RUN_TIMEOUT_MS = 180_000;

const run = promisify(execFile);

/** Why the Java client cannot run here, or `false`. */
function missingTool(): string | false {
  const missing = (['java', 'mvn'] as const).filter((tool) => spawnSync(tool, ['-version'], { stdio: 'ignore' }).status !== 0);
  return missing.length > 0 && `${missing.join(' and ')} not found (Debian: apt-get install openjdk-17-jdk-headless maven)`;
}

/** The verbs that Conformance.java calls. */
async function dispatch(server: () => VdsmServer, { method, params }: VdsmCall): Promise<unknown> {
  switch (method) {
    case 'Host.ping2':
      return undefined;
    case 'Conformance.echo':
      return params;
    case 'Conformance.events':
      for (let number = 0; number < Number(params['count']); number++)
        server().emit(`|virt|VM_status|vm-${number}`, { [`vm-${number}`]: { status: 'Up' } });
      return undefined;
    case 'Conformance.drop':
      setImmediate(() => server().disconnectAll());
      return undefined;
    default:
      throw new VdsmError(1, 'Virtual machine does not exist');
  }
}

// On each test, since node:test does not count a skipped suite as skipped.
const skip = missingTool();

describe("client library of oVirt's engine", () => {
  let folder: string;
  let classPath: string;
  let host: VdsmTls;

  before(async () => {
    if (skip) return;
    folder = await mkdtemp(join(tmpdir(), 'virgate-conformance-'));
    const classPathFile = join(folder, 'class-path');
    const goal = 'org.apache.maven.plugins:maven-dependency-plugin:build-classpath';
    await run('mvn', ['-q', '-B', '-f', join(PROGRAM, 'pom.xml'), goal, `-Dmdep.outputFile=${classPathFile}`], {
      timeout: MAVEN_TIMEOUT_MS,
    });
    classPath = (await readFile(classPathFile, 'utf8')).trim();
    const authority = await makeAuthority('authority');
    // Any name will do: the engine knows hosts by their authority.
    host = await authority.issue('not the name of this host');
    const engine = await authority.issue('engine');
    await mkdir(join(folder, 'pki'), { mode: 0o700 });
    for (const part of ['key', 'cert', 'ca'] as const) await writeFile(join(folder, 'pki', `${part}.pem`), engine[part], { mode: 0o600 });
  });

  after(async () => {
    if (!skip) await rm(folder, { recursive: true, force: true });
  });

  // An engine uses TLS 1.2 unless told otherwise; silence is tried there, for longer than two heart-beat time-outs.
  for (const [protocol, silenceSeconds] of [
    ['TLSv1.2', 62],
    ['TLSv1.3', 0],
  ] as const) {
    test(
      `${protocol}: bodies, calls at once, events, ${silenceSeconds} s of heart-beats, reconnect`,
      { skip, timeout: RUN_TIMEOUT_MS },
      async (context) => {
        let connections = 0;
        const { server, port } = await startServer(context, {
          tls: host,
          acceptPeer: ({ subject }) => {
            assert.equal(subject?.['CN'], 'engine');
            connections++;
            return true;
          },
          dispatch: (call) => dispatch(() => server, call),
        });
        const program = [
          '-cp',
          classPath,
          join(PROGRAM, 'Conformance.java'),
          '127.0.0.1',
          `${port}`,
          join(folder, 'pki'),
          protocol,
          `${silenceSeconds}`,
        ];
        const { stdout } = await run('java', program, { timeout: RUN_TIMEOUT_MS });
        const steps = stdout.split('\n').filter((line) => line.startsWith('ok '));
        assert.equal(steps.length, silenceSeconds > 0 ? 11 : 10, stdout);
        // Two connections, and the first one again after the drop.
        assert.equal(connections, 3);
      },
    );
  }
});
