import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { optionOf, defaultOf } from '../options/values.ts';
import { migrationParameters, noPolicyId, type MigrationInput, type MigrationPolicy } from './migration-parameters.ts';

const option = optionOf('MigrationPolicies');
if (!option) throw new Error('The contract has migration policies');
const policies = JSON.parse(defaultOf(option, '4.7')) as MigrationPolicy[];
const policyId = (name: string): string => policies.find((policy) => policy.name === name)?.id.uuid ?? '';

const host = { address: 'a.example', port: 54_321, migrationAddress: null, displayAddress: null, linkMbps: 1000 };
const input: MigrationInput = {
  vmId: 'vm',
  source: host,
  destination: { ...host, address: 'b.example' },
  vm: { auto_converge: 'inherit', compressed: 'inherit', encrypted: 'inherit' },
  cluster: { bandwidth: { assignment_method: 'auto' }, policy: { id: policyId('Minimal downtime') } },
  downtimeMs: undefined,
  tunnelled: false,
  policies,
  defaults: { autoConverge: false, compressed: false, encrypted: false, downtimeMs: 0 },
};
const asked = (more: Partial<MigrationInput>): Record<string, unknown> => migrationParameters({ ...input, ...more });
type Schedule = { init: object[]; stalling: { limit: number; action: { name: string; params: string[] } }[] };
const scheduleOf = (more: Partial<MigrationInput>): Schedule => asked(more)['convergenceSchedule'] as Schedule;

describe('how a VM is moved', () => {
  test('by the policy of its cluster', () => {
    const { autoConverge, compressed, encrypted, maxBandwidth, incomingLimit, outgoingLimit, dst, tunneled } = asked({});
    assert.deepEqual(
      { autoConverge, compressed, encrypted, maxBandwidth, incomingLimit, outgoingLimit, dst, tunneled },
      {
        autoConverge: 'true',
        compressed: 'false',
        encrypted: false,
        maxBandwidth: 62,
        incomingLimit: 2,
        outgoingLimit: 2,
        dst: 'b.example:54321',
        tunneled: 'false',
      },
    );
    assert.deepEqual(scheduleOf({}).init, [{ name: 'setDowntime', params: ['100'] }]);
    assert.deepEqual(scheduleOf({}).stalling.at(-1), { limit: -1, action: { name: 'abort', params: [] } });
  });

  test('by the policy of the VM before that of its cluster', () => {
    const postcopy = scheduleOf({ vm: { policy: { id: policyId('Post-copy migration') } } });
    assert.deepEqual(
      postcopy.stalling.map(({ action }) => action.name),
      ['setDowntime', 'setDowntime', 'postcopy', 'abort'],
    );
    const suspends = asked({ vm: { policy: { id: policyId('Suspend workload if needed') } } });
    assert.deepEqual([suspends['compressed'], suspends['outgoingLimit'], suspends['maxBandwidth']], ['true', 1, 125]);
    const large = asked({ vm: { policy: { id: policyId('Very large VMs') }, parallel_migrations_policy: 'auto_parallel' } });
    assert.deepEqual([large['parallel'], large['zerocopy']], [2, true]);
    const encrypted = asked({
      vm: { policy: { id: policyId('Very large VMs') }, parallel_migrations_policy: 'auto_parallel', encrypted: 'true' },
    });
    assert.deepEqual([encrypted['parallel'], encrypted['zerocopy']], [2, undefined]);
  });

  test('by attributes where there is no policy', () => {
    const cluster = { policy: { id: noPolicyId }, bandwidth: { assignment_method: 'hypervisor_default' as const } };
    const plain = asked({ cluster });
    assert.ok(!('convergenceSchedule' in plain) && !('maxBandwidth' in plain) && !('downtime' in plain));
    assert.equal(plain['autoConverge'], 'false');
    assert.equal(asked({ cluster, downtimeMs: 400 })['downtime'], 400);
    assert.equal(asked({ cluster: { ...cluster, auto_converge: 'true' } })['autoConverge'], 'true');
  });

  test('with what VM and cluster say themselves', () => {
    assert.equal(asked({ vm: { auto_converge: 'false' } })['autoConverge'], 'false');
    assert.equal(asked({ vm: { encrypted: 'inherit' }, cluster: { ...input.cluster, encrypted: 'true' } })['encrypted'], true);
    const custom = { ...input.cluster, bandwidth: { assignment_method: 'custom' as const, custom_value: 400 } };
    assert.equal(asked({ cluster: custom })['maxBandwidth'], 25);
    assert.equal(asked({ vm: { parallel_migrations_policy: 'custom', custom_parallel_migrations: 4 } })['parallel'], 4);
    assert.equal(asked({ tunnelled: true })['tunneled'], 'true');
  });

  test('over the migration network, to an address of either kind', () => {
    const destination = { ...host, address: '2001:db8::7', migrationAddress: '192.0.2.7', displayAddress: '198.51.100.7' };
    const { dst, dstqemu, consoleAddress } = asked({ destination });
    assert.deepEqual(
      { dst, dstqemu, consoleAddress },
      { dst: '[2001:db8::7]:54321', dstqemu: '192.0.2.7', consoleAddress: '198.51.100.7' },
    );
    assert.ok(!('maxBandwidth' in asked({ destination: { ...destination, linkMbps: 0 } })));
  });
});
