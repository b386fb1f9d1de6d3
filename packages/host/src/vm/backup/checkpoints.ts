import { commonErrors } from '@virgate/contract/generated/vdsm-errors';
import {
  DomainCheckpointCreateFlags,
  DomainCheckpointListFlags,
  DomainCheckpointXMLFlags,
  ErrorNumber,
  isLibvirtError,
} from '@virgate/libvirt';
import { VdsmError } from '@virgate/vdsm';
import { xmlLimits } from '../../domain-xml/parse.ts';
import { invalidParameter, readObject, readOptionalText, readText, readUuid } from '../../verb.ts';
import type { VerbTable } from '../../verb.ts';
import { asFault } from '../registry.ts';
import type { VmRegistry } from '../registry.ts';
import type { Vm } from '../vm.ts';
import { readBackupConfig } from './config.ts';
import type { BackupConfig } from './config.ts';
import { checkpointDocument } from './documents.ts';

/** Checkpoints that one call names. */
const maximumCheckpoints = 10_000;

const domainOf = (vm: Vm): { name: string; uuid: string; id: number } => ({ name: vm.name, uuid: vm.vmId, id: -1 });

/** What libvirt says of a checkpoint. @throws 1611 when it does not know it */
export async function checkpointXml(vms: VmRegistry, vm: Vm, checkpointId: string): Promise<string> {
  try {
    return await vms.call(vm, 'query', async (connection) => {
      const { checkpoint } = await connection.call('DOMAIN_CHECKPOINT_LOOKUP_BY_NAME', { dom: domainOf(vm), name: checkpointId });
      return (await connection.call('DOMAIN_CHECKPOINT_GET_XML_DESC', { checkpoint, flags: DomainCheckpointXMLFlags.NO_DOMAIN })).xml;
    });
  } catch (error) {
    if (isLibvirtError(error, ErrorNumber.NO_DOMAIN_CHECKPOINT))
      throw new VdsmError(commonErrors.NoSuchCheckpointError, `No such checkpoint: ${checkpointId}`, { cause: error });
    throw error;
  }
}

interface Redefinition {
  id: string;
  xml: string | undefined;
  config: BackupConfig | undefined;
}

function readRedefinitions(params: Record<string, unknown>): Redefinition[] {
  const list = params['checkpoints'];
  if (!Array.isArray(list) || list.length > maximumCheckpoints)
    throw invalidParameter('checkpoints', `a list of at most ${maximumCheckpoints} checkpoints`);
  return list.map((item) => {
    const value = readObject({ item: item as unknown }, 'item');
    const id = readUuid(value, 'id');
    const xml = readOptionalText(value, 'xml', xmlLimits.characters);
    const config = value['config'] === undefined || value['config'] === null ? undefined : readBackupConfig(value);
    if (config === undefined && xml === undefined) throw invalidParameter('checkpoints', 'each has a config or its xml');
    return { id, xml, config };
  });
}

/** The document of a checkpoint that libvirt is to know again. */
function redefinition(vm: Vm, { id, xml, config }: Redefinition, nowSeconds: number): string {
  if (config === undefined) return xml ?? '';
  const disks = vm.facts?.disks ?? [];
  const names = config.disks
    .filter((disk) => disk.checkpoint)
    .map((disk) => {
      const found = disks.find((one) => one.imageId === disk.imageId);
      if (found === undefined)
        throw new VdsmError(commonErrors.CheckpointError, `Checkpoint ${id}: the virtual machine has no disk with image ${disk.imageId}`);
      return found.target;
    });
  const others = disks.map((disk) => disk.target).filter((name) => !names.includes(name));
  return checkpointDocument(
    { id, parentId: config.parentCheckpointId, creationSeconds: config.creationSeconds ?? nowSeconds, names },
    others,
  );
}

/** What was done of a row, and what stopped it: a row ends with its first failure. */
async function each(ids: readonly string[], work: (index: number) => Promise<void>): Promise<object> {
  const done: string[] = [];
  for (const [index, id] of ids.entries()) {
    try {
      await work(index);
    } catch (error) {
      const code = isLibvirtError(error, ErrorNumber.CHECKPOINT_INCONSISTENT)
        ? commonErrors.InconsistentCheckpointError
        : error instanceof VdsmError
          ? error.code
          : commonErrors.CheckpointError;
      return { checkpoint_ids: done, error: { code, message: error instanceof Error ? error.message : String(error) } };
    }
    done.push(id);
  }
  return { checkpoint_ids: done };
}

/** Verbs of checkpoints of running VMs (VDSM schema, VM.list_checkpoints and its like). libvirt forgets them at the end of a run. */
export function createCheckpointVerbs(vms: VmRegistry): VerbTable {
  return {
    'VM.list_checkpoints': async (params) => {
      const vm = vms.running(readUuid(params, 'vmID'));
      try {
        const found = await vms.call(vm, 'query', (connection) =>
          connection.domainListAllCheckpoints(vm.vmId, DomainCheckpointListFlags.TOPOLOGICAL),
        );
        return found.map((checkpoint) => checkpoint.name);
      } catch (error) {
        throw asFault(error, commonErrors.CheckpointError);
      }
    },
    'VM.dump_checkpoint': async (params) => {
      const vm = vms.running(readUuid(params, 'vmID'));
      try {
        return { checkpoint: await checkpointXml(vms, vm, readUuid(params, 'checkpoint_id')) };
      } catch (error) {
        throw asFault(error, commonErrors.CheckpointError);
      }
    },
    'VM.redefine_checkpoints': async (params) => {
      const vm = vms.running(readUuid(params, 'vmID'));
      const list = readRedefinitions(params);
      return await vms.inTurn(vm, async () => {
        await vms.refreshFacts(vm);
        return each(
          list.map((one) => one.id),
          async (index) => {
            const one = list[index];
            if (one === undefined) return;
            const xml = redefinition(vm, one, Math.floor(vms.dependencies.clock.nowMs() / 1000));
            await vms.call(vm, 'control', (connection) =>
              connection.call('DOMAIN_CHECKPOINT_CREATE_XML', {
                dom: domainOf(vm),
                xml_desc: xml,
                // libvirt looks whether every disk still has the checkpoint's bitmap, whole
                flags: DomainCheckpointCreateFlags.REDEFINE | DomainCheckpointCreateFlags.REDEFINE_VALIDATE,
              }),
            );
          },
        );
      });
    },
    'VM.delete_checkpoints': async (params) => {
      const vm = vms.running(readUuid(params, 'vmID'));
      const ids = params['checkpoint_ids'];
      if (!Array.isArray(ids) || ids.length > maximumCheckpoints)
        throw invalidParameter('checkpoint_ids', `a list of at most ${maximumCheckpoints} ids`);
      const names = ids.map((id) => readText({ id: id as unknown }, 'id', 255));
      return await vms.inTurn(vm, () =>
        each(names, async (index) => {
          await vms.call(vm, 'control', async (connection) => {
            try {
              const { checkpoint } = await connection.call('DOMAIN_CHECKPOINT_LOOKUP_BY_NAME', {
                dom: domainOf(vm),
                name: names[index] ?? '',
              });
              await connection.call('DOMAIN_CHECKPOINT_DELETE', { checkpoint });
            } catch (error) {
              if (!isLibvirtError(error, ErrorNumber.NO_DOMAIN_CHECKPOINT)) throw error;
            }
          });
        }),
      );
    },
  };
}
