import { OvfError, readArchiveOvf } from '@virgate/contract/ovf';
import type { SagaContext, SagaStep } from '@virgate/saga';
import { VdsmError } from '@virgate/vdsm';
import type { Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { unlockDisk, type NewDisk } from '../disks/volumes.ts';
import { hostJob } from '../images/host-jobs.ts';
import type { TaskState } from '../images/host-tasks.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { connectionLost } from '../monitoring/connection-lost.ts';
import { unseal } from '../pki/seal.ts';
import { hostFailed, say } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';

type Trx = Transaction<Tables>;

/** Another manager's VM whose disks a host is to fetch. */
export interface Conversion {
  hostId: string;
  uri: string;
  username: string;
  /** Sealed, in base64: it is nowhere else, and gone with the job. */
  sealedPassword: string;
  /** The VM's name there. */
  vmName: string;
  /** The guest is changed to fit, and what came of its devices told; else it is copied as it is. */
  converts: boolean;
}

/** What the conversion of a guest says of its devices. */
interface ConversionState extends TaskState {
  devices?: { disks: Record<string, string>; nic: string | null };
}

const callTimeoutMs = 60_000;
const interfaces: ReadonlySet<string> = new Set(['virtio', 'virtio_scsi', 'sata', 'ide']);
const nicModels: ReadonlySet<string> = new Set(['virtio', 'e1000', 'e1000e', 'rtl8139']);

/** Tells the host something of its job, whatever it answers, and also when it is away. */
async function tell(
  ctx: SagaContext<object, object, Trx>,
  hosts: SagaServices['hosts'],
  { hostId }: Conversion,
  method: 'Host.abortV2VJob' | 'Host.deleteV2VJob',
): Promise<void> {
  try {
    const { client, fence } = await hosts.access(hostId);
    await client.call(method, { jobid: ctx.uuid('convert') }, { timeoutMs: callTimeoutMs, fence, signal: ctx.signal });
  } catch (error) {
    if (!(error instanceof VdsmError)) throw error;
  }
}

/** Steps in which a host fills the disks of a new VM with those of another manager's. */
export const convertSteps = <P extends { disks: NewDisk[] }, S extends ConversionState>(
  { hosts, secretKey }: Pick<SagaServices, 'hosts' | 'secretKey'>,
  conversion: Conversion,
  { vmId, disks }: { vmId: string; disks: readonly NewDisk[] },
): SagaStep<P, S, Trx>[] => [
  {
    name: 'convert',
    title: `Fetching the disks of VM ${conversion.vmName}`,
    timeoutMs: 7 * 24 * 3_600_000,
    run: (ctx) =>
      hostJob(ctx as never, hosts, {
        name: 'convert',
        hostId: conversion.hostId,
        method: 'Host.convertExternalVm',
        idParameter: 'jobid',
        action: 'Cannot import VM',
        doneAlready: [],
        parameters: {
          uri: conversion.uri,
          username: conversion.username,
          password: unseal(secretKey, Buffer.from(conversion.sealedPassword, 'base64')),
          vminfo: {
            vmName: conversion.vmName,
            poolID: disks[0]?.dataCenterId,
            domainID: disks[0]?.storageDomainId,
            disks: disks.map(({ diskId, volumeId }) => ({ imageID: diskId, volumeID: volumeId })),
            format: disks[0]?.format === 'cow' ? 'COW' : 'RAW',
            allocation: disks[0]?.sparse === false ? 'PREALLOCATED' : 'SPARSE',
            qcow2_compat: '1.1',
          },
        },
      }),
    // What does not run any more needs no end.
    undo: (ctx) => tell(ctx, hosts, conversion, 'Host.abortV2VJob'),
  },
  ...(conversion.converts ? [devicesStep<P, S>(hosts, conversion, vmId)] : []),
  {
    name: 'fetched',
    title: 'Finishing the disks',
    // It would be forgotten by itself as well.
    run: (ctx) => tell(ctx, hosts, conversion, 'Host.deleteV2VJob'),
    async record(_ctx, trx) {
      for (const disk of disks) await unlockDisk(trx, disk, 0);
    },
  },
];

/** A guest that was changed to fit may need other devices than it had. */
const devicesStep = <P extends object, S extends ConversionState>(
  hosts: SagaServices['hosts'],
  { hostId }: Conversion,
  vmId: string,
): SagaStep<P, S, Trx> => ({
  name: 'devices',
  title: 'Reading which devices the guest fits',
  // An engine that has just taken the job over may lose its first connection to the host.
  retry: { attempts: 10, delayMs: 500, maxDelayMs: 10_000, when: (error) => error instanceof VdsmError && error.code === connectionLost },
  async run(ctx) {
    const { client, fence } = await hosts.access(hostId);
    try {
      const options = { timeoutMs: callTimeoutMs, fence, signal: ctx.signal };
      const ovf = String(await client.call('Host.getConvertedVm', { jobid: ctx.uuid('convert') }, options));
      const { volumes, nics } = readArchiveOvf(ovf).entity;
      ctx.state.devices = {
        disks: Object.fromEntries(volumes.map((volume) => [volume.diskId, volume.interface])),
        nic: nics[0]?.interface ?? null,
      };
    } catch (error) {
      if (error instanceof VdsmError && error.code !== connectionLost) throw hostFailed('Cannot import VM', error.message, error);
      if (error instanceof OvfError)
        throw hostFailed('Cannot import VM', say`the host describes what it converted in a way that is not understood: ${error.message}`);
      throw error;
    }
  },
  async record(ctx, trx) {
    const { disks = {}, nic = null } = ctx.state.devices ?? {};
    for (const [diskId, model] of Object.entries(disks))
      if (interfaces.has(model))
        await trx
          .updateTable('disk_attachment')
          .set({ interface: model })
          .where('vm_id', '=', vmId)
          .where('disk_id', '=', diskId)
          .execute();
    if (nic !== null && nicModels.has(nic)) await trx.updateTable('nic').set({ interface: nic }).where('vm_id', '=', vmId).execute();
    await noteChange(trx, 'vm', vmId, 'update');
  },
});
