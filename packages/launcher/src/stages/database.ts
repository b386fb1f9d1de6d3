import { startEmbeddedPostgres } from '@virgate/database';
import { LauncherError, textOf } from '../errors.ts';
import { ProcessWatch } from '../process/watch.ts';
import type { Stage } from '../progress.ts';
import type { System } from '../system.ts';

/** Starts the embedded PostgreSQL, or finds it running. */
export function databaseStage(system: System): Stage {
  const { folder, say } = system;
  return {
    title: 'database',
    async run(report) {
      const start = async (): Promise<NonNullable<System['database']>> => startEmbeddedPostgres({ dataDir: folder.at('database') });
      try {
        const database = await start();
        system.database = database;
        report.note(`PostgreSQL ${database.version}${database.found ? ', found running' : ''}`);
        system.watches.push(new ProcessWatch({ title: 'the database', pid: database.pid, say, restart: async () => (await start()).pid }));
      } catch (error) {
        throw new LauncherError(
          'database_failed',
          `the database could not be started: ${textOf(error)}`,
          `Its log is ${folder.at('database', 'server.log')}.`,
          { cause: error },
        );
      }
    },
  };
}
