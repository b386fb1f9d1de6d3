import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verbParameters } from '@virgate/contract/generated/vdsm';
import { routes } from '@virgate/contract/routes';
import { waiting } from '@virgate/engine';
import { answeredVerbs } from '@virgate/host';

/** The table may only shrink: take this down with it. Who finds a case that says 501 without the table raises it with that case. */
const most = 1;

test('what waits for hosts are operations of the contract', () => {
  const known = new Set(routes.map(({ http, template, action }) => `${http} ${template}${action === undefined ? '' : `/${action}`}`));
  for (const { operation } of waiting) assert.ok(known.has(operation), operation);
});

test('what waits for hosts waits for verbs of the contract that the host agent does not answer', () => {
  const answered = new Set(answeredVerbs());
  assert.ok(answered.has('VM.create'), 'the list of answered verbs is read');
  for (const entry of waiting) {
    const { operation, verb } = entry;
    assert.ok(Object.hasOwn(verbParameters, verb), verb);
    assert.equal(answered.has(verb), 'part' in entry, `${operation}: whether the host agent answers ${verb}, at least in part`);
  }
});

test('every case stands in the table once, and the table does not grow', () => {
  const cases = waiting.map((entry) => `${entry.operation} ${'when' in entry ? entry.when : ''}`);
  assert.equal(new Set(cases).size, cases.length);
  assert.ok(waiting.length <= most, `${waiting.length} wait for hosts, and ${most} did`);
});
