import type { ExternalVmImport } from '@virgate/contract/generated/types';
import type { ExternalProvider } from '@virgate/contract/external-address';
import type { OvfEntity, OvfNic } from '@virgate/contract/ovf';
import { VdsmError } from '@virgate/vdsm';
import { seal } from '../pki/seal.ts';
import { conflict, hostFailed, invalidValue, say } from '../rest/fault.ts';
import type { Context } from '../rest/operation.ts';
import { blankTemplateId } from '../installation/fixed-ids.ts';
import type { Archive, DescribedDisk } from './archive.ts';
import type { Conversion } from './convert-steps.ts';

const askTimeoutMs = 120_000;

/** A VM as a host tells of another manager's. Source: VDSM schema, ExternalVmInfo; `bus` is our own agent's. */
interface ExternalVm {
  vmName?: string;
  status?: string;
  memSize?: number;
  smp?: number;
  disks?: { dev?: string; bus?: string; alias?: string; capacity?: string; format?: string }[];
  networks?: { bridge?: string; model?: string }[];
}

/** Where a VM of another manager is, and by whom it is asked for. */
export interface ExternalSource {
  hostId: string;
  provider: ExternalProvider;
  url: string;
  username: string;
  password: string;
  /** Its name there. */
  name: string;
}

const nicModels: ReadonlySet<string> = new Set(['virtio', 'e1000', 'e1000e', 'rtl8139']);
const maximumDiskBytes = 500 * 1024 ** 4;

/** The interface of a disk whose guest is copied as it is; guests of IDE find the same disk behind SATA. */
function interfaceOf({ bus, dev = '' }: { bus?: string; dev?: string }): string {
  const said = bus ?? ({ v: 'virtio', h: 'ide', s: 'scsi' } as Record<string, string>)[dev.slice(0, 1)];
  return ({ virtio: 'virtio', scsi: 'virtio_scsi', sata: 'sata', ide: 'sata' } as Record<string, string>)[said ?? ''] ?? 'virtio';
}

function disksOf({ disks = [] }: ExternalVm, converts: boolean): DescribedDisk[] {
  if (disks.length === 0) throw invalidValue('name', 'the VM has no disk that could be imported');
  return disks.map((disk, at) => {
    const bytes = Number(disk.capacity);
    if (!Number.isSafeInteger(bytes) || bytes <= 0 || bytes > maximumDiskBytes)
      throw invalidValue('name', say`disk ${disk.dev ?? at + 1} of the VM has no size that its manager could tell`);
    return {
      fileName: String(at),
      alias: '',
      description: '',
      capacityBytes: bytes,
      provisionedBytes: Math.ceil(bytes / 512) * 512,
      interface: converts ? 'virtio' : interfaceOf(disk),
      bootable: at === 0,
      readOnly: false,
      passDiscard: false,
      wipe: false,
      format: converts ? null : disk.format === 'COW' ? 'cow' : disk.format === 'RAW' ? 'raw' : null,
      sparse: true,
    };
  });
}

const nicsOf = ({ networks = [] }: ExternalVm, converts: boolean): OvfNic[] =>
  networks.map(({ bridge = '', model = '' }, at) => ({
    id: String(at),
    name: `nic${at + 1}`,
    mac: null,
    profileName: bridge,
    networkName: bridge,
    interface: !converts && nicModels.has(model) ? model : 'virtio',
    linked: true,
    plugged: true,
  }));

/**
 * What another manager tells of a VM, and how its disks come here. The host that asks it will fetch them.
 * @throws {Fault} for a manager that does not answer, a VM that is not there, runs or has nothing to import
 */
export async function readExternal(context: Context, source: ExternalSource): Promise<{ archive: Archive; conversion: Conversion }> {
  const { hostId, url, username, password, name, provider } = source;
  const { client, fence } = await context.engine.hosts.access(hostId);
  const options = { timeoutMs: askTimeoutMs, fence, correlationId: context.correlationId };
  const found = (await client
    .call('Host.getExternalVMs', { uri: url, username, password, vm_names: [name] }, options)
    .catch((error: unknown) => {
      if (error instanceof VdsmError) throw hostFailed('Cannot import VM', error.message, error);
      throw error;
    })) as ExternalVm[];
  const vm = found.find((one) => one.vmName === name);
  if (vm === undefined) throw invalidValue('name', 'the other manager has no VM of that name');
  if (vm.status !== 'Down')
    throw conflict('ACTION_TYPE_FAILED_VM_STATUS_ILLEGAL', {
      VAR_ACTION: 'import',
      VAR_TYPE: 'VM',
      vmStatus: String(vm.status).toLowerCase(),
    });
  const converts = provider !== 'kvm';
  const entity: OvfEntity = {
    kind: 'vm',
    id: blankTemplateId,
    name,
    description: '',
    comment: '',
    createdMs: context.engine.now(),
    clusterName: '',
    templateId: null,
    templateName: '',
    osType: 'other',
    memoryMib: Math.max(1, Math.floor(Number(vm.memSize)) || 1024),
    sockets: Math.max(1, Math.floor(Number(vm.smp)) || 1),
    cores: 1,
    threads: 1,
    vmType: 'server',
    volumes: [],
    nics: nicsOf(vm, converts),
    snapshots: [],
    definition: null,
  };
  const sealedPassword = seal(context.engine.authority.secretKey, password).toString('base64');
  return {
    archive: { hostId, path: name, entity, disks: disksOf(vm, converts) },
    conversion: { hostId, uri: url, username, sealedPassword, vmName: name, converts },
  };
}

/** Drivers for Windows come from the host, where virt-v2v looks for them. @throws {Fault} 400 for others */
export function checkDrivers({ drivers_iso: iso }: ExternalVmImport): void {
  if (iso !== undefined)
    throw invalidValue(
      'drivers_iso',
      'is not taken: install the drivers (virtio-win) on the host, where virt-v2v finds them, and leave it out',
    );
}
