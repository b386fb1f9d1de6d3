import { eventually, expectStatus, type Installation } from '../engine/installation.ts';
import type { Json } from '../engine/rest-client.ts';
import { compare } from './compare.ts';
import type { Findings } from './prober.ts';
import { domainChanges } from './vm-attributes.ts';

const defaultMemoryBytes = 128 * 1024 ** 2;

/** Starts the VM, takes the domain that its host runs, and stops it again. */
async function domainOf(installation: Installation, vmId: string): Promise<string> {
  const { rest } = installation;
  expectStatus(await rest.post(`/vms/${vmId}/start`, {}), 200);
  const xml = await eventually('a host runs the VM', async () =>
    (await installation.look()).vms.some((vm) => vm.vmId === vmId && vm.running) ? installation.domainOf(vmId) : null,
  );
  expectStatus(await rest.post(`/vms/${vmId}/stop`, {}), 200);
  await installation.vmStatus(vmId, 'down');
  return xml;
}

/**
 * Changes one attribute of a VM after the other, each alone, and sees whether the domain that the host gets is another one:
 * only then the attribute is read by something else than the codec.
 */
export async function probeDomainAttributes(installation: Installation, findings: Findings): Promise<void> {
  const { rest } = installation;
  for (const [at, { change, with: more, nic }] of domainChanges.entries()) {
    const name = `domain-vm-${at}`;
    const vm = expectStatus(
      await rest.post('/vms', { name, memory: defaultMemoryBytes, cluster: { name: 'Default' }, template: { name: 'Blank' }, ...more }),
      201,
    );
    const vmId = vm.id as string;
    if (nic === true) expectStatus(await rest.post(`/vms/${vmId}/nics`, { name: 'nic1' }), 201);
    const title = `changing ${JSON.stringify(change)} of a VM`;
    try {
      const before = await domainOf(installation, vmId);
      // Without a change nothing may differ, else a difference would say nothing.
      if (at === 0 && (await domainOf(installation, vmId)) !== before)
        throw new Error('the domain of an unchanged VM differs from start to start');
      expectStatus(await rest.put(`/vms/${vmId}`, change), 200);
      const { same, different } = compare('Vm', change as Record<string, Json>, (await rest.get(`/vms/${vmId}`)).body);
      if (different.length > 0) throw new Error(`a second GET shows ${different.join('; ')}`);
      for (const attribute of same) findings.echoed.add(attribute);
      if ((await domainOf(installation, vmId)) !== before) for (const attribute of same) findings.effective.add(attribute);
    } catch (error) {
      findings.problems.push(`${title}: ${error instanceof Error ? error.message : String(error)}`);
    }
    await rest.put(`/vms/${vmId}`, { delete_protected: false });
    await rest.delete(`/vms/${vmId}`);
  }
}
