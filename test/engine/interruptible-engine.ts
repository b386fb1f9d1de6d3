// The engine with a place to hold up its jobs: `node interruptible-engine.ts --config FILE`. A job stops at the point that
// the parent names, which is told so; all that stopped go on when the parent says so, unless the engine is killed there.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { ProbePoint } from '@virgate/saga';
import pino from 'pino';
import { createEngine } from '@virgate/engine';
import { answerParent, tellParent } from './child-process.ts';

/** A point in a job; the first job that comes there stops. */
export type StopPoint = Pick<ProbePoint, 'step' | 'going' | 'at'>;
/** What the engine's parent asks. */
export type EngineOrder = { readonly kind: 'stop-at'; readonly point: StopPoint } | { readonly kind: 'go-on' };

interface Config {
  readonly pkiDir: string;
  readonly databaseUrl: string;
  readonly listen: { readonly host: string; readonly port: number };
  readonly names: readonly string[];
  readonly adminPasswordFile: string;
  readonly engineId: string;
  readonly logLevel: string;
}

async function main(configFile: string): Promise<void> {
  const config = JSON.parse(readFileSync(configFile, 'utf8')) as Config;
  // A job goes on as soon as the engine runs: where it is to stop next has to be known by then.
  const { VIRGATE_TEST_STOP_AT: first } = process.env;
  let stopAt: StopPoint | undefined = first === undefined ? undefined : (JSON.parse(first) as StopPoint);
  let held: (() => void)[] = [];
  const probe = async (point: ProbePoint): Promise<void> => {
    if (stopAt === undefined || point.step !== stopAt.step || point.going !== stopAt.going || point.at !== stopAt.at) return;
    stopAt = undefined;
    const told = new Promise<void>((resolve) => {
      held.push(resolve);
    });
    tellParent({ stoppedAt: point });
    await told;
  };
  answerParent((order: EngineOrder) => {
    if (order.kind === 'stop-at') stopAt = order.point;
    else {
      stopAt = undefined;
      for (const goOn of held) goOn();
      held = [];
    }
    return null;
  });
  const running = await createEngine({
    engineId: config.engineId,
    databaseUrl: config.databaseUrl,
    pkiFolder: config.pkiDir,
    names: ['localhost', ...config.names],
    portalFolder: null,
    adminPassword: readFileSync(config.adminPasswordFile, 'utf8').trim(),
    log: pino({ level: config.logLevel }),
    probe,
  });
  await running.app.listen(config.listen);
  await running.start();
  const stop = (): void => void running.stop().finally(() => process.exit(0));
  process.once('SIGTERM', stop);
  // Without the parent nobody would ever end this process.
  process.once('disconnect', stop);
}

const { values } = parseArgs({ options: { config: { type: 'string' } } });
if (import.meta.main) await main(values.config ?? '');
