import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from '@virgate/sdk';
import { commonValues, initialValues } from './form.ts';
import { runBulk } from './bulk.ts';
import type { FormDescription } from './kind.ts';

test('several objects get a request each, and one that refuses keeps the others from nothing', async () => {
  const asked: string[] = [];
  let running = 0;
  let most = 0;
  const results = await runBulk(
    {} as Client,
    {
      key: 'start',
      label: 'vm.action.start',
      run: async (_, target, body) => {
        running += 1;
        most = Math.max(most, running);
        await Promise.resolve();
        running -= 1;
        asked.push(target.id);
        (body as { count: number }).count += 1;
        assert.deepEqual(body, { count: 1 });
        if (target.id === '3') throw new Error('no host has room');
      },
    },
    Array.from({ length: 9 }, (_, index) => ({ id: String(index) })),
    { count: 0 },
  );
  assert.deepEqual(asked.toSorted(), ['0', '1', '2', '3', '4', '5', '6', '7', '8']);
  assert.ok(most > 1 && most <= 4, `${most} at once`);
  assert.deepEqual(
    results.filter((one) => one.error !== undefined).map((one) => [one.entity.id, String(one.error)]),
    [['3', 'Error: no host has room']],
  );
});

test('a form for several begins with what they have in common', () => {
  const form: FormDescription = {
    title: 'vm.edit',
    edits: true,
    tabs: [
      {
        label: 'form.tab.general',
        fields: [
          { label: 'label.description', path: 'description', control: { kind: 'text' } },
          { label: 'label.comment', path: 'comment', control: { kind: 'text' } },
          { label: 'label.stateless', path: 'stateless', control: { kind: 'check' } },
        ],
      },
    ],
  };
  const all = [
    { id: '1', description: 'same', comment: 'a', stateless: true },
    { id: '2', description: 'same', comment: 'b', stateless: false },
  ].map((one) => initialValues(form, one));
  const { values, mixed } = commonValues(form, all);
  assert.deepEqual(values, { description: 'same', comment: '', stateless: false });
  assert.deepEqual([...mixed], ['comment', 'stateless']);
});
