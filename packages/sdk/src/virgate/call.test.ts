import assert from 'node:assert/strict';
import { test } from 'node:test';
import { virgateServices } from '@virgate/contract/generated/virgate';
import { createClient } from '../index.ts';

test('every declared method is reached under its path and verb', async () => {
  const sent: string[] = [];
  const client = createClient({
    url: 'https://engine.example',
    fetch: (input, init) => {
      sent.push(`${init?.method} ${new URL(String(input)).pathname}`);
      return Promise.resolve(new Response('{}'));
    },
  });
  let count = 0;
  for (const { path, methods } of Object.values(virgateServices)) {
    for (const { name, http, action, body, stream, file } of methods) {
      if (stream !== undefined || file !== undefined) continue;
      let place = client.virgate as unknown as Record<string, unknown>;
      for (const segment of path.split('/').slice(1)) {
        const property = segment.replace(/^\{(\w+)\}$/, '$1').replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
        const next = place[property];
        place = (segment.startsWith('{') ? (next as (id: string) => unknown)('an id') : next) as typeof place;
      }
      await (place[name] as (...args: unknown[]) => Promise<unknown>)(...(body === undefined ? [] : [{}]));
      count += 1;
      assert.equal(sent.at(-1), `${http} /virgate/api${path.replace(/\{\w+\}/g, 'an%20id')}${action === undefined ? '' : `/${action}`}`);
    }
  }
  assert.equal(sent.length, count);
  assert.ok(count > 20);
});

test('parameters, bodies and names that there are not', async () => {
  const sent: string[] = [];
  const client = createClient({
    url: 'https://engine.example',
    fetch: (input, init) => {
      sent.push(`${new URL(String(input)).search} ${typeof init?.body === 'string' ? init.body : ''}`);
      return Promise.resolve(new Response('[]'));
    },
  });
  await client.virgate.can.get({ objects: ['vm:1', 'host:2'], actions: ['start'] });
  await client.virgate.options.option('X').update({ value: null });
  assert.deepEqual(sent, ['?objects=vm%3A1%2Chost%3A2&actions=start ', ' {"value":null}']);
  const loose = client.virgate as unknown as Record<string, Record<string, () => Promise<unknown>>>;
  await assert.rejects(async () => await loose['can']?.['explode']?.(), TypeError);
  await assert.rejects(async () => await loose['nowhere']?.['get']?.(), TypeError);
  assert.equal(sent.length, 2);
});
