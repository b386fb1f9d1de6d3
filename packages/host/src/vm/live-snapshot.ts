import { DomainJobType, DomainSnapshotCreateFlags, DomainState, ErrorNumber, isLibvirtError } from '@virgate/libvirt';
import { VdsmError } from '@virgate/vdsm';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { element } from '../domain-xml/element.ts';
import type { PreparedVolume } from '../domain-xml/environment.ts';
import type { VolumeIds } from '../domain-xml/request.ts';
import { writeXml } from '../domain-xml/write.ts';
import { errorCode, invalidParameter, readOptionalBoolean, readOptionalInteger, readUuid } from '../verb.ts';
import type { VerbHandler } from '../verb.ts';
import { keepDrives, readDrives, readImageSpec, sourceOf } from './drives.ts';
import type { Drive } from './drives.ts';
import { readMemoryHandle } from './memory-volumes.ts';
import type { MemoryVolumes } from './memory-volumes.ts';
import { saveMetadata } from './metadata-state.ts';
import { setVmMetadataIn } from '../domain-xml/metadata.ts';
import { asFault } from './registry.ts';
import type { VmRegistry } from './registry.ts';
import { writeSavedState } from './saved-state.ts';
import type { Vm } from './vm.ts';

/** One disk of a snapshot: what it writes to until then, and from then on. */
interface SnapshotDrive {
  domainId: string;
  imageId: string;
  baseId: string;
  volumeId: string;
}

/** A snapshot as it lies in the domain's metadata (`snapshot_job`) while it is made, for an agent that comes after this one. */
interface SnapshotJob {
  jobUUID: string;
  drives: SnapshotDrive[];
  memory: MemoryVolumes | null;
  frozen: boolean;
  /** Seconds since 1970. */
  startTime: number;
  timeoutSeconds: number;
  freezeTimeoutSeconds: number;
}

const minuteSeconds = 60;
const maximumMinutes = 3000;
const maximumDrives = 256;
/** A guest writes out what it holds back before it freezes. */
const freezeDeadlineMs = 60_000;
const pollMs = 500;
const metadataName = 'snapshot_job';
const snapshotFailed = 48;

const failure = (message: string, cause?: unknown): VdsmError =>
  new VdsmError(snapshotFailed, `Snapshot failed: ${message}`, cause === undefined ? undefined : { cause });

function readSnapshotDrives(params: Record<string, unknown>): SnapshotDrive[] {
  const list = params['snapDrives'];
  if (!Array.isArray(list) || list.length > maximumDrives)
    throw invalidParameter('snapDrives', `a list of at most ${maximumDrives} disks is needed`);
  return list.map((item: unknown) => {
    if (typeof item !== 'object' || item === null) throw invalidParameter('snapDrives', 'a list of objects is needed');
    const spec = item as Record<string, unknown>;
    return { ...readImageSpec(spec), baseId: readUuid(spec, 'baseVolumeID') };
  });
}

/** Where a disk is of the way over: on its old volume, on its new one, or on neither. */
const placeOf = (drive: SnapshotDrive, live: readonly Drive[]): 'old' | 'new' | 'neither' => {
  const volumeId = live.find((one) => one.ids.imageId === drive.imageId)?.ids.volumeId;
  return volumeId === drive.volumeId ? 'new' : volumeId === drive.baseId ? 'old' : 'neither';
};

/** @throws VdsmError 48 for a disk that the VM has not, or that no snapshot is made of */
function checkDrives(drives: readonly SnapshotDrive[], live: readonly Drive[]): void {
  for (const drive of drives) {
    const found = live.find((one) => one.ids.imageId === drive.imageId);
    if (!found) throw failure(`the VM has no disk with image ${drive.imageId}`);
    if (found.shared) throw failure(`disk ${found.target} is shared or transient`);
    if (found.mirror) throw failure(`a block job works on disk ${found.target}`);
    if (placeOf(drive, live) === 'neither')
      throw failure(`disk ${found.target} writes to volume ${found.ids.volumeId}, not ${drive.baseId}`);
  }
}

/** The document that tells libvirt which files the disks write to from now on; all other disks stay as they are. */
function snapshotXml(live: readonly Drive[], volumes: ReadonlyMap<string, PreparedVolume>, memoryPath: string | undefined): string {
  const disks = live.flatMap((drive) => {
    const volume = volumes.get(drive.ids.imageId);
    if (volume === undefined) return [];
    const { type, source } = sourceOf(volume);
    return [element('disk', { name: drive.target, type, snapshot: 'external' }, [element('driver', { type: 'qcow2' }), source])];
  });
  return writeXml(
    element('domainsnapshot', {}, [
      element('name', {}, [randomUUID()]),
      ...(memoryPath === undefined ? [] : [element('memory', { snapshot: 'external', file: memoryPath })]),
      element('disks', {}, disks),
    ]),
  );
}

/** The snapshots of this host's VMs. */
export class LiveSnapshots {
  readonly #vms: VmRegistry;
  /** VMs of which one is made. */
  readonly #busy = new Set<string>();

  constructor(vms: VmRegistry) {
    this.#vms = vms;
  }

  /** The verb VM.snapshot: begins a job (VDSM schema, VM.snapshot). A repeat after it was done changes nothing. */
  verb(): VerbHandler {
    return async (params) => {
      const vm = this.#vms.running(readUuid(params, 'vmID'));
      const handle = params['snapMemory'];
      const minutes = { minimum: 1, maximum: maximumMinutes };
      const job: SnapshotJob = {
        jobUUID: params['jobUUID'] === undefined || params['jobUUID'] === null ? randomUUID() : readUuid(params, 'jobUUID'),
        drives: readSnapshotDrives(params),
        memory: handle === undefined || handle === null || handle === '' ? null : readMemoryHandle(params, 'snapMemory'),
        frozen: readOptionalBoolean(params, 'frozen') ?? false,
        startTime: this.#vms.dependencies.clock.nowMs() / 1000,
        timeoutSeconds: (readOptionalInteger(params, 'timeout', minutes) ?? 30) * minuteSeconds,
        freezeTimeoutSeconds: (readOptionalInteger(params, 'freeze_timeout', minutes) ?? 8) * minuteSeconds,
      };
      const { jobs } = this.#vms.dependencies;
      if (jobs.list(undefined, [job.jobUUID])[job.jobUUID] === undefined && this.#busy.has(vm.vmId))
        throw failure(`another snapshot of virtual machine ${vm.vmId} is being made`);
      checkDrives(job.drives, await readDrives(this.#vms, vm));
      jobs.start({ id: job.jobUUID, type: 'virt', description: 'snapshot_vm' }, ({ signal }) => this.#run(vm, job, signal));
      return true;
    };
  }

  /** Goes on with what an agent before this one was doing. Call it when VMs were found again. */
  recover(vm: Vm): void {
    const text = vm.facts?.metadata.values[metadataName];
    if (typeof text !== 'string' || text === '') return;
    const { log, jobs } = this.#vms.dependencies;
    let job: SnapshotJob;
    try {
      job = JSON.parse(text) as SnapshotJob;
    } catch {
      log.warn({ vmId: vm.vmId }, 'A snapshot that was being made left notes that cannot be read');
      return;
    }
    log.info({ vmId: vm.vmId, job: job.jobUUID }, 'A snapshot was being made when the agent ended');
    jobs.start({ id: job.jobUUID, type: 'virt', description: 'snapshot_vm' }, ({ signal }) =>
      this.#alone(vm, () => this.#await(vm, job, signal)),
    );
  }

  async #alone(vm: Vm, work: () => Promise<void>): Promise<void> {
    this.#busy.add(vm.vmId);
    try {
      await work();
    } finally {
      this.#busy.delete(vm.vmId);
    }
  }

  async #run(vm: Vm, job: SnapshotJob, signal: AbortSignal): Promise<void> {
    await this.#alone(vm, async () => {
      const vms = this.#vms;
      const live = await readDrives(vms, vm);
      checkDrives(job.drives, live);
      // Asked for again, after it was done and its end was not heard.
      if (job.drives.length > 0 && job.drives.every((drive) => placeOf(drive, live) === 'new')) return;
      await vms.inTurn(vm, () => saveMetadata(vms, vm, { [metadataName]: JSON.stringify(job) }));
      try {
        await this.#take(vm, job, live, signal);
      } catch (error) {
        // The next agent finds out what became of it.
        if (vms.isClosing) throw error;
        await this.#settle(vm, job).catch((late: unknown) =>
          vms.dependencies.log.warn({ vmId: vm.vmId, error: String(late) }, 'Notes of a failed snapshot could not be removed'),
        );
        throw error instanceof VdsmError ? error : asFault(error, snapshotFailed);
      }
      await this.#settle(vm, job);
    });
  }

  /** Gives libvirt the order, with what belongs before and after it. */
  async #take(vm: Vm, job: SnapshotJob, live: readonly Drive[], signal: AbortSignal): Promise<void> {
    const { images, hypervisor, clock } = this.#vms.dependencies;
    const volumes = new Map<string, PreparedVolume>();
    for (const { domainId, imageId, volumeId } of job.drives) {
      const poolId = live.find((drive) => drive.ids.imageId === imageId)?.ids.poolId ?? '';
      volumes.set(imageId, await images.prepare({ poolId, domainId, imageId, volumeId }));
    }
    let memoryPath: string | undefined;
    if (job.memory) {
      memoryPath = (await images.prepare(job.memory.dump)).path;
      const configuration = await images.prepare(job.memory.configuration);
      await writeSavedState(configuration.path, { vmId: vm.vmId, name: vm.name, savedAt: clock.nowMs() / 1000, isSnapshot: true });
    }
    signal.throwIfAborted();
    const { state } = await this.#vms.call(vm, 'query', (connection) => connection.domainState(vm.vmId));
    // The memory holds what a guest has not written; a guest that stands still can write nothing out.
    const freezes = !job.frozen && !job.memory && state === DomainState.RUNNING && (await this.#freeze(vm));
    const stops = this.#watchTime(vm, job, freezes);
    try {
      const { REUSE_EXT, NO_METADATA, ATOMIC, DISK_ONLY } = DomainSnapshotCreateFlags;
      const flags = REUSE_EXT | NO_METADATA | ATOMIC | (memoryPath === undefined ? DISK_ONLY : 0);
      const xml = snapshotXml(live, volumes, memoryPath);
      await hypervisor.runLong((connection) => connection.domainSnapshotCreateXML(vm.vmId, xml, flags, { timeoutMs: 0 }), signal);
    } finally {
      stops();
      if (freezes) await this.#thaw(vm);
    }
  }

  /** Ends what takes too long: a guest must not stay frozen, nor a job go on for ever. */
  #watchTime(vm: Vm, job: SnapshotJob, isFrozen: boolean): () => void {
    const { clock, log } = this.#vms.dependencies;
    const nowSeconds = clock.nowMs() / 1000;
    const left = job.startTime + job.timeoutSeconds - nowSeconds;
    const seconds = Math.max(1, isFrozen ? Math.min(left, job.freezeTimeoutSeconds) : left);
    return clock.after(seconds * 1000, () => {
      log.warn({ vmId: vm.vmId, job: job.jobUUID, seconds }, 'A snapshot takes too long; it is stopped');
      if (isFrozen) void this.#thaw(vm);
      this.#vms
        .call(vm, 'control', (connection) => connection.domainAbortJob(vm.vmId))
        .catch((error: unknown) => log.warn({ vmId: vm.vmId, error: String(error) }, 'A snapshot could not be stopped'));
    });
  }

  /** @returns whether the guest's file systems are frozen now; a guest without an agent cannot be asked, its snapshot is as after a power cut */
  async #freeze(vm: Vm): Promise<boolean> {
    const { log } = this.#vms.dependencies;
    if (vm.facts?.hasAgentChannel !== true) return false;
    try {
      await this.#vms.call(vm, 'control', (connection) => connection.domainFreeze({ uuid: vm.vmId, name: vm.name }), freezeDeadlineMs);
      return true;
    } catch (error) {
      log.warn({ vmId: vm.vmId, error: String(error) }, 'The guest did not freeze; its snapshot is as after a power cut');
      // One that was late may have frozen all the same.
      if (!isLibvirtError(error, ErrorNumber.AGENT_UNRESPONSIVE)) await this.#thaw(vm);
      return false;
    }
  }

  async #thaw(vm: Vm): Promise<void> {
    const { log } = this.#vms.dependencies;
    await this.#vms
      .call(vm, 'control', (connection) => connection.domainThaw({ uuid: vm.vmId, name: vm.name }), freezeDeadlineMs)
      .catch((error: unknown) => log.warn({ vmId: vm.vmId, error: String(error) }, 'The guest did not thaw'));
  }

  /** Waits for the end of an order that an agent before this one gave: libvirt carries it out all the same. */
  async #await(vm: Vm, job: SnapshotJob, signal: AbortSignal): Promise<void> {
    const vms = this.#vms;
    const { clock } = vms.dependencies;
    const untilSeconds = job.startTime + job.timeoutSeconds;
    for (let polls = 0; ; polls += 1) {
      signal.throwIfAborted();
      if (vms.find(vm.vmId) !== vm || vm.state.phase === 'down') throw new VdsmError(errorCode.vmIsDown, 'The VM is down');
      const live = await readDrives(vms, vm);
      if (job.drives.every((drive) => placeOf(drive, live) === 'new')) break;
      const { type } = await vms.call(vm, 'query', (connection) => connection.domainJobStats(vm.vmId));
      // An order may be on its way to QEMU without being shown as a job yet.
      if (type === DomainJobType.NONE && polls > 4) break;
      if (clock.nowMs() / 1000 > untilSeconds) await vms.call(vm, 'control', (connection) => connection.domainAbortJob(vm.vmId));
      await delay(pollMs);
    }
    if (!job.frozen && !job.memory) await this.#thaw(vm);
    const done = await this.#settle(vm, job);
    if (!done) throw failure('the host agent was restarted before it was made');
  }

  /** Writes down on which volumes the disks really are, and that nothing is under way any more. @returns whether all are on the new ones */
  async #settle(vm: Vm, job: SnapshotJob): Promise<boolean> {
    const vms = this.#vms;
    return vms.inTurn(vm, async () => {
      const live = await readDrives(vms, vm);
      const done = job.drives.every((drive) => placeOf(drive, live) === 'new');
      const places = new Map<string, Pick<VolumeIds, 'poolId' | 'domainId'>>();
      if (done)
        for (const { imageId, domainId } of job.drives)
          places.set(imageId, { domainId, poolId: live.find((drive) => drive.ids.imageId === imageId)?.ids.poolId ?? '' });
      await keepDrives(vms, vm, places, (metadata) => setVmMetadataIn(metadata, { [metadataName]: undefined }));
      return done;
    });
  }
}
