import { element, type Element } from './element.ts';
import type { DomainPlan } from './domain.ts';

/** `<features>`: what firmware and a Windows guest expect. */
export const featuresElement = (plan: DomainPlan): Element =>
  element('features', {}, [
    element('acpi'),
    plan.biosType === 'q35_secure_boot' && element('smm', { state: 'on' }),
    plan.hyperv &&
      element('hyperv', {}, [
        element('relaxed', { state: 'on' }),
        element('vapic', { state: 'on' }),
        element('spinlocks', { state: 'on', retries: 8191 }),
      ]),
  ]);

/** `<clock>`: how far the guest's clock is from UTC. */
export const clockElement = (plan: DomainPlan): Element =>
  element('clock', { offset: 'variable', adjustment: plan.clockOffsetSeconds }, [
    plan.hyperv && element('timer', { name: 'hypervclock', present: 'yes' }),
    element('timer', { name: 'rtc', tickpolicy: 'catchup' }),
    element('timer', { name: 'pit', tickpolicy: 'delay' }),
    element('timer', { name: 'hpet', present: 'no' }),
  ]);

/** What identifies the machine to its guest. Without a serial number of its own it has that of its host, or none at all. */
export function sysinfoElement(plan: DomainPlan): Element {
  const { policy, value } = plan.serialNumber;
  const serial = policy === 'vm' ? plan.id : policy === 'custom' ? (value ?? plan.id) : policy === 'host' ? 'HOST-SERIAL:' : null;
  return element('sysinfo', { type: 'smbios' }, [
    element('system', {}, [
      element('entry', { name: 'manufacturer' }, 'oVirt'),
      element('entry', { name: 'product' }, 'OS-NAME:'),
      element('entry', { name: 'version' }, 'OS-VERSION:'),
      element('entry', { name: 'sku' }, `virgate-${plan.clusterLevel}`),
      serial !== null && element('entry', { name: 'serial' }, serial),
      element('entry', { name: 'uuid' }, plan.id),
    ]),
  ]);
}

/** `<memoryBacking>`: pages of a size that the host keeps for guests; null with ordinary ones. */
export const memoryBackingElement = (plan: DomainPlan): Element | null =>
  plan.hugePageKib === null
    ? null
    : element('memoryBacking', {}, [element('hugepages', {}, [element('page', { size: plan.hugePageKib, unit: 'KiB' })])]);
