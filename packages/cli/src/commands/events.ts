import type { Event } from '@virgate/contract/generated/types';
import type { Client } from '@virgate/sdk';
import { parseArguments } from '../call/arguments.ts';
import type { Takes } from '../call/arguments.ts';
import { generalFrom, generalOptions } from '../call/general-options.ts';
import type { GeneralOptions } from '../call/general-options.ts';
import { valueOf } from '../call/value.ts';
import { connect } from '../connection/connect.ts';
import { readable, renderList } from '../output/render.ts';
import { safeJson, safeText } from '../output/safe-text.ts';
import { write } from '../terminal/terminal.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { defined, renderingOf } from './call.ts';

const options: Readonly<Record<string, Takes>> = { follow: 'flag', search: 'value', max: 'value' };
const defaultCount = 25;
/** More at once than that have been missed, not followed. */
const maxAtOnce = 1_000;
/** How often is looked when the change feed says nothing, so that an event which it lost is not lost here. */
const besideFeedMs = 15_000;

/** `virgate events [-f] [--search QUERY] [--max N]`: the last events, oldest first; with `-f` each as it happens. */
export async function events(args: readonly string[], inherited: GeneralOptions, terminal: Terminal): Promise<void> {
  const { words, given } = parseArguments(
    args.map((arg) => (arg === '-f' ? '--follow' : arg)),
    {
      command: 'virgate events',
      takes: (name) => options[name] ?? generalOptions[name]?.takes,
      names: () => [...Object.keys(options), ...Object.keys(generalOptions)],
    },
  );
  // `virgate events list` is the same operation as `virgate event list`.
  if (words.length > 0) {
    const { runCall } = await import('./call.ts');
    return await runCall(['event', ...args], inherited, terminal);
  }
  const general: GeneralOptions = { ...inherited, ...defined(generalFrom(given.filter(({ name }) => options[name] === undefined))) };
  const value = (name: string): string | undefined => given.findLast((one) => one.name === name)?.value;
  const max = valueOf({ kind: 'int', values: [] }, value('max') ?? defaultCount, '--max') as number;
  const search = value('search');
  const connection = connect(general, terminal.environment);
  try {
    const last = await connection.client.events.list({ max, ...(search === undefined ? {} : { search }) }, { signal: terminal.signal });
    const rows = last.toSorted(byNumber);
    if (value('follow') !== 'true') return await write(terminal.stdout, renderList('Event', rows, renderingOf(general, terminal)));
    await follow(connection.client, { rows, search, json: general.output === 'json' }, terminal);
  } finally {
    connection.close();
  }
}

const byNumber = (a: Event, b: Event): number => Number(a.id) - Number(b.id);

interface Following {
  readonly rows: readonly Event[];
  readonly search: string | undefined;
  readonly json: boolean;
}

async function follow(client: Client, { rows, search, json }: Following, terminal: Terminal): Promise<void> {
  let seen = rows.reduce((most, { id }) => Math.max(most, Number(id)), 0);
  const line = (event: Event): string => (json ? `${safeJson(JSON.stringify(readable('Event', event)))}\n` : lineOf(event));
  for (const event of rows) await write(terminal.stdout, line(event));
  let wake = (): void => undefined;
  let struck = false;
  const strike = (): void => {
    struck = true;
    wake();
  };
  const watch = client.virgate.watchChanges({
    onChange: ({ type }) => type === 'event' && strike(),
    onResync: strike,
    // What happened between the list and the begin of the feed.
    onState: (state) => state === 'open' && strike(),
  });
  const failed = watch.closed.then(
    () => undefined,
    (error: unknown) => {
      strike();
      return { error };
    },
  );
  terminal.signal.addEventListener('abort', strike, { once: true });
  terminal.stdout.once('error', strike);
  try {
    while (!terminal.signal.aborted) {
      const over = await Promise.race([failed, Promise.resolve(undefined)]);
      if (over !== undefined) throw over.error;
      struck = false;
      const later = await client.events.list(
        { from: seen, max: maxAtOnce, ...(search === undefined ? {} : { search }) },
        { signal: terminal.signal },
      );
      for (const event of later.toSorted(byNumber)) {
        if (Number(event.id) <= seen) continue;
        seen = Number(event.id);
        await write(terminal.stdout, line(event));
      }
      if (!struck) await pause((resolve) => (wake = resolve));
    }
  } catch (error) {
    // Ctrl+C is how following ends.
    if (!terminal.signal.aborted) throw error;
  } finally {
    watch.close();
    await failed;
  }
}

function pause(register: (resolve: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, besideFeedMs);
    register(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function lineOf({ time, severity, description, id }: Event): string {
  const at = time === undefined ? '' : new Date(time).toISOString();
  return `${at} ${(severity ?? '').padEnd(7)} ${safeText(description ?? '')} (${id})\n`;
}
