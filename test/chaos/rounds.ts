import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProbePoint } from '@virgate/saga';
import { eventually, expectStatus } from '../engine/installation.ts';
import type { Answer, Json } from '../engine/rest-client.ts';
import { contentFlaws, openFlaws } from './invariants.ts';
import type { Operation } from './operations.ts';
import { distinctPoints, lastFailingStep, nameOfPoint, type FailingStep, type JobPoint } from './points.ts';
import type { Subject } from './subject.ts';
import { fateOf, type Victim, type World } from './world.ts';

/** A run of an operation in which somebody is killed at a point. */
export interface Case {
  readonly operation: Operation;
  readonly point: JobPoint;
  /** The step that fails, where the point is on the way back. */
  readonly failing: FailingStep | undefined;
  readonly victim: Victim;
  /** Its place in tables. */
  readonly order: number;
}

/** What came of a case. */
export interface Outcome {
  readonly one: Case;
  /** How the job ended, in a word; what is wrong, when something is. */
  readonly text: string;
  readonly flaws: readonly string[];
}

/** How cases are run. */
export interface RoundsOptions {
  /** Moments of a step at which somebody may be killed. */
  readonly moments: readonly ProbePoint['at'][];
  /** How long the victim is away. */
  readonly downMs: number;
  readonly settleTimeoutMs: number;
  /** How many runs are made ready and cleaned up at once. */
  readonly atOnce: number;
  readonly onProgress?: (line: string) => void;
}

interface Running {
  readonly one: Case;
  readonly subject: Subject;
  sagaId: string;
  failure: string;
}

const arrivalTimeoutMs = 60_000;
const quietMs = 60;
/** Jobs that the engine does by itself. */
const ownJobs = ['ElectStorageManager', 'UpdateOvfStore'];

/** Does something with all of a list, some at once. */
async function inTurns<T>(list: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = [...list];
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** The name of a case, by which it is asked for again. */
export const nameOfCase = ({ operation, point, failing, victim }: Case): string =>
  `${operation.name}${failing === undefined ? '' : `, ${failing.step} fails`}: ${fateOf(victim)} ${nameOfPoint(point)}`;

/** Runs operations of a world, and kills somebody in the middle of them. */
export class Rounds {
  readonly #world: World;
  readonly #options: RoundsOptions;
  #arrived: ((point: ProbePoint) => void) | undefined;
  #count = 0;
  #points = 0;
  /** What is wrong since an earlier round. */
  readonly #known = new Set<string>();

  constructor(world: World, options: RoundsOptions) {
    this.#world = world;
    this.#options = options;
    world.installation.onEngineTold = (message) => {
      const { stoppedAt } = message as { stoppedAt?: ProbePoint };
      if (stoppedAt !== undefined) this.#arrived?.(stoppedAt);
    };
  }

  #nextName(): string {
    this.#count += 1;
    // Of one length, so that no name begins another one.
    return `chaos-${String(this.#count).padStart(5, '0')}`;
  }

  /**
   * Does an operation undisturbed, and again so that it fails as late as it can be undone: what the engine passes are its points.
   * @throws Error when that does not end well
   */
  async points(operation: Operation): Promise<Omit<Case, 'victim'>[]> {
    const forward = await this.#rehearse(operation, undefined);
    const cases = this.#casesOf(operation, forward, undefined);
    assert.ok(cases.length > 0, `${operation.name} has no steps`);
    const failing = lastFailingStep(forward);
    if (failing === undefined) return cases;
    const back = await this.#rehearse(operation, failing);
    return [...cases, ...this.#casesOf(operation, back, failing).filter(({ point }) => point.going === 'undo')];
  }

  #casesOf(operation: Operation, passed: readonly ProbePoint[], failing: FailingStep | undefined): Omit<Case, 'victim'>[] {
    return distinctPoints(passed, this.#options.moments).map((point) => {
      this.#points += 1;
      return { operation, point, failing, order: this.#points };
    });
  }

  /** @returns all points that were passed; where a step fails and nothing is undone, none on the way back */
  async #rehearse(operation: Operation, failing: FailingStep | undefined): Promise<ProbePoint[]> {
    const { installation } = this.#world;
    const subject = await operation.prepare(this.#world, this.#nextName());
    await installation.engine.ask({ kind: 'passed' });
    // A job that has just made ready may still tell that its last step is noted.
    const earlier = new Set((await installation.rows('select id from saga')).map(({ id }) => String(id)));
    if (failing !== undefined) await installation.engine.ask({ kind: 'fail-at', ...failing });
    const answer = (await operation.begin(this.#world, subject)) as Answer | undefined;
    if (answer !== undefined && answer.status >= 400) throw new Error(`${operation.name} is refused: ${answer.text}`);
    await this.#jobsEnd();
    const told = await installation.engine.ask<ProbePoint[]>({ kind: 'passed' });
    const passed = told.filter(({ sagaId }) => !earlier.has(sagaId));
    await operation.conclude?.(this.#world, subject);
    await this.#jobsEnd().catch(async (error: unknown) => {
      throw new Error(`${String(error)}; ${(await this.#atWork()).join('; ')}`, { cause: error });
    });
    // What only stops there, for its user to ask again, has nothing on the way back to try.
    const goesBack = failing === undefined || passed.some(({ going }) => going === 'undo');
    const flaws = goesBack ? await this.#flaws() : [];
    assert.deepEqual(flaws, [], `${operation.name}${failing ? ` with ${failing.step} failing` : ''} leaves something behind undisturbed`);
    await this.cleanUp(subject);
    return passed.filter(({ saga }) => !ownJobs.includes(saga) && (operation.saga === undefined || operation.saga === saga));
  }

  /** Runs cases that have the same victim together: all jobs stop at their points, then the victim is killed once. */
  async run(cases: readonly Case[]): Promise<Outcome[]> {
    const victim = cases[0]?.victim;
    assert.ok(victim !== undefined && cases.every((one) => one.victim === victim));
    const all: Running[] = [];
    const laps: string[] = [];
    let since = performance.now();
    const lap = (name: string): void => {
      laps.push(`${name} ${Math.round((performance.now() - since) / 100) / 10} s`);
      since = performance.now();
    };
    const unprepared: Outcome[] = [];
    await inTurns(cases, this.#options.atOnce, async (one) => {
      try {
        all.push({ one, subject: await one.operation.prepare(this.#world, this.#nextName()), sagaId: '', failure: '' });
      } catch (error) {
        unprepared.push({ one, text: 'not prepared', flaws: [String(error)] });
      }
    });
    lap('made ready');
    // What goes on by itself while others are still on their way to their points comes last.
    for (const running of all.toSorted((a, b) => Number(a.one.operation.moves ?? false) - Number(b.one.operation.moves ?? false)))
      await this.#bringToPoint(running);
    lap('at their points');
    const unhurt = await this.#kill(victim, all);
    lap('killed and started');
    const stuck = await this.#settle(all);
    lap('settled');
    const flaws = await this.#flaws();
    const outcomes: Outcome[] = [...unprepared];
    for (const running of all) outcomes.push(await this.#judge(running, unhurt, [...stuck, ...flaws], all.length));
    lap('looked at');
    await inTurns(all, this.#options.atOnce, async ({ subject }) => {
      await this.cleanUp(subject).catch((error: unknown) => this.#say(`${subject.name}: ${String(error)}`));
    });
    lap('removed');
    this.#say(`${victim}: ${cases.length} cases: ${laps.join(', ')}`);
    return outcomes;
  }

  #say(line: string): void {
    this.#options.onProgress?.(line);
  }

  async #bringToPoint(running: Running): Promise<void> {
    const { one, subject } = running;
    const { engine } = this.#world.installation;
    const arrived = new Promise<ProbePoint>((resolve) => {
      this.#arrived = resolve;
    });
    await engine.ask({ kind: 'stop-at', point: one.point });
    if (one.failing !== undefined) await engine.ask({ kind: 'fail-at', ...one.failing });
    const begun = one.operation.begin(this.#world, subject).then(
      (answer) => (answer as Answer | undefined)?.text,
      () => undefined,
    );
    const waiting = new AbortController();
    const late = delay(arrivalTimeoutMs, null, { signal: waiting.signal }).catch(() => null);
    const point = await Promise.race([arrived, late]);
    waiting.abort();
    if (point === null) {
      const answer = await Promise.race([begun, delay(1)]);
      running.failure = `no job came to ${nameOfPoint(one.point)}: ${String(answer).slice(0, 300)}`;
    } else running.sagaId = point.sagaId;
  }

  /** @returns the subjects for which there was nobody to kill, and nothing to call off any more */
  async #kill(victim: Victim, all: readonly Running[]): Promise<ReadonlySet<Subject>> {
    const { installation } = this.#world;
    const subjects = all.map(({ subject }) => subject);
    if (victim === 'job') {
      const late = await this.#callOff(all);
      await installation.engine.ask({ kind: 'go-on' });
      return late;
    }
    if (victim === 'engine') {
      await installation.engine.kill();
      await installation.startEngine();
      return new Set();
    }
    if (victim === 'PostgreSQL') await installation.killPostgres();
    const unhurt = victim === 'PostgreSQL' ? new Set<Subject>() : await this.#world.kill(victim, subjects);
    await installation.engine.ask({ kind: 'go-on' });
    await delay(this.#options.downMs);
    await (victim === 'PostgreSQL' ? installation.startPostgres() : this.#world.revive(victim));
    return unhurt;
  }

  /** @returns the subjects whose jobs have come too far */
  async #callOff(all: readonly Running[]): Promise<ReadonlySet<Subject>> {
    const late = new Set<Subject>();
    await inTurns(
      all.filter(({ sagaId }) => sagaId !== ''),
      this.#options.atOnce,
      async (running) => {
        const answer = await this.#world.installation.rest.post(`/virgate/api/jobs/${running.sagaId}/cancellation`, {});
        if (['job_too_late', 'job_ended'].includes(String(answer.body.code))) late.add(running.subject);
        else if (answer.status !== 200) running.failure = `it can not be called off: ${answer.status} ${answer.text}`;
      },
    );
    return late;
  }

  #jobsEnd(): Promise<unknown> {
    return eventually(
      'all jobs end',
      async () => {
        const isQuiet = async (): Promise<boolean> =>
          (
            await this.#world.installation
              .rows(
                `select 1 from saga where status in ('pending', 'running', 'undoing') and name <> all($1) union all select 1 from object_lock`,
                [ownJobs],
              )
              .catch(() => [null])
          ).length === 0;
        if (!(await isQuiet())) return false;
        // What a job's end sets off comes a moment later.
        await delay(quietMs);
        return isQuiet();
      },
      this.#options.settleTimeoutMs,
    );
  }

  /** Jobs that have not ended, with what their titles name. */
  async #atWork(): Promise<string[]> {
    const rows = await this.#world.installation.rows(
      `select s.name, s.title, s.status, t.name as step, t.attempt, t.undo_attempt, t.polls, t.error from saga s
       left join saga_step t on t.saga_id = s.id and t.done_at is null where s.status in ('pending', 'running', 'undoing')`,
    );
    return rows.map((row) => `still at work: ${JSON.stringify(row)}`);
  }

  /** @returns what did not come to its end */
  async #settle(all: readonly Running[]): Promise<string[]> {
    const { installation } = this.#world;
    const stuck: string[] = [];
    const attempt = async (work: () => Promise<unknown>): Promise<void> => {
      await work().catch((error: unknown) => stuck.push(String(error)));
    };
    const { settleTimeoutMs } = this.#options;
    await attempt(() =>
      eventually(
        'the hosts are up',
        async () => {
          const hosts = ((await installation.rest.get('/hosts').catch(() => undefined))?.body.host ?? []) as Json[];
          if (hosts.length === 0) return false;
          const known = await installation.rows('select 1 from host_statistics');
          // A crash of PostgreSQL empties the statistics until the next look; without them no VM is placed.
          return hosts.every((host) => host.status === 'up') && known.length >= hosts.length;
        },
        settleTimeoutMs,
      ),
    );
    for (const { one, subject } of all) await attempt(async () => one.operation.conclude?.(this.#world, subject));
    await this.#jobsEnd().catch(async (error: unknown) => {
      const left = await this.#atWork();
      stuck.push(...(left.length > 0 ? left : [String(error)]));
    });
    return stuck;
  }

  /** What is wrong now, without what was wrong before. */
  async #flaws(): Promise<string[]> {
    let flaws: string[] = [];
    await eventually(
      'database, storage and hypervisors agree',
      async () => {
        const found = await openFlaws(this.#world).catch((error: unknown) => [`nobody could look at ${this.#count}: ${String(error)}`]);
        flaws = found.filter((flaw) => !this.#known.has(flaw));
        return flaws.length === 0;
      },
      this.#options.settleTimeoutMs / 2,
    ).catch(() => undefined);
    for (const flaw of flaws) this.#known.add(flaw);
    return flaws;
  }

  async #judge(running: Running, unhurt: ReadonlySet<Subject>, flaws: readonly string[], count: number): Promise<Outcome> {
    const { one, subject, sagaId, failure } = running;
    if (failure !== '') return { one, text: failure, flaws: [failure] };
    const { installation } = this.#world;
    const [job] = await installation.rows('select status, error from saga where id = $1', [sagaId]);
    const own: string[] = [];
    const status = String(job?.status);
    if (one.victim === 'engine' && one.failing === undefined && status !== 'succeeded')
      own.push(`the job is ${status}: an engine that comes back goes on with it; ${JSON.stringify(job?.error)}`);
    if (one.victim === 'job' && !unhurt.has(subject) && status !== 'aborted' && !one.operation.name.startsWith('move'))
      own.push(`the job was called off in time and is ${status}`);
    const launches = (await this.#world.launches?.(subject.vmId)) ?? 0;
    if (['engine', 'agent', 'PostgreSQL'].includes(one.victim) && launches > 1) own.push(`QEMU was started ${launches} times`);
    const content = status === 'succeeded' ? (one.operation.contentAfter ?? subject.content) : subject.content;
    own.push(...(await contentFlaws(this.#world, subject, content)));
    const about = new Set([subject.name, subject.vmId, subject.diskId].filter((word) => word !== ''));
    const mine = flaws.filter((flaw) => count === 1 || [...about].some((word) => flaw.includes(word)) || !/chaos-\d/.test(flaw));
    const vm = subject.vmId === '' ? '' : `, VM ${(await installation.rest.get(`/vms/${subject.vmId}`)).body.status ?? 'gone'}`;
    const hurt = !unhurt.has(subject) ? '' : one.victim === 'job' ? ' (too late)' : ' (no such process then)';
    return { one, text: `${status}${vm}${hurt}`, flaws: [...own, ...mine] };
  }

  /** Removes all that a run has made. */
  async cleanUp(subject: Subject): Promise<void> {
    const { rest } = this.#world.installation;
    const rows = (text: string): Promise<Json[]> => this.#world.installation.rows(text, [`${subject.name}%`]);
    const named = (kind: 'vm' | 'template'): Promise<Json[]> => rows(`select id from vm where entity_type = '${kind}' and name like $1`);
    for (const { id } of await named('vm')) {
      const { status } = (await rest.get(`/vms/${id}`)).body;
      if (status !== 'down') {
        await rest.post(`/vms/${id}/stop`, { force: true });
        await eventually('the VM is down', async () => (await rest.get(`/vms/${id}`)).body.status === 'down', arrivalTimeoutMs);
      }
      const { body } = await rest.get(`/vms/${id}/snapshots`);
      if (((body.snapshot ?? []) as Json[]).some((one) => one.snapshot_status === 'in_preview'))
        expectStatus(await rest.post(`/vms/${id}/undosnapshot`, {}), 200);
      expectStatus(await rest.delete(`/vms/${id}`), 200);
    }
    for (const { id } of await named('template')) expectStatus(await rest.delete(`/templates/${id}`), 200);
    for (const { id } of await rows('select id from disk where name like $1')) expectStatus(await rest.delete(`/disks/${id}`), 200, 404);
  }
}
