import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchEntities } from '../generated/search.ts';
import { completeSearch } from './complete.ts';
import { fieldNamed, searchEntity } from './language.ts';
import { parseQuery, parseSearch, SearchError, type SearchCondition, type SearchErrorCode } from './parse.ts';
import { dateOf, durationSeconds } from './values.ts';

/** A condition as text, every pair in parentheses: what binds how. */
function shape(condition: SearchCondition | null): string {
  if (condition === null) return '';
  if (condition.kind === 'text') return `${condition.entity}${condition.negated ? '!~' : '~'}${condition.value}`;
  if (condition.kind === 'compare') return `${condition.entity}.${condition.field.name}${condition.operator}${condition.value}`;
  return `(${condition.of.map(shape).join(condition.kind === 'all' ? ' & ' : ' | ')})`;
}
const parsed = (text: string): string => {
  const { condition, sort, page } = parseQuery(text);
  const order = sort === null ? '' : ` by ${sort.field.name}${sort.descending ? ' down' : ''}`;
  return `${shape(condition)}${order}${page === null ? '' : ` page ${page}`}`;
};

test('queries mean what they say', () => {
  const cases: [string, string][] = [
    ['Vms:', ''],
    ['VM: name=web*', 'vm.name=web*'],
    ['vms: Name = "a b"', 'vm.name=a b'],
    ['Vms: status=up and memory>=4096 sortby name asc page 2', '(vm.status=up & vm.memory>=4096) by name page 2'],
    ['Vms: a or b and c', '(vm~a | (vm~b & vm~c))'],
    ['Vms: name=a or name=b name=c', '((vm.name=a | vm.name=b) & vm.name=c)'],
    ['Vms: (name=a or name=b) and status=Powering_Up', '((vm.name=a | vm.name=b) & vm.status=poweringup)'],
    ['Vms: Host = f17*', 'host~f17*'],
    ['Vms: Hosts != f17', 'host!~f17'],
    ['Vms: Hosts.name=node1 and uptime>1.00:00', '(host.name=node1 & vm.uptime>1.00:00)'],
    ['Vms: user.name = "user1" and user.tag="tag1"', '(user.name=user1 & user.tag=tag1)'],
    ['Vms: SORTBY IP DESC', ' by ip down'],
    ['Vms: osaka', 'vm~osaka'],
    ['Vms: mac=00:1a:4a', 'vm~mac=00:1a:4a'],
    ['Vms: vm.name=x', 'vm.name=x'],
    ['Vms: name=a=b', 'vm.name=a=b'],
    ['Vms: name="(x)"', 'vm.name=(x)'],
    ['Vms: name=(x)', 'vm.name=(x)'],
    ['Host: EVENT.severity=error and CPU_USAGE > 80 sortby cpu_usage desc', '(event.severity=error & host.cpu_usage>80) by cpu_usage down'],
    ['Hosts: Nic.mac=00:1a:4a:d4:53:94', 'nic.mac=00:1a:4a:d4:53:94'],
    ['Storage: datacenter != Default and datacenter != DC42', '(storage.datacenter!=Default & storage.datacenter!=DC42)'],
    ['Disks: number_of_vms>1 and shareable=TRUE', '(disk.number_of_vms>1 & disk.shareable=true)'],
    ['Events: severity>normal and time=Today', '(event.severity>normal & event.time=Today)'],
    ['Network: Cluster_network.network_name=cluster1 and name=network1', '(cluster_network.network_name=cluster1 & network.name=network1)'],
    ['Templates: quota=""', 'template.quota='],
    ['Storage: low_space_threshold=10', 'storage.low_space_threshold=10'],
  ];
  for (const [text, expected] of cases) assert.equal(parsed(text), expected, text);
});

test('what makes no sense is refused, with its place', () => {
  const cases: [string, SearchErrorCode, string][] = [
    ['', 'INVALID_SEARCH_OBJECT', ''],
    ['Things: a', 'INVALID_SEARCH_OBJECT', 'Things'],
    ['Nic: mac=a', 'INVALID_SEARCH_OBJECT', 'Nic'],
    ['Vms name=a', 'COLON_NOT_NEXT_TO_SEARCH_OBJECT', 'n'],
    ['Vms: name>a', 'INVALID_CONDITION_RELATION', '>'],
    ['Vms: Host > a', 'INVALID_CONDITION_RELATION', '>'],
    ['Vms: =a', 'INVALID_CONDITION_FILED', '='],
    ['Vms: Host.nonsense=a', 'INVALID_CONDITION_FILED', 'nonsense'],
    ['Vms: status=flying', 'INVALID_CONDITION_VALUE', 'flying'],
    ['Vms: memory>lots', 'INVALID_CONDITION_VALUE', 'lots'],
    ['Vms: creationdate>someday', 'INVALID_CONDITION_VALUE', 'someday'],
    ['Vms: uptime>often', 'INVALID_CONDITION_VALUE', 'often'],
    ['Vms: name=', 'INVALID_CONDITION_VALUE', ''],
    ['Vms: name="a', 'INVALID_CONDITION_VALUE', '"a'],
    ["Vms: name=o'brien", 'INVALID_CHARECTER', "'"],
    ['Vms: name=a;', 'INVALID_CHARECTER', ';'],
    ['Vms: name=a\\', 'INVALID_CHARECTER', 'a\\'],
    ['Vms: name=a and', 'INVALID_POST_OR_AND_PHRASE', ''],
    ['Vms: or name=a', 'INVALID_POST_OR_AND_PHRASE', 'or'],
    ['Vms: sortby nonsense', 'INVALID_SORT_FIELD', 'nonsense'],
    ['Vms: sortby', 'INVALID_SORT_FIELD', ''],
    ['Vms: page', 'INVALID_PAGE_FEILD', ''],
    ['Vms: page 0', 'INVALID_PAGE_FEILD', '0'],
    ['Vms: page 1 name=a', 'NOTHING_COMES_AFTER_PAGE_VALUE', 'name=a'],
    ['Vms: sortby name asc name=a', 'INVALID_POST_CONDITION_VALUE_PHRASE', 'name=a'],
    ['Vms: (name=a', 'UNBALANCED_PARENTHESES', '('],
    ['Vms: name=a )', 'UNBALANCED_PARENTHESES', ')'],
    ['Vms: ()', 'UNBALANCED_PARENTHESES', ')'],
    [`Vms: ${'('.repeat(50)}`, 'TOO_MANY_CONDITIONS', '('.repeat(30)],
    [`Vms: ${'a '.repeat(200)}`, 'TOO_MANY_CONDITIONS', 'a '.repeat(100)],
    [`Vms: ${'a'.repeat(5000)}`, 'TOO_LONG', 'a'.repeat(909)],
    ['Events: usrid=a', 'INVALID_CONDITION_RELATION', '='],
  ];
  for (const [text, code, part] of cases) {
    assert.throws(
      () => parseQuery(text),
      (error) =>
        error instanceof SearchError && (assert.deepEqual([error.code, text.slice(error.from, error.to)], [code, part], text), true),
    );
  }
});

test('no text brings the parser down, and none takes it long', () => {
  const pieces = [
    'name',
    '=',
    '!=',
    '"',
    '(',
    ')',
    ' ',
    'and',
    'or',
    'sortby',
    'page',
    '1',
    '*',
    'Host.',
    '.',
    '\u0000',
    '\ud800',
    '<',
    '💾',
    '\\',
    '!',
  ];
  let seed = 42;
  const random = (below: number): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % below;
  for (let round = 0; round < 5000; round += 1) {
    const text = Array.from({ length: random(40) }, () => pieces[random(pieces.length)]).join(random(2) === 0 ? '' : ' ');
    try {
      parseSearch('vm', text);
    } catch (error) {
      assert.ok(error instanceof SearchError && error.from <= error.to && error.to <= Math.max(text.length, 1), JSON.stringify(text));
    }
    completeSearch('vm', text, new Date(0));
  }
});

test('dates and durations', () => {
  const now = new Date(2026, 10, 25, 14, 30);
  assert.deepEqual(dateOf('Today', now), new Date(2026, 10, 25));
  assert.deepEqual(dateOf('yesterday', now), new Date(2026, 10, 24));
  assert.deepEqual(dateOf('Monday', now), new Date(2026, 10, 23));
  assert.deepEqual(dateOf('Wednesday', now), new Date(2026, 10, 18), 'the day of today means that of last week');
  assert.deepEqual(dateOf('-2h', now), new Date(2026, 10, 25, 12, 30));
  assert.deepEqual(dateOf('2026-11-01', now), new Date(2026, 10, 1));
  assert.deepEqual(dateOf('2026-11-01T10:00:00Z', now), new Date(Date.UTC(2026, 10, 1, 10)));
  for (const none of ['', 'soon', '99999999999999', '-h']) assert.equal(dateOf(none, now), null, none);
  assert.deepEqual(['2', '1.00:30', '10:00', '10:00:05', 'x', '1.2'].map(durationSeconds), [172_800, 88_200, 36_000, 36_005, null, null]);
});

test('completion offers what may come next', () => {
  const offered = (text: string, entity: Parameters<typeof completeSearch>[0] = 'vm'): string[] =>
    completeSearch(entity, text, new Date(2026, 10, 25)).suggestions.map((one) => one.text);
  assert.deepEqual(offered('Vm', null), ['Vms:']);
  assert.deepEqual(offered('Vms: stat', null), ['status']);
  assert.deepEqual(offered('stat'), ['status']);
  assert.deepEqual(offered('status '), ['=', '!=']);
  assert.deepEqual(offered('status'), ['=', '!=']);
  assert.deepEqual(offered('status=pow'), ['poweringup', 'poweringdown']);
  assert.deepEqual(offered('name=x a'), ['and', 'address', 'apps', 'architecture']);
  assert.deepEqual(offered('Hosts.cpu_m'), ['cpu_model']);
  assert.deepEqual(offered('sortby mem'), ['mem_usage', 'memory']);
  assert.deepEqual(offered('sortby name '), ['asc', 'desc', 'page']);
  assert.deepEqual(offered('time=to', 'event'), ['Today']);
  assert.deepEqual(completeSearch('vm', 'status=u', new Date()).from, 'status='.length);
  assert.ok(offered('').includes('sortby') && offered('').includes('Storage'));
  assert.ok(!offered('', 'event').some((one) => one.startsWith('_')), 'hidden fields are not offered');
});

test('the facts are whole', () => {
  for (const { name, references } of searchEntities) {
    const { fields } = searchEntity(name);
    assert.equal(new Set(fields.map((field) => field.name)).size, fields.length, name);
    for (const reference of references) assert.ok(searchEntity(reference).fields.length > 0);
    for (const field of fields) {
      assert.equal(fieldNamed(name, field.name.toUpperCase()), field);
      if (field.kind === 'enum') assert.ok((field.values?.length ?? 0) > 1, `${name}.${field.name}`);
    }
  }
  assert.equal(
    searchEntities.reduce((sum, { fields }) => sum + fields.length, 0),
    254,
  );
});
