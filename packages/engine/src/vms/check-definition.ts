import type { Display, Vm } from '@virgate/contract/generated/types';
import { invalidValue, refused, say } from '../rest/fault.ts';
import type { Context } from '../rest/operation.ts';
import { checkBootTexts, placedBootFiles } from './boot-files.ts';
import { checkPinning } from './cpu-pinning.ts';
import { checkCustomProperties, knownProperties } from './custom-properties.ts';
import { initializationProblem } from './initialization.ts';
import { checkLease } from './leases.ts';
import { knownZone } from './time-zones.ts';

/** Numbers of monitors that there are. Source: engine configuration, ValidNumOfMonitors. */
const monitors = [1, 2, 4];
const maxPriority = 100;
const maxQueues = 256;
/** What reaches a host's command line as it is. */
const plainName = /^[A-Za-z0-9][A-Za-z0-9_.+,-]*$/;

const hasUefi = (bios: string | undefined): boolean => bios === 'q35_ovmf' || bios === 'q35_secure_boot';

interface ClusterFacts {
  level: string;
  bios_type: string;
}

function checkMachine(definition: Vm, cluster: ClusterFacts | undefined): void {
  const { custom_emulated_machine: machine, custom_cpu_model: model } = definition;
  if (machine && !plainName.test(machine)) throw refused('ACTION_TYPE_FAILED_EMULATED_MACHINE_MAY_NOT_CONTAIN_SPECIAL_CHARS');
  if (model && !plainName.test(model)) throw invalidValue('custom_cpu_model', 'may only have letters, digits and the signs _ . + , -');
  const bios = definition.bios?.type === 'cluster_default' ? cluster?.bios_type : definition.bios?.type;
  if (definition.tpm_enabled && cluster && !hasUefi(bios)) throw refused('TPM_DEVICE_REQUESTED_ON_NOT_SUPPORTED_PLATFORM');
}

/** What may be done when the last one leaves a console. Source: engine behaviour, ConsoleDisconnectAction. */
const disconnectActions = ['NONE', 'LOCK_SCREEN', 'LOGOUT', 'SHUTDOWN', 'REBOOT'];
const maxDisconnectDelayMinutes = 24 * 60;

function checkConsole({ disconnect_action: action, disconnect_action_delay: delay }: Display): void {
  if (action !== undefined && !disconnectActions.includes(action))
    throw invalidValue('display.disconnect_action', say`must be one of ${disconnectActions.join(', ')}`);
  if (delay !== undefined && (delay < 0 || delay > maxDisconnectDelayMinutes))
    throw invalidValue('display.disconnect_action_delay', say`must be between 0 and ${maxDisconnectDelayMinutes} minutes`);
}

function checkDevices(definition: Vm): void {
  checkConsole(definition.display ?? {});
  const { display, serial_number: serial, rng_device: rng } = definition;
  const screens = display?.monitors ?? 1;
  if (!monitors.includes(screens) || (screens > 1 && display?.type !== 'spice'))
    throw refused('ACTION_TYPE_FAILED_ILLEGAL_NUM_OF_MONITORS');
  if (screens > 1 && display?.single_qxl_pci === false)
    throw invalidValue('display.single_qxl_pci', 'cannot be false: several monitors are those of one card');
  if (serial?.policy === 'custom' && !serial.value?.trim()) throw refused('ACTION_TYPE_FAILED_INVALID_SERIAL_NUMBER');
  for (const [field, value] of Object.entries({ 'rng_device.rate.bytes': rng?.rate?.bytes, 'rng_device.rate.period': rng?.rate?.period }))
    if (value !== undefined && value < 1) throw invalidValue(field, 'must be at least 1');
  const queues = definition.virtio_scsi_multi_queues ?? 0;
  if (queues < 0 || queues > maxQueues) throw invalidValue('virtio_scsi_multi_queues', say`must be between 0 and ${maxQueues}`);
  const threads = definition.io?.threads ?? 0;
  if (threads < 0 || threads > maxQueues) throw invalidValue('io.threads', say`must be between 0 and ${maxQueues}`);
}

/** What a floppy disk of 1.44 MB and its label have room for. */
const floppyBytes = 1_457_664;
const floppyLabel = /^[\w.-]{0,11}$/;

function checkPayloads({ payloads = [] }: Vm): void {
  for (const { type, volume_id: label, files = [] } of payloads) {
    if (type !== 'floppy') continue;
    if (!floppyLabel.test(label ?? ''))
      throw invalidValue('payloads.volume_id', 'must have at most 11 letters, digits, dots, dashes and underscores on a floppy disk');
    const bytes = files.reduce((sum, { content = '' }) => sum + Buffer.byteLength(content), 0);
    if (bytes > floppyBytes) throw invalidValue('payloads.files', say`must fit on a floppy disk, which has room for ${floppyBytes} bytes`);
  }
}

async function checkBoot(context: Context, { os = {} }: Vm, clusterId: string | null, before: Vm | undefined): Promise<void> {
  checkBootTexts(os);
  const isNew = os.kernel !== before?.os?.kernel || os.initrd !== before?.os?.initrd;
  if (isNew && clusterId !== null) await placedBootFiles(context.db, os, { clusterId });
}

/**
 * Whether a VM or template can be as it is defined.
 * @param before how it is defined now: what it has since boots as it may
 * @throws {Fault} naming what cannot be
 */
export async function checkDefinition(context: Context, definition: Vm, clusterId: string | null, before?: Vm): Promise<void> {
  const cluster =
    clusterId === null
      ? undefined
      : await context.db
          .selectFrom('cluster')
          .select(['compatibility_major', 'compatibility_minor', 'bios_type'])
          .where('id', '=', clusterId)
          .executeTakeFirst();
  const facts = cluster && { level: `${cluster.compatibility_major}.${cluster.compatibility_minor}`, bios_type: cluster.bios_type };
  checkMachine(definition, facts);
  checkDevices(definition);
  checkPayloads(definition);
  await checkBoot(context, definition, clusterId, before);
  checkLease(definition, { VAR_ACTION: 'edit', VAR_TYPE: 'VM' });
  const problem = definition.initialization && initializationProblem(definition.initialization);
  if (problem) throw invalidValue(`initialization.${problem.field}`, problem.problem);
  const { time_zone: zone, high_availability: ha, custom_compatibility_version: custom, cpu_shares: shares } = definition;
  if (zone?.name && knownZone(zone.name) === undefined) throw refused('ACTION_TYPE_FAILED_INVALID_TIMEZONE');
  if (ha?.priority !== undefined && (ha.priority < 0 || ha.priority > maxPriority)) throw refused('VM_OR_TEMPLATE_ILLEGAL_PRIORITY_VALUE');
  if (shares !== undefined && (shares < 0 || shares > 262_144)) throw invalidValue('cpu_shares', 'must be between 0 and 262144');
  const level = custom ? `${custom.major}.${custom.minor ?? 0}` : facts?.level;
  checkPinning(definition, level);
  if (definition.custom_properties && level)
    checkCustomProperties(definition.custom_properties, knownProperties(context.engine.options, level));
}
