import { child, childrenNamed, element, removeChildren, setText, textOf } from './element.ts';
import type { XmlElement } from './element.ts';
import type { CpuSupport } from './environment.ts';

/** Clock sources that only hardware virtualization offers to a guest. */
const hardwareTimers = new Set(['hypervclock', 'kvmclock', 'tsc']);
/** Features of the interface between a guest and KVM. */
const hardwareFeatures = new Set(['hyperv', 'kvm', 'ioapic', 'pmu', 'pvspinlock']);

function adjustCpu(cpu: XmlElement, support: CpuSupport): void {
  const model = child(cpu, 'model');
  const mode = cpu.attributes.get('mode') ?? 'custom';
  const name = textOf(model);
  const chosen = mode === 'custom' && support.usableModels.has(name) ? name : support.fallbackModel;
  removeChildren(cpu, (node) => ['model', 'vendor', 'feature', 'cache', 'maxphysaddr'].includes(node.name));
  const replacement = element('model', { fallback: 'allow' });
  setText(replacement, chosen);
  cpu.children.unshift(replacement);
  cpu.attributes = new Map([
    ['mode', 'custom'],
    ['match', 'exact'],
    ['check', 'none'],
  ]);
}

/**
 * Makes a domain that was written for KVM run under QEMU's own emulation: type and CPU become what
 * exists there, and what only KVM offers is left out. Memory, devices and addresses stay.
 */
export function adjustForSoftwareEmulation(domain: XmlElement, support: CpuSupport): void {
  domain.attributes.set('type', 'qemu');
  const cpu = child(domain, 'cpu');
  if (cpu) adjustCpu(cpu, support);
  const features = child(domain, 'features');
  if (features) removeChildren(features, (node) => hardwareFeatures.has(node.name));
  const clock = child(domain, 'clock');
  if (clock) removeChildren(clock, (node) => node.name === 'timer' && hardwareTimers.has(node.attributes.get('name') ?? ''));
  const devices = child(domain, 'devices');
  for (const nic of devices ? childrenNamed(devices, 'interface') : []) {
    const driver = child(nic, 'driver');
    if (driver?.attributes.get('name') === 'vhost') driver.attributes.set('name', 'qemu');
  }
}
