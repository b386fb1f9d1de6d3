import assert from 'node:assert/strict';
import { test } from 'node:test';
import { routes } from '@virgate/contract/routes';
import { CliError } from '../errors.ts';
import { allPlaces, findOperation, operationsAt } from './places.ts';

const find = (text: string) => {
  const words = text.split(' ');
  return findOperation(words, (taken) => words.length - taken).operation;
};

test('words lead to the operations of the contract', () => {
  const update = find('vm nic update web01 nic1');
  assert.equal(update.service, 'VmNicService');
  assert.deepEqual(
    update.steps.map(({ name, id }) => (id ? `{${name}}` : name)),
    ['vms', '{vm}', 'nics', '{nic}'],
  );
  assert.equal(find('vms list').service, 'VmsService');
  assert.equal(find('vm show web01').verb, 'get');
  assert.equal(find('storage-domain create').verb, 'add');
});

test('what is not there is refused with what may have been meant', () => {
  assert.throws(
    () => find('vmm list'),
    (error) => error instanceof CliError && error.code === 'unknown_command' && error.parts.hint?.includes('"vm"') === true,
  );
  assert.throws(
    () => find('vm strat web01'),
    (error) => error instanceof CliError && error.parts.hint?.includes('"start"') === true,
  );
  assert.throws(
    () => find('vm'),
    (error) => error instanceof CliError && error.code === 'incomplete_command',
  );
});

test('every path and verb of the contract is reached by words, and by nothing but its own', () => {
  const reached = new Set<string>();
  for (const place of allPlaces()) {
    for (const operation of operationsAt(place)) {
      const ids = operation.steps.filter(({ id }) => id).map(() => 'x');
      const words = [...place.kind.split(' '), operation.verb, ...ids];
      const found = findOperation(words, (taken) => words.length - taken).operation;
      assert.equal(found.service, operation.service, words.join(' '));
      assert.equal(found.verb, operation.verb, words.join(' '));
      const method = operation.methods[0];
      const path = operation.steps.map(({ name, id }) => (id ? '{}' : name.toLowerCase())).join('/');
      reached.add(`${method?.http} /${path}${method?.action === undefined ? '' : ` ${method.action}`}`);
    }
  }
  const wanted = routes.map(
    ({ http, template, action }) => `${http} ${template.replace(/\{[^}]*\}/g, '{}')}${action === undefined ? '' : ` ${action}`}`,
  );
  assert.deepEqual(
    wanted.filter((one) => !reached.has(one)),
    [],
  );
  assert.equal(wanted.length, 894);
});
