import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Conflict, createClient, JobFailed, WaitTimeout, waitUntil, type Client } from '../index.ts';

/** An engine with one VM, whose status and change feed the test decides. */
class Engine {
  status: string | undefined = 'down';
  jobStatus = 'finished';
  hasFeed = true;
  /** Answer of actions. */
  action: [number, object] = [200, { status: 'complete' }];
  reads = 0;
  #feeds: ReadableStreamDefaultController<Uint8Array>[] = [];
  #seq = 1;
  readonly client: Client = createClient({
    url: 'https://engine.example',
    fetch: (input, init) => Promise.resolve(this.#answer(String(input), init)),
  });

  get followers(): number {
    return this.#feeds.length;
  }

  tell(type = 'vm'): void {
    this.#seq += 1;
    const text = `id: ${this.#seq}\nevent: change\ndata: ${JSON.stringify({ seq: this.#seq, type, id: 'v', op: 'update' })}\n\n`;
    for (const feed of this.#feeds) feed.enqueue(new TextEncoder().encode(text));
  }

  #answer(url: string, init: RequestInit | undefined): Response {
    const { pathname } = new URL(url);
    if (pathname === '/virgate/api/changes') {
      if (!this.hasFeed) return new Response('', { status: 404 });
      return new Response(
        new ReadableStream({
          start: (controller) => {
            this.#feeds.push(controller);
            controller.enqueue(new TextEncoder().encode('id: 1\nevent: position\ndata: {"seq":1}\n\n'));
            init?.signal?.addEventListener('abort', () => {
              this.#feeds = this.#feeds.filter((one) => one !== controller);
              controller.error(init.signal?.reason);
            });
          },
        }),
      );
    }
    if (pathname.includes('/jobs/')) return Response.json({ id: 'j', description: 'Launching VM v', status: this.jobStatus });
    if (init?.method === 'POST' || init?.method === 'DELETE') return Response.json(this.action[1], { status: this.action[0] });
    this.reads += 1;
    return this.status === undefined ? new Response('', { status: 404 }) : Response.json({ id: 'v', status: this.status });
  }
}

const until = async (what: string, holds: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 1000 && !holds(); tries += 1) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(holds(), what);
};

test('an action waits for a status that the change feed tells, and looks no oftener than that', async () => {
  const engine = new Engine();
  const waiting = engine.client.vms.vm('v').start({ wait: 'up' });
  await until('it follows', () => engine.followers === 1 && engine.reads > 0);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const reads = engine.reads;
  engine.tell('host');
  engine.status = 'powering_up';
  engine.tell();
  await until('it looks again', () => engine.reads === reads + 1);
  engine.status = 'up';
  engine.tell();
  assert.equal((await waiting).status, 'complete');
  assert.equal(engine.reads, reads + 2);
  await until('the feed ends with the last wait', () => engine.followers === 0);
});

test('an engine without a feed is asked now and then', async () => {
  const engine = new Engine();
  engine.hasFeed = false;
  const waiting = waitUntil(engine.client.vms.vm('v'), (vm) => vm?.status === 'up');
  await until('it looks', () => engine.reads > 0);
  engine.status = 'up';
  assert.equal((await waiting)?.status, 'up');
});

test('a wait ends at its deadline, by its signal, with its job, and when the object is gone', async () => {
  const engine = new Engine();
  const vm = engine.client.vms.vm('v');
  const late = await vm.start({ wait: { for: 'up', timeoutMs: 30 } }).catch((error: unknown) => error);
  assert.ok(late instanceof WaitTimeout);
  assert.match(late.message, /Vm v did not become .* within \d+ ms; it is down/);
  const stop = new AbortController();
  const left = vm.start({ wait: { for: ['up', 'paused'], signal: stop.signal } });
  stop.abort(new Error('left the page'));
  await assert.rejects(left, /left the page/);
  engine.action = [202, { status: 'pending', job: { id: 'j' } }];
  engine.jobStatus = 'failed';
  await assert.rejects(vm.start({ wait: 'up' }), (error) => error instanceof JobFailed && error.job.id === 'j');
  engine.jobStatus = 'finished';
  await vm.start({ wait: 'job' });
  engine.status = undefined;
  await vm.remove({ wait: 'gone' });
  await assert.rejects(vm.start({ wait: 'up' }), /does not exist any more/);
  engine.action = [409, { status: 'failed', fault: { reason: 'Operation Failed', detail: '[VM is running.]' } }];
  await assert.rejects(vm.start({ wait: 'up' }), Conflict);
});

test('pages are read until one is not full', async () => {
  const asked: string[] = [];
  const client = createClient({
    url: 'https://engine.example',
    fetch: (input) => {
      const { searchParams } = new URL(String(input));
      asked.push(`${searchParams.get('search')} max ${searchParams.get('max')}`);
      return Promise.resolve(
        Response.json({ vm: asked.length < 3 ? [{ id: `${asked.length}a` }, { id: `${asked.length}b` }] : [{ id: 'last' }] }),
      );
    },
  });
  const ids: (string | undefined)[] = [];
  for await (const vm of client.vms.iterate({ search: 'name=web*', pageSize: 2 })) ids.push(vm.id);
  assert.deepEqual(ids, ['1a', '1b', '2a', '2b', 'last']);
  assert.deepEqual(asked, ['name=web* page 1 max 2', 'name=web* page 2 max 2', 'name=web* page 3 max 2']);
});
