import { autoPinningPolicyValues } from '@virgate/contract/generated/enums';
import type { CpuPinningPolicy, Vm } from '@virgate/contract/generated/types';
import { invalidValue, refused, say } from '../rest/fault.ts';
import { isExclusive } from '../scheduling/host-cpus.ts';
import type { VcpuPin } from './domain-xml/cpu.ts';

/** CPUs of a host as a pinning lists them: single ones, ranges, and `^` before what is left out. */
const cpuSet = /^\^?\d{1,4}(-\d{1,4})?(,\^?\d{1,4}(-\d{1,4})?)*$/;
/** The least level of VMs that have CPUs for themselves, as its minor number. Source: engine behaviour, features by level. */
const leastExclusiveMinor = 7;

/** A pin as the contract has it. */
export type Pin = NonNullable<NonNullable<NonNullable<Vm['cpu']>['cpu_tune']>['vcpu_pins']>[number];

const pinsOf = (vm: Vm): readonly Pin[] => vm.cpu?.cpu_tune?.vcpu_pins ?? [];

/** By which policy a VM's CPUs are pinned; one that has pins and names none does so by hand. */
export const policyOf = (vm: Vm): CpuPinningPolicy => vm.cpu_pinning_policy ?? (pinsOf(vm).length > 0 ? 'manual' : 'none');

/**
 * Policy and pins after a request: each follows the other where only one is named. Pins that the request does not name go with
 * the policy by hand.
 */
function changedPinning(before: Vm, body: Vm): { cpu_pinning_policy?: CpuPinningPolicy; dropsPins: boolean } {
  const { cpu_pinning_policy: policy } = body;
  const said = body.cpu?.cpu_tune?.vcpu_pins;
  if (policy !== undefined) return { cpu_pinning_policy: policy, dropsPins: policy !== 'manual' && said === undefined };
  if (said === undefined) return { dropsPins: false };
  if (said.length > 0) return { cpu_pinning_policy: 'manual', dropsPins: false };
  return policyOf(before) === 'manual' ? { cpu_pinning_policy: 'none', dropsPins: false } : { dropsPins: false };
}

/** The older name of the policy, with fewer values. Source: REST contract, `auto_pinning_policy`. @throws {Fault} 400 */
function inNewWords(body: Vm): Vm {
  const { auto_pinning_policy: older, cpu_pinning_policy: policy } = body;
  if (older === undefined || policy !== undefined) return body;
  if (older === 'existing')
    throw invalidValue('auto_pinning_policy', 'the engine pins by cpu_pinning_policy, or once by autopincpuandnumanodes');
  return { ...body, cpu_pinning_policy: older === 'adjust' ? 'resize_and_pin_numa' : 'none' };
}

/** The older name as a parameter of the request, which a body that names a policy outdoes. @throws {Fault} 400 */
export function withPinningParameter(body: Vm, policy: string | undefined): Vm {
  if (policy === undefined) return body;
  const known = autoPinningPolicyValues.find((one) => one === policy);
  if (known === undefined) throw invalidValue('auto_pinning_policy', say`must be one of ${autoPinningPolicyValues.join(', ')}`);
  return { auto_pinning_policy: known, ...body };
}

/** A definition whose policy and pins go together after a request. @throws {Fault} 400 */
export function withPinning(definition: Vm, before: Vm, said: Vm): Vm {
  const { dropsPins, ...policy } = changedPinning(before, inNewWords(said));
  if (!dropsPins && policy.cpu_pinning_policy === undefined) return definition;
  if (!dropsPins || definition.cpu?.cpu_tune === undefined) return { ...definition, ...policy };
  const { cpu_tune: _, ...cpu } = definition.cpu;
  return { ...definition, ...policy, cpu };
}

/**
 * Where a VM's CPUs may run, checked.
 * @param level of its cluster, or its own; missing where it has neither
 * @throws {Fault} for pins that cannot be
 */
export function checkPinning(definition: Vm, level?: string): void {
  const pins = pinsOf(definition);
  const { sockets = 1, cores = 1, threads = 1 } = definition.cpu?.topology ?? {};
  const seen = new Set<number>();
  for (const { vcpu, cpu_set: cpus } of pins) {
    if (vcpu === undefined || vcpu < 0 || vcpu >= sockets * cores * threads) throw refused('VM_PINNING_VCPU_DOES_NOT_EXIST');
    if (seen.has(vcpu)) throw refused('VM_PINNING_DUPLICATE_DEFINITION');
    if (cpus === undefined || !cpuSet.test(cpus)) throw refused('VM_PINNING_FORMAT_INVALID');
    if (listedCpus(cpus).length === 0) throw refused('VM_PINNING_PINNED_TO_NO_CPU');
    seen.add(vcpu);
  }
  const policy = policyOf(definition);
  if (policy === 'manual' && pins.length === 0) throw refused('ACTION_TYPE_CANNOT_SET_MANUAL_PINNING');
  if (policy !== 'manual' && pins.length > 0) throw refused('ACTION_TYPE_FAILED_VM_MANUAL_PINNING_POLICY_NOT_SELECTED');
  if (isExclusive(policy) && Number(level?.split('.')[1] ?? leastExclusiveMinor) < leastExclusiveMinor)
    throw refused('ACTION_TYPE_FAILED_DEDICATED_IS_NOT_SUPPORTED');
}

/** What a host is told of it, as far as the engine does not choose. */
export const pinningOf = (definition: Vm): { cpuPolicy: CpuPinningPolicy; vcpuPins: VcpuPin[] } => ({
  cpuPolicy: policyOf(definition),
  vcpuPins: pinsOf(definition).map((pin) => ({ vcpu: pin.vcpu ?? 0, cpus: pin.cpu_set ?? '' })),
});

/** The CPUs that a list names: `0-3,^2` means 0, 1 and 3. */
export function listedCpus(list: string): number[] {
  const cpus = new Set<number>();
  const parts = list.split(',').map((part) => {
    const [from = '', to = from] = part.replace('^', '').split('-');
    return { without: part.startsWith('^'), from: Number(from), to: Number(to) };
  });
  for (const { from, to } of parts.filter((part) => !part.without)) for (let cpu = from; cpu <= to; cpu += 1) cpus.add(cpu);
  for (const { from, to } of parts.filter((part) => part.without)) for (let cpu = from; cpu <= to; cpu += 1) cpus.delete(cpu);
  return [...cpus];
}

/** The host's CPUs that pins name. */
export const listedPins = (pins: readonly Pin[]): number[] => [...new Set(pins.flatMap((pin) => listedCpus(pin.cpu_set ?? '')))];
