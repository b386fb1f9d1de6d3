import type { FastifyRequest } from 'fastify';
import type { Engine } from '../engine.ts';
import { refusal, type VirgateOperations } from '../virgate/operation.ts';
import { EventStreams, type EventStream } from './event-streams.ts';
import { eventOf, positionOf, resyncOf } from './event-text.ts';
import { ChangeFeed } from './feed.ts';
import { Frames } from './frames.ts';
import { StatisticsChannel } from './statistics.ts';
import { View } from './visible.ts';
import { watchedOf } from './watched.ts';

/** Where a subscriber wants to begin; undefined when it wants only what comes from here on. @throws {Fault} 400 */
function sinceOf(request: FastifyRequest, parameter: number | undefined): number | undefined {
  const header = request.headers['last-event-id'];
  if (parameter !== undefined || header === undefined) return parameter;
  if (typeof header === 'string' && /^\d{1,15}$/.test(header)) return Number(header);
  throw refusal(400, 'invalid_value', 'Last-Event-ID must be the number of a change.', 'since');
}

/** Writes what comes after a number, as far as the subscriber may see it, until the stream ends. */
async function writeChanges(feed: ChangeFeed, view: View, stream: EventStream, since: number, position: number): Promise<void> {
  await stream.send(positionOf(since));
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

/** What an engine's clients follow, and how it ends. */
export interface LiveChannels {
  operations: VirgateOperations;
  close(): Promise<void>;
}

/**
 * - `GET /virgate/api/changes` answers server-sent events `change` with `{seq, type, id, op, version, fields}`, beginning after `?since=` or
 *   `Last-Event-ID`, else now. `event: resync` tells that the subscriber sees other things than before. With `windows=` the events are
 *   frames of what he watches.
 * - `GET /virgate/api/statistics` answers events `statistics` with a list of `{type, id, cpuPercent, memoryPercent, networkPercent}`:
 *   first the latest of everything that the subscriber may see, then at most once a second what was sampled anew.
 */
export function liveChannels(engine: Engine): LiveChannels {
  const streams = new EventStreams(engine);
  const feed = new ChangeFeed(engine);
  const frames = new Frames(engine, feed);
  const statistics = new StatisticsChannel(engine);
  return {
    operations: {
      ChangesService: {
        follow: {
          async run({ user, params, request, reply }) {
            const since = sinceOf(request, params.since);
            const watched = params.windows === undefined ? undefined : watchedOf(params.windows);
            await streams.serve(user, reply, async () => {
              await feed.open();
              const view = new View(engine.db, user);
              const bounds = await feed.bounds();
              if (since !== undefined && (since < bounds.removedTo || since > bounds.position))
                throw refusal(
                  410,
                  'resync',
                  'The changes after this number are not kept any more. Read everything again, then follow without since.',
                );
              if (watched !== undefined) return (stream) => frames.follow(stream, user, watched, since);
              await view.open();
              return (stream) => writeChanges(feed, view, stream, since ?? bounds.position, bounds.position);
            });
            return undefined;
          },
        },
      },
      StatisticsService: {
        follow: {
          async run({ user, reply }) {
            await streams.serve(user, reply, async () => {
              const view = new View(engine.db, user);
              return (stream) => statistics.write(view, stream);
            });
            return undefined;
          },
        },
      },
    },
    async close() {
      streams.close();
      statistics.close();
      await frames.close();
      await feed.close();
    },
  };
}
