import { DomainPausedReason, DomainState, ErrorNumber, isLibvirtError } from '@virgate/libvirt';
import { VdsmError } from '@virgate/vdsm';
import type { VdsmPeer } from '@virgate/vdsm';
import { mkdir, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { PreparedDisks, PreparedVolume } from '../domain-xml/environment.ts';
import { child, childrenNamed, descend } from '../domain-xml/element.ts';
import { xmlLimits } from '../domain-xml/parse.ts';
import { writeXml } from '../domain-xml/write.ts';
import type { VolumeIds } from '../domain-xml/request.ts';
import { cleanText, guestLimits } from '../guest/facts.ts';
import { hostName } from '../peers.ts';
import { errorCode, invalidParameter, readObject, readOptionalInteger, readOptionalText, readText, readUuid } from '../verb.ts';
import type { VerbHandler } from '../verb.ts';
import { placeBootFiles } from '../vm/boot-files.ts';
import { readConsoleEnd } from '../vm/console-end.ts';
import { isoLimits } from '../vm/iso-image.ts';
import { leasesOf, placeLeases } from '../vm/leases.ts';
import { payloadPath, removePayloads } from '../vm/payload.ts';
import { prepareLun } from '../vm/prepare-lun.ts';
import { maximumVms } from '../vm/registry.ts';
import type { VmRegistry } from '../vm/registry.ts';
import { initialState } from '../vm/status.ts';
import { undefineDomain } from '../vm/undefine.ts';
import { newVm } from '../vm/vm.ts';
import type { Vm } from '../vm/vm.ts';
import { allowedPaths, destinationDocument, foreignReach, readArrivingDomain } from './document.ts';
import type { ArrivingDomain } from './document.ts';
import { runArrivedHooks, runComingHooks } from './hooks.ts';

/** VDSM: max_incoming_migrations. */
const defaultIncomingLimit = 2;
const maximumLimit = 1000;
/** How long a VM that was announced may take until its libvirt knocks. */
const noShowMs = 120_000;
const lookMs = 3000;
/** How long a VM that comes back waits until its former run here is settled. */
const settlingMs = 5000;
const settlingLookMs = 100;
/** Names of what only agents of this kind send one another, beside VDSM's. */
export const ownKeys = {
  payloads: '_X_virgate_payloads',
  consoleEnd: '_X_virgate_consoleEnd',
  document: '_X_virgate_document',
  libvirtPort: '_X_virgate_libvirtPort',
} as const;
/** More than the frames of the protocol carry is not sent. */
export const maximumPayloadBytes = 8 * 1024 * 1024;

/** Code of a call about a VM that has arrived and is no longer the other host's (VDSM errors, migOperationErr). */
export const hasArrived = 102;

function readPayloads(params: Record<string, unknown>): Map<string, Buffer> {
  const value = params[ownKeys.payloads];
  if (value === undefined || value === null) return new Map();
  const payloads = Object.entries(readObject(params, ownKeys.payloads)).map(([target, content]): [string, Buffer] => {
    if (!/^[a-z]{1,8}$/.test(target) || typeof content !== 'string' || content.length > isoLimits.totalBytes * 1.4)
      throw invalidParameter(ownKeys.payloads, 'images in base64 by target device are needed');
    return [target, Buffer.from(content, 'base64')];
  });
  return new Map(payloads);
}

/** Makes the disks of an arriving VM ready. A disk that is neither on a storage domain nor sent along can't follow the guest. */
async function prepareDisks(vms: VmRegistry, vm: Vm, arriving: ArrivingDomain, payloads: Map<string, Buffer>): Promise<PreparedDisks> {
  const { images, payloadDirectory } = vms.dependencies;
  const volumes = new Map<string, PreparedVolume>();
  const discs = new Map<string, string>();
  for (const disk of arriving.disks) {
    const { target, source, node } = disk;
    const content = payloads.get(target);
    if (source.kind === 'volume') volumes.set(target, await images.prepare(source.ids));
    else if (source.kind === 'lun') volumes.set(target, await prepareLun(vms, source.guid));
    else if (content) {
      const path = payloadPath(payloadDirectory, vm.vmId, disk);
      await mkdir(payloadDirectory, { recursive: true, mode: 0o700 });
      await writeFile(path, content, { mode: 0o600 });
      discs.set(target, path);
    } else if (['file', 'dev'].some((name) => descend(node, 'source')?.attributes.has(name) === true))
      throw new VdsmError(errorCode.cannotCreateVm, `The disk ${target} lies on the other host alone`);
  }
  return { volumes, payloads: discs };
}

const cannotCome = (error: unknown): VdsmError =>
  new VdsmError(errorCode.cannotCreateVm, `The VM can't come to this host: ${error instanceof Error ? error.message : String(error)}`, {
    cause: error,
  });

const volumesOf = ({ disks, bootVolumes }: ArrivingDomain): VolumeIds[] => [
  ...disks.flatMap(({ source }) => (source.kind === 'volume' ? [source.ids] : [])),
  ...bootVolumes,
];

/** What the guest told on the other host, until it tells it here. */
function seedGuest(vm: Vm, params: Record<string, unknown>): void {
  const name = cleanText(params['guestFQDN'], guestLimits.nameCharacters);
  const list = Array.isArray(params['netIfaces']) ? params['netIfaces'].slice(0, guestLimits.interfaces) : [];
  const texts = (value: unknown): string[] =>
    Array.isArray(value) ? value.slice(0, guestLimits.addressesPerInterface).map((one) => cleanText(one)) : [];
  const interfaces = list
    .filter((one): one is Record<string, unknown> => typeof one === 'object' && one !== null)
    .map((one) => ({ name: cleanText(one['name']), hw: cleanText(one['hw']), inet: texts(one['inet']), inet6: texts(one['inet6']) }));
  vm.guest = { ...vm.guest, ...(name === '' ? {} : { hostName: name }), ...(interfaces.length === 0 ? {} : { interfaces }) };
}

/** VMs that come from other hosts. */
export class IncomingMigrations {
  readonly #vms: VmRegistry;
  /** What the documents of arriving VMs may reach of this host, by id. */
  readonly #allowed = new Map<string, Set<string>>();
  readonly #stops = new Map<string, () => void>();

  readonly #isLeaving: (vmId: string) => boolean;

  /** @param isLeaving whether a VM is still on its way from this host to another */
  constructor(vms: VmRegistry, isLeaving: (vmId: string) => boolean) {
    this.#vms = vms;
    this.#isLeaving = isLeaving;
  }

  /** VMs that are on their way here. */
  arriving(): Vm[] {
    return this.#vms.list().filter((vm) => vm.state.phase === 'arriving');
  }

  /** The verb VM.migrationCreate: makes a VM of another host ready to come here (VDSM schema, VM.migrationCreate). */
  readonly create: VerbHandler = async (params, call) => {
    const vmId = readUuid(params, 'vmID');
    const definition = readObject(params, 'params');
    if (definition['vmId'] !== undefined && readUuid(definition, 'vmId') !== vmId)
      throw invalidParameter('params.vmId', 'the same UUID as vmID is needed');
    const limit = readOptionalInteger(params, 'incomingLimit', { minimum: 1, maximum: maximumLimit }) ?? defaultIncomingLimit;
    const xml = readOptionalText(definition, '_srcDomXML', xmlLimits.characters) ?? readText(definition, 'xml', xmlLimits.characters);
    const payloads = readPayloads(definition);
    const arriving = this.#read(vmId, xml);
    await this.#makeRoom(vmId, limit, hostName(call.peer));
    const vm = this.#newVm(vmId, arriving, definition, call.peer);
    this.#vms.add(vm);
    // A VM.destroy that comes meanwhile ends all of it, not half.
    return await this.#vms.inTurn(vm, async () => {
      try {
        // On the disk before anything begins: an agent that comes after this one knows what to look for.
        await this.#vms.save(vm);
        this.#vms.announce(vm);
        const wanted = await this.#hooked(vm, arriving, xml);
        if (vm.destroyed) throw new VdsmError(errorCode.noSuchVm, `Virtual machine ${vmId} is not expected any more`);
        const document = await this.#prepare(vm, wanted, payloads);
        this.watch(vm);
        const libvirtPort = this.#vms.dependencies.migration.libvirtPort();
        return {
          migrationPort: 0,
          params: {
            vmId,
            status: 'Migration Destination',
            [ownKeys.document]: document,
            ...(libvirtPort === undefined ? {} : { [ownKeys.libvirtPort]: libvirtPort }),
          },
        };
      } catch (error) {
        await this.#drop(vm);
        if (error instanceof VdsmError) throw error;
        throw cannotCome(error);
      }
    });
  };

  #read(vmId: string, xml: string): ArrivingDomain {
    try {
      return readArrivingDomain(vmId, xml);
    } catch (error) {
      throw cannotCome(error);
    }
  }

  /** The VM as the hooks of this host want it. */
  async #hooked(vm: Vm, arriving: ArrivingDomain, xml: string): Promise<ArrivingDomain> {
    const wanted = await runComingHooks(this.#vms, vm, xml);
    if (wanted === xml) return arriving;
    const changed = this.#read(vm.vmId, wanted);
    if (changed.name !== vm.name) throw cannotCome(new Error('hooks have renamed it'));
    vm.volumes = volumesOf(changed);
    vm.custom = changed.metadata.custom;
    return changed;
  }

  /** Whether something of a run that ended here is still under way: a migration away from here, or the engine's question for its end. */
  #isUnsettled(vmId: string): boolean {
    return this.#isLeaving(vmId) || this.#vms.find(vmId)?.state.phase === 'down';
  }

  /** @throws VdsmError 4 when the VM is here, 82 when too many come in or a former run of it has not been settled, 1100 when the host is full */
  async #makeRoom(vmId: string, limit: number, peer: string | undefined): Promise<void> {
    for (let waitedMs = 0; waitedMs < settlingMs && this.#isUnsettled(vmId); waitedMs += settlingLookMs) await delay(settlingLookMs);
    // The end of that run, or the engine's VM.destroy for it, must not meet the VM that comes now.
    if (this.#isUnsettled(vmId))
      throw new VdsmError(errorCode.migrationLimit, `A former run of virtual machine ${vmId} is not settled on this host; try again later`);
    const known = this.#vms.find(vmId);
    // The same host sends it anew: what it began before came to nothing, and an agent that was away meanwhile has not heard so.
    const again = known?.state.phase === 'arriving' && known.state.arrivedFrom === (peer ?? '');
    if (known && (!again || known.destroyed)) throw new VdsmError(errorCode.vmExists, `Virtual machine already exists: ${vmId}`);
    if (this.arriving().filter((vm) => vm !== known).length >= limit)
      throw new VdsmError(errorCode.migrationLimit, `${limit} virtual machines migrate to this host already; try again later`);
    if (this.#vms.list().length >= maximumVms)
      throw new VdsmError(errorCode.resourceExhausted, `This host holds ${maximumVms} virtual machines and takes no more`);
    if (!known) return;
    known.destroyed = true;
    await this.#vms.inTurn(known, async () => {
      if (this.#vms.find(vmId) === known) await this.#drop(known, 'destroy');
    });
  }

  #newVm(vmId: string, arriving: ArrivingDomain, definition: Record<string, unknown>, peer: VdsmPeer): Vm {
    const { clock } = this.#vms.dependencies;
    const vm = newVm(vmId, arriving.name, clock.monotonicMs());
    vm.state = { ...initialState('arriving'), arrivedFrom: hostName(peer) ?? '' };
    vm.reportedStatus = 'Migration Destination';
    vm.volumes = volumesOf(arriving);
    vm.custom = arriving.metadata.custom;
    vm.clockOffsetSeconds = arriving.clockOffsetSeconds;
    vm.destroyOnReboot = arriving.metadata.values['destroy_on_reboot'] === true;
    const consoleEnd = definition[ownKeys.consoleEnd];
    if (typeof consoleEnd === 'object' && consoleEnd !== null) vm.consoleEnd = readConsoleEnd(consoleEnd as Record<string, unknown>);
    seedGuest(vm, definition);
    return vm;
  }

  async #prepare(vm: Vm, arriving: ArrivingDomain, payloads: Map<string, Buffer>): Promise<string> {
    const { environment, ensureUnpluggedBridge } = this.#vms.dependencies;
    const devices = child(arriving.domain, 'devices');
    const disks = await prepareDisks(this.#vms, vm, arriving, payloads);
    await placeBootFiles(this.#vms.dependencies, arriving.domain);
    await placeLeases(this.#vms, arriving.domain, leasesOf(this.#vms, arriving.domain));
    const document = destinationDocument(arriving, environment(), disks);
    const unplugged = environment().unpluggedBridge;
    if ((devices ? childrenNamed(devices, 'interface') : []).some((nic) => descend(nic, 'source')?.attributes.get('bridge') === unplugged))
      await ensureUnpluggedBridge();
    this.#allowed.set(vm.vmId, allowedPaths(document));
    return writeXml(document);
  }

  /** The name of the domain that a host wants to start here, or why it may not: its agent must have announced it. */
  admitArrival(peer: string, xml: string): { name: string } | { refusal: string } {
    const vmId = /<uuid>([0-9a-f-]{36})<\/uuid>/i.exec(xml)?.[1]?.toLowerCase() ?? '';
    const vm = this.arriving().find((one) => one.vmId === vmId && one.state.arrivedFrom === peer);
    const allowed = vm && this.#allowed.get(vm.vmId);
    if (!vm || !allowed) return { refusal: `no VM ${vmId} of ${peer} was announced` };
    const refusal = foreignReach(vm, xml, allowed);
    return refusal === undefined ? { name: vm.name } : { refusal };
  }

  /** Looks after a VM that comes until it is here, or is not to be expected any more. */
  watch(vm: Vm): void {
    const { clock } = this.#vms.dependencies;
    const sinceMs = clock.monotonicMs();
    this.#stops.get(vm.vmId)?.();
    const stop = clock.every(lookMs, () => void this.look(vm, sinceMs));
    this.#stops.set(vm.vmId, stop);
    void this.look(vm, sinceMs);
  }

  /** Finds out where an arriving VM is. */
  async look(vm: Vm, sinceMs?: number): Promise<void> {
    if (vm.state.phase !== 'arriving' || this.#vms.find(vm.vmId) !== vm) return this.#rest(vm);
    const { clock, log, settlePorts } = this.#vms.dependencies;
    const found = await this.#vms
      .call(vm, 'query', (connection) => connection.domainState(vm.vmId))
      .catch((error: unknown) => (isLibvirtError(error, ErrorNumber.NO_DOMAIN) ? null : undefined));
    // libvirt gave no answer: the next look may.
    if (found === undefined || vm.state.phase !== 'arriving') return;
    if (found === null || found.state === DomainState.SHUTOFF || found.state === DomainState.NOSTATE) {
      if (sinceMs !== undefined && clock.monotonicMs() - sinceMs > noShowMs) this.failed(vm);
      return;
    }
    // One that is neither may be on its way out: saying that it arrived would let the other host end its own.
    if (!isHere(found)) return;
    try {
      await this.#vms.refreshFacts(vm);
    } catch (error) {
      log.warn({ vmId: vm.vmId, error: String(error) }, 'The document of a VM that arrived could not be read; it is tried again');
      return;
    }
    this.#rest(vm);
    const startTime = vm.facts?.metadata.values['startTime'];
    if (typeof startTime === 'number')
      vm.state = { ...vm.state, startedMs: clock.monotonicMs() - Math.max(0, clock.nowMs() - startTime * 1000) };
    log.info({ vmId: vm.vmId, from: vm.state.arrivedFrom }, 'VM has arrived');
    // Filters that are flows of a switch hold for the ports that the VM has here.
    await settlePorts().catch((error: unknown) =>
      log.warn({ vmId: vm.vmId, error: String(error) }, 'The ports of a VM could not be settled'),
    );
    if (vm.state.phase !== 'arriving') return;
    this.#vms.apply(vm, { type: 'arrived', paused: found.state === DomainState.PAUSED });
    runArrivedHooks(this.#vms, vm);
  }

  /** A VM that was to come did not. */
  failed(vm: Vm): void {
    this.#rest(vm);
    this.#vms.dependencies.log.warn({ vmId: vm.vmId, from: vm.state.arrivedFrom }, 'VM that was to come from another host did not');
    this.#vms.apply(vm, { type: 'stopped', detail: 'failed' });
  }

  #rest(vm: Vm): void {
    this.#stops.get(vm.vmId)?.();
    this.#stops.delete(vm.vmId);
    if (vm.state.phase !== 'arriving') this.#allowed.delete(vm.vmId);
  }

  async #drop(vm: Vm, running: 'keep' | 'destroy' = 'keep'): Promise<void> {
    const { log, payloadDirectory } = this.#vms.dependencies;
    this.#rest(vm);
    this.#allowed.delete(vm.vmId);
    await undefineDomain(this.#vms, vm, running).catch((error: unknown) =>
      log.warn({ vmId: vm.vmId, error: String(error) }, 'The definition of a VM that is gone could not be removed'),
    );
    this.#vms.letVolumesGo(vm);
    await removePayloads(vm.vmId, payloadDirectory);
    await this.#vms.forget(vm);
  }

  /** Stops looking; VMs go on arriving. */
  close(): void {
    for (const stop of this.#stops.values()) stop();
    this.#stops.clear();
  }
}

/** Why a domain is paused that is wholly here. */
const pausedHere = new Set<number>([
  DomainPausedReason.USER,
  DomainPausedReason.IOERROR,
  DomainPausedReason.WATCHDOG,
  DomainPausedReason.CRASHED,
  DomainPausedReason.POSTCOPY,
  DomainPausedReason.POSTCOPY_FAILED,
]);

/** Whether a domain that came from another host is wholly here. */
const isHere = (found: { state: number; reason: number }): boolean =>
  [DomainState.RUNNING, DomainState.BLOCKED, DomainState.PMSUSPENDED].some((state) => state === found.state) ||
  (found.state === DomainState.PAUSED && pausedHere.has(found.reason));

/** Why libvirt keeps a domain paused that is not wholly here yet. */
const stillComing = new Set<number>([DomainPausedReason.MIGRATION, DomainPausedReason.STARTING_UP]);

/** Whether a domain without a record is one that just comes from another host. */
export const isComing = (found: { state: number; reason: number }): boolean =>
  found.state === DomainState.PAUSED && stillComing.has(found.reason);
