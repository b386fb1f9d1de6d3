import type { CpuPinningPolicy } from '@virgate/contract/generated/types';
import { element, type Element } from './element.ts';
import { numaCells } from './numa.ts';
import type { DomainPlan } from './domain.ts';

/** A virtual CPU that may run on certain CPUs of the host only, as libvirt lists them: `0-3,^2`. */
export interface VcpuPin {
  vcpu: number;
  cpus: string;
}

/** How the guest's CPUs lie on the host's, as the host is told. Source: VDSM, metadata schema, cpuPolicy. */
export const cpuPolicies: Readonly<Record<CpuPinningPolicy, string>> = {
  none: 'none',
  manual: 'manual',
  resize_and_pin_numa: 'manual',
  dedicated: 'dedicated',
  isolate_threads: 'isolate-threads',
};

/** A feature with its sign: `-` before one that the guest is not to have. */
const flagElement = (flag: string): Element =>
  element('feature', { name: flag.replace(/^[+-]/, ''), policy: flag.startsWith('-') ? 'disable' : 'require' });

/** `<cpu>`: a model with its flags, or the host's own. */
export function cpuElement(plan: DomainPlan): Element {
  const [model = 'qemu64', ...features] = plan.cpuVerb.split(',');
  const { cores, threads } = plan.topology;
  const vcpus = plan.maxSockets * cores * threads;
  const extra = plan.cpuFlags.map((flag) => flagElement(flag));
  const own = [element('model', {}, model), ...features.map(flagElement)];
  return element('cpu', plan.cpuMode === 'custom' ? { match: 'exact' } : { mode: plan.cpuMode.replace('_', '-') }, [
    ...(plan.cpuMode === 'custom' ? own : []),
    element('topology', { sockets: plan.maxSockets, cores, threads }),
    ...extra,
    // Memory can be plugged only into a guest with a NUMA cell.
    element('numa', {}, numaCells(plan.numaNodes, vcpus, plan.memoryBytes)),
  ]);
}

/** `<cputune>`: the share of the host's CPUs that the guest gets in a squeeze, and where each of its CPUs may run. */
export const cpuTuneElement = (plan: DomainPlan): Element =>
  element('cputune', {}, [
    plan.cpuShares > 0 && element('shares', {}, plan.cpuShares),
    ...plan.vcpuPins.map((pin) => element('vcpupin', { vcpu: pin.vcpu, cpuset: pin.cpus })),
  ]);
