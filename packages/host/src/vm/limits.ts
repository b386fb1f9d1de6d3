import { DomainMetadataType, DomainModificationImpact, parameter } from '@virgate/libvirt';
import { VdsmError } from '@virgate/vdsm';
import { availableParallelism } from 'node:os';
import { child, childrenNamed, elements, textOf } from '../domain-xml/element.ts';
import type { XmlElement } from '../domain-xml/element.ts';
import { localName, metadataNamespace } from '../domain-xml/metadata.ts';
import { parseXml } from '../domain-xml/parse.ts';
import { errorCode, invalidParameter, readObject, readOptionalInteger, readUuid } from '../verb.ts';
import type { VerbHandler } from '../verb.ts';
import { asFault } from './registry.ts';
import type { VmRegistry } from './registry.ts';
import type { Vm } from './vm.ts';

/** The stretch of time within which a quota is meant, in µs, and the least quota that libvirt takes. Source: VDSM, CPU limits. */
const periodUs = 100_000;
const leastQuotaUs = 1000;
const maximumDisks = 1000;
const maximumRate = Number.MAX_SAFE_INTEGER;

/**
 * How long each virtual CPU may run within a period so that all together take their part of the host. Pure.
 * @param percent of all CPUs of the host
 */
export function cpuQuota(percent: number, hostCpus: number, vcpus: number): { quotaUs: number; periodUs: number } {
  const quota = ((percent / 100) * periodUs * hostCpus) / vcpus;
  const stretch = quota < leastQuotaUs ? 1 + leastQuotaUs / quota : 1;
  return { quotaUs: Math.round(quota * stretch), periodUs: Math.round(periodUs * stretch) };
}

/** What the metadata of a domain says of its share of the host; undefined where it says nothing. */
export function saidCpuLimit(domain: XmlElement): number | undefined {
  const metadata = child(domain, 'metadata');
  const tune = metadata && elements(metadata).find((node) => node.namespace === metadataNamespace.tune && localName(node) === 'qos');
  const limit = Number(textOf(tune && elements(tune).find((node) => localName(node) === 'vcpuLimit')));
  return limit >= 1 && limit <= 100 ? limit : undefined;
}

const domOf = (vm: Vm) => ({ name: vm.name, uuid: vm.vmId, id: -1 });

/** Holds a running VM to its share of the host's CPUs. */
export async function limitCpu(vms: VmRegistry, vm: Vm, percent: number): Promise<void> {
  const { quotaUs, periodUs: period } = cpuQuota(percent, availableParallelism(), vm.facts?.vcpus ?? 1);
  await vms.call(vm, 'control', async (connection) => {
    await connection.call('DOMAIN_SET_SCHEDULER_PARAMETERS_FLAGS', {
      dom: domOf(vm),
      params: [parameter.ullong('vcpu_period', period), parameter.llong('vcpu_quota', quotaUs)],
      flags: DomainModificationImpact.LIVE,
    });
  });
}

/** Keeps the share in the domain, where a later agent and the engine find it. */
async function keepCpuLimit(vms: VmRegistry, vm: Vm, percent: number): Promise<void> {
  await vms.call(vm, 'control', (connection) =>
    connection.domainSetMetadata(
      vm.vmId,
      DomainMetadataType.ELEMENT,
      `<qos><vcpuLimit>${percent}</vcpuLimit></qos>`,
      { prefix: 'ovirt-tune', uri: metadataNamespace.tune },
      DomainModificationImpact.LIVE | DomainModificationImpact.CONFIG,
    ),
  );
}

const rates = ['total_bytes_sec', 'read_bytes_sec', 'write_bytes_sec', 'total_iops_sec', 'read_iops_sec', 'write_iops_sec'] as const;

/** Limits of one disk; 0 is none. */
interface DiskLimits {
  imageId: string;
  rates: Record<(typeof rates)[number], number>;
}

/** @throws VdsmError 11, 91 */
function readDiskLimits(policy: Record<string, unknown>): DiskLimits[] {
  const list = policy['ioTune'];
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list) || list.length > maximumDisks)
    throw invalidParameter('params.ioTune', `a list of at most ${maximumDisks} disks is needed`);
  return list.map((one: unknown) => {
    const entry = readObject({ entry: one }, 'entry');
    const maximum = readObject(entry, 'maximum');
    const limits = Object.fromEntries(
      rates.map((rate) => [rate, readOptionalInteger(maximum, rate, { minimum: 0, maximum: maximumRate }) ?? 0]),
    );
    return { imageId: readUuid(entry, 'imageID'), rates: limits as DiskLimits['rates'] };
  });
}

/** The target of the disk whose serial number is its image. */
async function targetOf(vms: VmRegistry, vm: Vm, imageId: string): Promise<string> {
  const devices = child(parseXml(await vms.call(vm, 'query', (connection) => connection.domainGetXMLDesc(vm.vmId))), 'devices');
  const disk = (devices ? childrenNamed(devices, 'disk') : []).find((node) => textOf(child(node, 'serial')).toLowerCase() === imageId);
  const target = disk && child(disk, 'target')?.attributes.get('dev');
  if (target === undefined) throw new VdsmError(errorCode.updatePolicyFailed, `The VM has no disk of image ${imageId}`);
  return target;
}

async function limitDisk(vms: VmRegistry, vm: Vm, { imageId, rates: limits }: DiskLimits): Promise<void> {
  const disk = await targetOf(vms, vm, imageId);
  await vms.call(vm, 'control', async (connection) => {
    await connection.call('DOMAIN_SET_BLOCK_IO_TUNE', {
      dom: domOf(vm),
      disk,
      params: rates.map((rate) => parameter.ullong(rate, limits[rate])),
      flags: DomainModificationImpact.LIVE,
    });
  });
}

/**
 * The verb VM.updateVmPolicy: holds the disks of a running VM to rates, and the VM to a share of the host's CPUs (VDSM schema,
 * UpdateVmPolicyParams). A host whose kernel offers no control of CPUs says so.
 */
export function updateVmPolicy(vms: VmRegistry): VerbHandler {
  return async (params) => {
    const vm = vms.running(readUuid(params, 'vmID'));
    const policy = readObject(params, 'params');
    const percent = readOptionalInteger(policy, 'vcpuLimit', { minimum: 1, maximum: 100 });
    const disks = readDiskLimits(policy);
    try {
      await vms.inTurn(vm, async () => {
        for (const disk of disks) await limitDisk(vms, vm, disk);
        if (percent !== undefined) await limitCpu(vms, vm, percent);
        if (percent !== undefined) await keepCpuLimit(vms, vm, percent);
      });
    } catch (error) {
      throw error instanceof VdsmError ? error : asFault(error, errorCode.updatePolicyFailed);
    }
    return { code: 0, message: 'Done' };
  };
}
