/** `npm run seed -- --data FOLDER`: stores many objects in an installation, to try how the engine does with them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { migrate, openDatabase } from '@virgate/database';
import { engineMigrations } from '../tables/migrations.ts';
import type { Tables } from '../tables/schema.ts';
import { seed, seededPassword, type SeedSize } from './seed.ts';

const usage = `Usage: npm run seed -- (--data FOLDER | --database URL) [--prefix NAME] [--vms N] [--disks N] [--nics N] [--hosts N] [--clusters N]
       [--data-centers N] [--domains N] [--users N] [--events N]
FOLDER is the data folder of npm start. --disks and --nics are those of each VM, --domains those of each data center.`;

/** Statements of a seeding write millions of rows. */
const statementTimeoutMs = 30 * 60_000;

function databaseUrl(values: { data?: string | undefined; database?: string | undefined }): string {
  if (values.database !== undefined) return values.database;
  if (values.data === undefined) throw new Error(usage);
  return (JSON.parse(readFileSync(join(values.data, 'etc/engine.json'), 'utf8')) as { databaseUrl: string }).databaseUrl;
}

async function main(): Promise<void> {
  const number = (fallback: string) => ({ type: 'string', default: fallback }) as const;
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      database: { type: 'string' },
      prefix: { type: 'string', default: 'seed' },
      vms: number('10000'),
      disks: number('3'),
      nics: number('3'),
      hosts: number('1000'),
      clusters: number('50'),
      'data-centers': number('5'),
      domains: number('4'),
      users: number('200'),
      events: number('20000'),
    },
  });
  const size: SeedSize = {
    vms: Number(values.vms),
    disksPerVm: Number(values.disks),
    nicsPerVm: Number(values.nics),
    hosts: Number(values.hosts),
    clusters: Number(values.clusters),
    dataCenters: Number(values['data-centers']),
    domainsPerDataCenter: Number(values.domains),
    users: Number(values.users),
    events: Number(values.events),
  };
  const database = await openDatabase<Tables>({ url: databaseUrl(values), maxConnections: 2, statementTimeoutMs });
  try {
    await migrate(database.db, engineMigrations);
    const counted = await seed(database.db, values.prefix, size);
    for (const [kind, count] of Object.entries(counted)) process.stdout.write(`${kind.padEnd(16)} ${count}\n`);
    process.stdout.write(`users: ${values.prefix}-user-00000@internal and so on, password ${seededPassword}\n`);
  } finally {
    await database.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
