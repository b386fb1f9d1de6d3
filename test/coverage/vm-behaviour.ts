import { eventually, expectStatus, type Installation } from '../engine/installation.ts';
import type { AttributeName } from './compare.ts';
import type { Findings } from './prober.ts';
import type { Body } from './probe.ts';

/** What the engine itself does because of attributes of a VM, where no domain shows it. */
interface Behaviour {
  readonly attributes: readonly AttributeName[];
  readonly vm: Body;
  /** @throws Error when nothing comes of the attributes */
  show(installation: Installation, vmId: string): Promise<void>;
}

const behaviours: readonly Behaviour[] = [
  {
    attributes: ['Vm.delete_protected'],
    vm: { delete_protected: true },
    async show({ rest }, vmId) {
      expectStatus(await rest.delete(`/vms/${vmId}`), 409);
      expectStatus(await rest.put(`/vms/${vmId}`, { delete_protected: false }), 200);
    },
  },
  {
    attributes: ['Vm.high_availability', 'HighAvailability.enabled'],
    vm: { high_availability: { enabled: true } },
    async show(installation, vmId) {
      expectStatus(await installation.rest.post(`/vms/${vmId}/start`, {}), 200);
      await installation.vmStatus(vmId, 'up');
      await installation.crashVm(vmId);
      await eventually('it runs again', async () => (await installation.look()).launches[vmId] === 2);
      await installation.vmStatus(vmId, 'up');
      expectStatus(await installation.rest.post(`/vms/${vmId}/stop`, {}), 200);
    },
  },
];

/** Makes a VM for each behaviour and sees the engine act. */
export async function probeBehaviour(installation: Installation, findings: Findings): Promise<void> {
  const { rest } = installation;
  for (const [at, behaviour] of behaviours.entries()) {
    const body = {
      name: `behaviour-${at}`,
      cluster: { name: 'Default' },
      template: { name: 'Blank' },
      memory: 128 * 1024 ** 2,
      ...behaviour.vm,
    };
    const { id } = expectStatus(await rest.post('/vms', body), 201);
    await behaviour.show(installation, id as string).then(
      () => behaviour.attributes.forEach((name) => findings.effective.add(name)),
      (error: unknown) =>
        findings.problems.push(`${behaviour.attributes.join()} of a VM: ${error instanceof Error ? error.message : String(error)}`),
    );
    await rest.delete(`/vms/${id}`);
  }
}
