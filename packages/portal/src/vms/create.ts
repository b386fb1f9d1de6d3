import type { Nic, Vm } from '@virgate/contract/generated/types';
import type { Client } from '@virgate/sdk';
import { z } from 'zod';

// The engine's content policy forbids code made from text, which zod would otherwise try.
z.config({ jitless: true });

const mib = 1024 ** 2;
/** Bounds of the form; the engine has its own by cluster level and says so when they are narrower. */
export const limits = { nameLength: 255, leastMemoryMib: 64, mostMemoryMib: 6 * 1024 * 1024, mostCores: 512 } as const;

/** Values of the network field that are no profile's id. */
export const asTemplate = 'template';
export const noNetwork = 'none';

/** Messages are keys of the catalogue. */
export const creationSchema = z.object({
  name: z
    .string()
    .trim()
    .min(1, 'create.name.need')
    .max(limits.nameLength, 'create.name.bad')
    .regex(/^[\p{L}\p{N}_.+-]+$/u, 'create.name.bad'),
  templateId: z.string().min(1, 'create.template.need'),
  clusterId: z.string().min(1, 'create.cluster.need'),
  memoryMib: z
    .number('create.memory.bad')
    .int('create.memory.bad')
    .min(limits.leastMemoryMib, 'create.memory.bad')
    .max(limits.mostMemoryMib, 'create.memory.bad'),
  cores: z.number('create.cores.bad').int('create.cores.bad').min(1, 'create.cores.bad').max(limits.mostCores, 'create.cores.bad'),
  allocation: z.enum(['thin', 'clone']),
  network: z.string(),
  start: z.boolean(),
});

export type Creation = z.infer<typeof creationSchema>;
export type CreationStep = 'vm' | 'nic' | 'start';

/** Copying a large disk takes its time. */
const creationTimeoutMs = 4 * 3600_000;

/** The object that is sent. Cores are counted as one socket's, and the guarantee follows the memory: the template's own may be larger than it. */
export function vmOf(creation: Creation): Vm {
  const memory = creation.memoryMib * mib;
  return {
    name: creation.name,
    template: { id: creation.templateId },
    cluster: { id: creation.clusterId },
    memory,
    memory_policy: { guaranteed: memory, max: Math.max(memory, memory * 4) },
    cpu: { topology: { sockets: 1, cores: creation.cores, threads: 1 } },
  };
}

/**
 * Creates the VM, gives it the network that was chosen, and starts it if asked to. Disks must be there before a NIC is accepted, so with either
 * of the two the creation is waited for.
 * @returns the VM's id, and the error of a later step: the VM is there all the same
 * @throws ApiFault, EngineUnreachable when the VM itself was refused
 */
export async function createVm(
  client: Client,
  creation: Creation,
  onStep: (step: CreationStep) => void,
): Promise<{ id: string; failure?: unknown }> {
  const more = creation.start || creation.network !== asTemplate;
  onStep('vm');
  const request = more ? { waitForCreation: true, timeoutMs: creationTimeoutMs } : {};
  const { id = '' } = await client.vms.add(vmOf(creation), { clone: creation.allocation === 'clone' }, request);
  try {
    if (creation.network !== asTemplate) {
      onStep('nic');
      await setNetwork(client, id, creation.network);
    }
    if (creation.start) {
      onStep('start');
      await client.vms.vm(id).start();
    }
    return { id };
  } catch (failure) {
    return { id, failure };
  }
}

async function setNetwork(client: Client, vmId: string, network: string): Promise<void> {
  const { nics } = client.vms.vm(vmId);
  const present = await nics.list();
  if (network === noNetwork) {
    for (const nic of present) await nics.nic(nic.id ?? '').remove();
    return;
  }
  const vnic: Nic = { vnic_profile: { id: network } };
  const first = present[0];
  if (first?.id !== undefined) await nics.nic(first.id).update(vnic);
  else await nics.add({ name: 'nic1', interface: 'virtio', ...vnic });
}
