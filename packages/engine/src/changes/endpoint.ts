import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { refuse } from '../access/browser-sessions.ts';
import type { Engine } from '../engine.ts';
import { EventStreams, type EventStream } from './event-streams.ts';
import { ChangeFeed, type Change } from './feed.ts';
import { StatisticsChannel } from './statistics.ts';
import { View } from './visible.ts';

const eventOf = (change: Change): string =>
  `id: ${change.seq}\nevent: change\ndata: ${JSON.stringify({ seq: change.seq, type: change.type, id: change.id, op: change.op })}\n\n`;
const resyncOf = (seq: number): string => `id: ${seq}\nevent: resync\ndata: {"seq":${seq}}\n\n`;

/** Where a subscriber wants to begin; undefined for now, null for what is no number. */
function sinceOf(request: FastifyRequest): number | undefined | null {
  const text = new URL(request.url, 'https://engine').searchParams.get('since') ?? request.headers['last-event-id'];
  if (text === undefined) return undefined;
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** Writes what comes after a number, as far as the subscriber may see it, until the stream ends. */
async function writeChanges(feed: ChangeFeed, view: View, stream: EventStream, since: number, position: number): Promise<void> {
  await stream.send(`id: ${since}\nevent: position\ndata: {"seq":${since}}\n\n`);
  let seq = since;
  while (!stream.signal.aborted) {
    const batch = await feed.after(seq);
    const [first] = batch;
    const last = batch.at(-1);
    if (first === undefined || last === undefined) {
      await feed.changed(seq, stream.signal);
      continue;
    }
    // A subscriber that fell behind by more than what is kept has missed something.
    const missed = first.seq !== seq + 1;
    const { changes, resync } = await view.filter(batch, last.seq <= position);
    if (stream.signal.aborted) break;
    seq = last.seq;
    const text = changes.map(eventOf).join('') + (missed || resync ? resyncOf(seq) : '');
    if (text !== '') await stream.send(text);
  }
}

/**
 * Registers what clients follow:
 * - `GET /virgate/api/changes` answers server-sent events `change` with `{seq, type, id, op}`, beginning after `?since=` or
 *   `Last-Event-ID`, else now. `event: resync` tells that the subscriber sees other things than before.
 * - `GET /virgate/api/statistics` answers events `statistics` with a list of `{type, id, cpuPercent, memoryPercent, networkPercent}`:
 *   first the latest of everything that the subscriber may see, then at most once a second what was sampled anew.
 */
export function registerChanges(app: FastifyInstance, engine: Engine): void {
  const streams = new EventStreams(engine);
  const feed = new ChangeFeed(engine);
  const statistics = new StatisticsChannel(engine);
  const serveChanges = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    streams.serve(request, reply, async (user) => {
      const since = sinceOf(request);
      await feed.open();
      const view = new View(engine.db, user);
      const bounds = await feed.bounds();
      const gone = typeof since === 'number' && (since < bounds.removedTo || since > bounds.position);
      if (since === null) await refuse(reply, 400, 'invalid_request', 'since must be the number of a change.', 'since');
      else if (gone) {
        await refuse(
          reply,
          410,
          'resync',
          'The changes after this number are not kept any more. Read everything again, then follow without since.',
        );
      } else await view.open();
      return (stream) => writeChanges(feed, view, stream, since ?? bounds.position, bounds.position);
    });
  app.get('/virgate/api/changes', serveChanges);
  app.get('/virgate/api/statistics', (request, reply) =>
    streams.serve(request, reply, async (user) => {
      const view = new View(engine.db, user);
      await view.open();
      return (stream) => statistics.write(view, stream);
    }),
  );
  app.addHook('preClose', async () => {
    streams.close();
    statistics.close();
    await feed.close();
  });
}
