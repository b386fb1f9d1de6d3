// The engine with a place to hold up its jobs: `node interruptible-engine.ts --config FILE`. A job stops at the point that
// the parent names, which is told so; all that stopped go on when the parent says so, unless the engine is killed there.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { ProbePoint } from '@virgate/saga';
import pino from 'pino';
import { createEngine } from '@virgate/engine';
import { answerParent, tellParent } from './child-process.ts';

/** A point in a job; the first job that comes there stops. */
export type StopPoint = Pick<ProbePoint, 'step' | 'going' | 'at'> & Partial<Pick<ProbePoint, 'saga'>>;
/** What the engine's parent asks. */
export type EngineOrder =
  | { readonly kind: 'stop-at'; readonly point: StopPoint }
  /** The next job that is about to do this step fails there. */
  | { readonly kind: 'fail-at'; readonly saga: string; readonly step: string }
  /** All points that jobs came to since this was asked the last time. */
  | { readonly kind: 'passed' }
  | { readonly kind: 'go-on' };

/** The name of a step without the id that some end with, which is another one each time. */
export const plainStep = (step: string): string => step.replace(/[- ][0-9a-f]{8}-[0-9a-f-]{27}$/, '');

const passedLimit = 20_000;

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
  let failAt: { readonly saga: string; readonly step: string } | undefined;
  let held: (() => void)[] = [];
  let passed: ProbePoint[] = [];
  const isAt = (point: ProbePoint, at: StopPoint): boolean =>
    plainStep(point.step) === at.step &&
    point.going === at.going &&
    point.at === at.at &&
    (at.saga === undefined || at.saga === point.saga);
  const probe = async (point: ProbePoint): Promise<void> => {
    if (passed.length < passedLimit) passed.push(point);
    if (failAt !== undefined && isAt(point, { ...failAt, going: 'run', at: 'intent' })) {
      failAt = undefined;
      throw Object.assign(new Error('the test wants this step to fail'), { retryable: false });
    }
    if (stopAt === undefined || !isAt(point, stopAt)) return;
    stopAt = undefined;
    const told = new Promise<void>((resolve) => {
      held.push(resolve);
    });
    tellParent({ stoppedAt: point });
    await told;
  };
  answerParent((order: EngineOrder) => {
    if (order.kind === 'stop-at') stopAt = order.point;
    else if (order.kind === 'fail-at') failAt = order;
    else if (order.kind === 'passed') {
      const points = passed;
      passed = [];
      return points;
    } else {
      stopAt = undefined;
      failAt = undefined;
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

if (import.meta.main) await main(parseArgs({ options: { config: { type: 'string' } } }).values.config ?? '');
