import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import pino from 'pino';
import { createEngine } from './composition.ts';

/** The configuration file of an engine process. */
interface EngineConfig {
  pkiDir: string;
  databaseUrl: string;
  listen: { host: string; port: number };
  /** Names and addresses that clients use; localhost and its addresses are always among them. */
  names?: string[];
  portalDir?: string;
  /** File with the password of `admin@internal`; made with a random one when it is missing. */
  adminPasswordFile: string;
  /** Clients of single sign-on; each secret is read from a file of its own. */
  ssoClients?: { id: string; name?: string; secretFile: string; redirectUris?: string[]; trusted?: boolean }[];
  /** OVN that comes with the engine: where its databases are, for the engine (`unix:/…`) and for hosts (`ssl:192.0.2.1:6642`). */
  ovn?: { northbound: string; southbound: string };
  /** Where users open serial consoles by SSH; without it nowhere. */
  serialConsoles?: { host: string; port: number };
  engineId?: string;
  logLevel?: string;
}

const passwordBytes = 15;

async function passwordFrom(file: string): Promise<string> {
  if (!existsSync(file)) {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(`${file}.new`, `${randomBytes(passwordBytes).toString('base64url')}\n`, { mode: 0o600 });
    await rename(`${file}.new`, file);
  }
  return (await readFile(file, 'utf8')).trim();
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  if (values.config === undefined) throw new Error('Usage: main.ts --config FILE');
  const config = JSON.parse(await readFile(values.config, 'utf8')) as EngineConfig;
  const log = pino({
    level: config.logLevel ?? 'info',
    redact: { paths: ['*.password', '*.token', 'headers.authorization', 'headers.cookie'], censor: '[secret]' },
  });
  const running = await createEngine({
    engineId: config.engineId ?? randomUUID(),
    databaseUrl: config.databaseUrl,
    pkiFolder: config.pkiDir,
    names: [...new Set([...(config.names ?? []), 'localhost', '127.0.0.1', '::1'])],
    portalFolder: config.portalDir !== undefined && existsSync(config.portalDir) ? config.portalDir : null,
    adminPassword: await passwordFrom(config.adminPasswordFile),
    ssoClients: await Promise.all(
      (config.ssoClients ?? []).map(async ({ secretFile, ...client }) => ({
        ...client,
        secret: (await readFile(secretFile, 'utf8')).trim(),
      })),
    ),
    ...(config.ovn === undefined ? {} : { ovn: config.ovn }),
    ...(config.serialConsoles === undefined ? {} : { serialConsoles: config.serialConsoles }),
    log,
  });
  const address = await running.app.listen({ host: config.listen.host, port: config.listen.port });
  await running.start();
  log.info({ address, engine: running.engine.engineId }, 'the engine is ready');
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'the engine stops');
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'the engine did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', () => stop('SIGTERM'));
  process.once('SIGINT', () => stop('SIGINT'));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
