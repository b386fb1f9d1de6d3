import { sql } from 'kysely';
import type { Engine } from '../engine.ts';
import type { EventStream } from './event-streams.ts';
import { feedLimits } from './limits.ts';
import type { View } from './visible.ts';

/** Latest figures of one object; what is unknown is left out, never zero. */
export interface Figures {
  type: 'vm' | 'host';
  id: string;
  cpuPercent?: number;
  memoryPercent?: number;
  networkPercent?: number;
}

interface Row {
  type: 'vm' | 'host';
  id: string;
  cpu: number | null;
  memory: number | null;
  network: number | null;
}

interface Sample {
  figures: Figures;
  /** Number of the look at the tables that found it new. */
  look: number;
}

/** Figures that are new to somebody, and the event that tells them; empty when there are none. */
interface Fresh {
  figures: readonly Figures[];
  text: string;
}

const textOf = (figures: readonly Figures[]): string => `event: statistics\ndata: ${JSON.stringify(figures)}\n\n`;
const figuresOf = ({ type, id, cpu, memory, network }: Row): Figures => ({
  type,
  id,
  ...(cpu === null ? {} : { cpuPercent: cpu }),
  ...(memory === null ? {} : { memoryPercent: memory }),
  ...(network === null ? {} : { networkPercent: network }),
});
const same = (a: Figures, b: Figures): boolean =>
  a.cpuPercent === b.cpuPercent && a.memoryPercent === b.memoryPercent && a.networkPercent === b.networkPercent;

/**
 * The latest figures, for everybody who follows them: one look at the tables a second while there is somebody, and each subscriber gets
 * what changed since he got something. Only the latest counts: who is slow misses what lay between.
 */
export class StatisticsChannel {
  readonly #engine: Engine;
  #samples = new Map<string, Sample>();
  #look = 0;
  /** What is new at the look of a number, by the look that was seen before. */
  readonly #fresh = new Map<number, Fresh>();
  #freshOf = 0;
  #subscribers = 0;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #looked = Promise.withResolvers<void>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#looked.resolve();
  }

  /** Looks at the tables; a look that is under way is waited for instead. */
  #refresh(): Promise<void> {
    this.#looking ??= this.#read().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  async #read(): Promise<void> {
    const { rows } = await sql<Row>`
      select 'vm' as type, s.vm_id::text as id, s.cpu_usage_percent as cpu, s.memory_usage_percent as memory, s.network_usage_percent as network
        from vm_statistics s join vm_state t on t.vm_id = s.vm_id where t.host_id is not null
      union all
      select 'host', s.host_id::text, round(s.cpu_user_percent + s.cpu_system_percent)::int, s.memory_used_percent, null
        from host_statistics s join host_state h on h.host_id = s.host_id where h.status = 'up'`.execute(this.#engine.db);
    this.#look += 1;
    const samples = new Map<string, Sample>();
    for (const row of rows) {
      const figures = figuresOf(row);
      const before = this.#samples.get(row.id);
      samples.set(row.id, before && same(before.figures, figures) ? before : { figures, look: this.#look });
    }
    this.#samples = samples;
    this.#looked.resolve();
    this.#looked = Promise.withResolvers();
  }

  /** What is new since a look: found and written once for all who have seen the same. */
  #freshSince(seen: number): Fresh {
    if (this.#freshOf !== this.#look) this.#fresh.clear();
    this.#freshOf = this.#look;
    const known = this.#fresh.get(seen);
    if (known !== undefined) return known;
    const figures = [...this.#samples.values()].filter((sample) => sample.look > seen).map((sample) => sample.figures);
    const fresh = { figures, text: figures.length === 0 ? '' : textOf(figures) };
    this.#fresh.set(seen, fresh);
    return fresh;
  }

  #open(): void {
    this.#subscribers += 1;
    this.#timer ??= setInterval(() => {
      this.#refresh().catch((error: unknown) =>
        this.#engine.log.warn({ err: error }, 'the latest figures could not be read; it is tried again'),
      );
    }, feedLimits.statisticsMs);
  }

  #leave(): void {
    this.#subscribers -= 1;
    if (this.#subscribers === 0) this.close();
  }

  /** Writes figures to a subscriber until his stream ends. */
  async write(view: View, stream: EventStream): Promise<void> {
    this.#open();
    const ended = new Promise<void>((resolve) => stream.signal.addEventListener('abort', () => resolve(), { once: true }));
    try {
      await this.#refresh();
      let seen = 0;
      while (!stream.signal.aborted) {
        const look = this.#look;
        const fresh = this.#freshSince(seen);
        seen = look;
        const shown = await view.among(fresh.figures);
        if (shown.length > 0) await stream.send(shown === fresh.figures ? fresh.text : textOf(shown));
        if (this.#look === look) await Promise.race([this.#looked.promise, ended]);
      }
    } finally {
      this.#leave();
    }
  }
}
