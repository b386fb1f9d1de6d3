import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AffinityGroupRules, AffinityPolarity } from '../scheduling/affinity.ts';
import { affinityConflicts } from './conflicts.ts';

const rule = (text: string): { rule: AffinityPolarity; enforcing: boolean } => ({
  rule: text.startsWith('+') ? 'positive' : text.startsWith('-') ? 'negative' : 'disabled',
  enforcing: text.endsWith('!'),
});
const group = (vms: string, hosts: string, vmIds: string[], hostIds: string[] = []): AffinityGroupRules => ({
  id: 'g',
  name: 'g',
  priority: 1,
  vms: rule(vms),
  hosts: rule(hosts),
  vmIds,
  hostIds,
});

test('hard rules that contradict each other are refused, soft ones warned of', () => {
  const cases: [what: string, groups: AffinityGroupRules[], refusal: string | null, warnings: string[]][] = [
    ['nothing', [], null, []],
    ['one group', [group('+!', '+!', ['1', '2'], ['a'])], null, []],
    ['together and apart', [group('+!', '', ['1', '2']), group('-!', '', ['2', '1'])], 'ACTION_TYPE_FAILED_AFFINITY_RULES_COLLISION', []],
    [
      'together through a third, and apart',
      [group('+!', '', ['1', '2']), group('+!', '', ['2', '3']), group('-!', '', ['1', '3'])],
      'ACTION_TYPE_FAILED_AFFINITY_RULES_COLLISION',
      [],
    ],
    ['one of both by wish', [group('+', '', ['1', '2']), group('-!', '', ['1', '2'])], null, ['VM_TO_VM_AFFINITY_CONFLICTS']],
    ['only one VM in common', [group('+!', '', ['1', '2']), group('-!', '', ['2', '3'])], null, []],
    [
      'on a host and not on it',
      [group('', '+!', ['1'], ['a', 'b']), group('', '-!', ['1'], ['b'])],
      'ACTION_TYPE_FAILED_AFFINITY_HOSTS_RULES_COLLISION',
      [],
    ],
    [
      'on a host, and by wish not on it',
      [group('', '+!', ['1'], ['a', 'b']), group('', '-', ['1'], ['b'])],
      null,
      ['VM_TO_HOST_CONFLICT_IN_POSITIVE_AND_NEGATIVE_AFFINITY'],
    ],
    [
      'on hosts of which none is in both groups',
      [group('', '+', ['1'], ['a']), group('', '+', ['1'], ['b'])],
      null,
      ['NON_INTERSECTING_POSITIVE_HOSTS_AFFINITY_CONFLICTS'],
    ],
    [
      'together, but on different hosts',
      [group('+', '', ['1', '2']), group('', '+', ['1'], ['a']), group('', '+', ['2'], ['b'])],
      null,
      ['VM_TO_HOST_CONFLICTS_POSITIVE_VM_TO_VM_AFFINITY'],
    ],
    ['apart, but all on one host', [group('-', '+', ['1', '2'], ['a'])], null, ['VM_TO_HOST_CONFLICTS_NEGATIVE_VM_TO_VM_AFFINITY']],
  ];
  for (const [what, groups, refusal, warnings] of cases) assert.deepEqual(affinityConflicts(groups), { refusal, warnings }, what);
});
