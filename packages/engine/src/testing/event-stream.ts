import { request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { TestContext } from 'node:test';

/** One server-sent event. */
export interface StreamEvent {
  id?: string;
  event: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests say themselves what they expect of it
  data: any;
}

const waitMs = 10_000;

/** A subscription to server-sent events, for tests. */
export class EventStream {
  readonly events: StreamEvent[] = [];
  readonly response: IncomingMessage;
  ended = false;
  #text = '';
  #wake: () => void = () => undefined;

  constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding('utf8');
    response.on('data', (part: string) => this.#take(part));
    for (const end of ['end', 'error', 'close']) {
      response.on(end, () => {
        this.ended = true;
        this.#wake();
      });
    }
  }

  #take(part: string): void {
    this.#text += part;
    const blocks = this.#text.split('\n\n');
    this.#text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(
        block
          .split('\n')
          .filter((line) => !line.startsWith(':'))
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      const event = fields.get('event');
      if (event !== undefined)
        this.events.push({
          event,
          data: JSON.parse(fields.get('data') ?? 'null'),
          ...(fields.has('id') ? { id: fields.get('id') ?? '' } : {}),
        });
    }
    this.#wake();
  }

  /** Waits until the events, or the end, satisfy a condition. @throws after ten seconds */
  async until(what: string, holds: (stream: EventStream) => boolean): Promise<void> {
    const deadline = Date.now() + waitMs;
    while (!holds(this)) {
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`Waited in vain until ${what}; received ${JSON.stringify(this.events)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  close(): void {
    this.response.destroy();
  }
}

/** Opens a stream of `path`; it is closed with the test. */
export function openStream(
  t: TestContext,
  engine: { url: string; caPem: string },
  path: string,
  headers: Record<string, string>,
): Promise<EventStream> {
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(path, engine.url),
      { ca: engine.caPem, agent: false, headers: { accept: 'text/event-stream', ...headers } },
      (response) => {
        const stream = new EventStream(response);
        t.after(() => stream.close());
        resolve(stream);
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}
