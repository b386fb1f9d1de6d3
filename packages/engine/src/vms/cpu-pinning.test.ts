import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkPinning, listedCpus, pinningOf, withPinning } from './cpu-pinning.ts';

const vm = (...pins: { vcpu: number; cpu_set: string }[]) => ({
  cpu: { topology: { sockets: 1, cores: 2, threads: 1 }, cpu_tune: { vcpu_pins: pins } },
});

test('lists of CPUs have ranges and what is left out of them', () => {
  assert.deepEqual(listedCpus('0-3,^2'), [0, 1, 3]);
  assert.deepEqual(listedCpus('5'), [5]);
});

test('pins are refused for CPUs that the VM has not, twice for one, and in other forms', () => {
  checkPinning(vm({ vcpu: 0, cpu_set: '0-3,^2' }, { vcpu: 1, cpu_set: '4' }));
  assert.throws(() => checkPinning(vm({ vcpu: 2, cpu_set: '0' })), { key: 'VM_PINNING_VCPU_DOES_NOT_EXIST' });
  assert.throws(() => checkPinning(vm({ vcpu: 0, cpu_set: '0' }, { vcpu: 0, cpu_set: '1' })), { key: 'VM_PINNING_DUPLICATE_DEFINITION' });
  assert.throws(() => checkPinning(vm({ vcpu: 0, cpu_set: '0"/>' })), { key: 'VM_PINNING_FORMAT_INVALID' });
  assert.throws(() => checkPinning(vm({ vcpu: 0, cpu_set: '1,^1' })), { key: 'VM_PINNING_PINNED_TO_NO_CPU' });
});

test('a policy by which the engine chooses has no pins, and needs a level that knows it', () => {
  const pinned = vm({ vcpu: 0, cpu_set: '1' });
  checkPinning({ cpu_pinning_policy: 'dedicated' }, '4.7');
  assert.throws(() => checkPinning({ cpu_pinning_policy: 'isolate_threads' }, '4.6'), {
    key: 'ACTION_TYPE_FAILED_DEDICATED_IS_NOT_SUPPORTED',
  });
  checkPinning({ cpu_pinning_policy: 'resize_and_pin_numa' }, '4.6');
  assert.throws(() => checkPinning({ ...pinned, cpu_pinning_policy: 'dedicated' }), {
    key: 'ACTION_TYPE_FAILED_VM_MANUAL_PINNING_POLICY_NOT_SELECTED',
  });
  assert.throws(() => checkPinning({ cpu_pinning_policy: 'manual' }), { key: 'ACTION_TYPE_CANNOT_SET_MANUAL_PINNING' });
});

test('policy and pins follow each other where a request names one of them', () => {
  const pins = vm({ vcpu: 0, cpu_set: '1' });
  const manual = { ...pins, cpu_pinning_policy: 'manual' as const };
  assert.equal(withPinning(pins, {}, pins).cpu_pinning_policy, 'manual');
  assert.deepEqual(withPinning({ ...manual, cpu_pinning_policy: 'dedicated' }, manual, { cpu_pinning_policy: 'dedicated' }), {
    cpu_pinning_policy: 'dedicated',
    cpu: { topology: { sockets: 1, cores: 2, threads: 1 } },
  });
  assert.equal(withPinning({ ...vm(), cpu_pinning_policy: 'manual' }, manual, vm()).cpu_pinning_policy, 'none');
  assert.equal(withPinning(manual, manual, { name: 'x' }), manual);
});

test('the older name of the policy is understood', () => {
  const pins = vm({ vcpu: 0, cpu_set: '1' });
  assert.equal(withPinning({}, {}, { auto_pinning_policy: 'adjust' }).cpu_pinning_policy, 'resize_and_pin_numa');
  assert.equal(withPinning(pins, pins, { auto_pinning_policy: 'disabled' }).cpu_pinning_policy, 'none');
  assert.equal(withPinning({}, {}, { auto_pinning_policy: 'adjust', cpu_pinning_policy: 'dedicated' }).cpu_pinning_policy, 'dedicated');
  assert.throws(() => withPinning({}, {}, { auto_pinning_policy: 'existing' }), /auto_pinning_policy/);
});

test('pins without a policy are manual ones', () => {
  assert.deepEqual(pinningOf(vm({ vcpu: 0, cpu_set: '1' })), { cpuPolicy: 'manual', vcpuPins: [{ vcpu: 0, cpus: '1' }] });
  assert.deepEqual(pinningOf({}), { cpuPolicy: 'none', vcpuPins: [] });
});
