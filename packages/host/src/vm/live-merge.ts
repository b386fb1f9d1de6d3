import { DomainBlockCommitFlags, DomainBlockJobAbortFlags, DomainModificationImpact } from '@virgate/libvirt';
import { VdsmError } from '@virgate/vdsm';
import { randomUUID } from 'node:crypto';
import type { VolumeIds } from '../domain-xml/request.ts';
import type { XmlElement } from '../domain-xml/element.ts';
import { setVmMetadataIn } from '../domain-xml/metadata.ts';
import { readObject, readOptionalInteger, readUuid } from '../verb.ts';
import type { VerbHandler } from '../verb.ts';
import { findDrive, keepDrives, readDrives, readDriveSpec } from './drives.ts';
import type { Drive } from './drives.ts';
import { editMetadata } from './metadata-state.ts';
import { asFault } from './registry.ts';
import type { VmRegistry } from './registry.ts';
import type { Vm } from './vm.ts';

/** A merge of a disk's layer into the one below it, as it lies in the domain's metadata (`jobs`) until it is done. */
export interface MergeJob {
  id: string;
  ids: VolumeIds;
  target: string;
  baseId: string;
  topId: string;
  /** The top is the volume that the VM writes to. */
  active: boolean;
  /** MiB/s; 0 without a bound. */
  bandwidth: number;
  /** How far it is, in bytes; only for statistics. */
  current: number;
  end: number;
}

const metadataName = 'jobs';
const mergeFailed = 52;
/** How often merges are looked at, beside whenever libvirt tells of one: its word may be lost with the connection. */
const intervalMs = 1000;
/** Why a merge is looked at: in its turn, or because libvirt told of a block job. */
type LookReason = 'timed' | 'told';
/** Timed looks at a disk without a block job after which the merge counts as ended. */
const confirmations = 2;

const failure = (message: string, cause?: unknown): VdsmError =>
  new VdsmError(mergeFailed, `Merge failed: ${message}`, cause === undefined ? undefined : { cause });

/** `vmJobs` of a VM's statistics (VDSM schema, VmJobsMap). Pure. */
export const mergeStatistics = (vm: Pick<Vm, 'merges'>): Record<string, object> =>
  Object.fromEntries(
    [...vm.merges.values()].map((job) => [
      job.id,
      {
        id: job.id,
        jobType: 'block',
        blockJobType: 'commit',
        bandwidth: job.bandwidth,
        cur: String(job.current),
        end: String(job.end),
        imgUUID: job.ids.imageId,
        drive: job.target,
      },
    ]),
  );

const write = (vm: Vm): string | undefined => (vm.merges.size === 0 ? undefined : JSON.stringify(Object.fromEntries(vm.merges)));

/** The merges of this host's VMs: begun by a verb, brought to their end by looking at them. */
export class LiveMerges {
  readonly #vms: VmRegistry;
  #stop: () => void = () => undefined;
  /** VMs whose merges are being looked at, and whether something happened to one meanwhile. */
  readonly #looking = new Map<string, { again: boolean }>();
  /** How often a block job was found gone, by the merge's id. */
  readonly #gone = new Map<string, number>();

  constructor(vms: VmRegistry) {
    this.#vms = vms;
  }

  start(): void {
    this.#stop = this.#vms.dependencies.clock.every(intervalMs, () => {
      for (const vm of this.#vms.list()) if (vm.merges.size > 0) void this.#look(vm, 'timed');
    });
  }

  stop(): void {
    this.#stop();
  }

  /** Something happened to a block job of a VM. */
  blockJobChanged(vm: Vm): void {
    if (vm.merges.size > 0) void this.#look(vm, 'told');
  }

  /** Takes up again what an agent before this one had begun. */
  recover(vm: Vm): void {
    const text = vm.facts?.metadata.values[metadataName];
    if (typeof text !== 'string' || text === '') return;
    try {
      vm.merges = new Map(Object.entries(JSON.parse(text) as Record<string, MergeJob>));
    } catch {
      this.#vms.dependencies.log.warn({ vmId: vm.vmId }, 'The merges of a VM left notes that cannot be read');
    }
  }

  /** The verb VM.merge: begins to write a volume into its parent (VDSM schema, VM.merge). A repeat while it goes on is the same merge. */
  verb(): VerbHandler {
    return async (params) => {
      const vms = this.#vms;
      const vm = vms.running(readUuid(params, 'vmID'));
      const ids = readDriveSpec(readObject(params, 'drive'));
      const [baseId, topId] = [readUuid(params, 'baseVolUUID'), readUuid(params, 'topVolUUID')];
      const bandwidth = readOptionalInteger(params, 'bandwidth', { minimum: 0, maximum: 1_000_000 }) ?? 0;
      const id = params['jobUUID'] === undefined || params['jobUUID'] === null ? randomUUID() : readUuid(params, 'jobUUID');
      await vms.inTurn(vm, async () => {
        if (vm.merges.has(id)) return;
        const drive = await this.#mergeable(vm, { ids, baseId, topId });
        const active = drive.layers[0]?.volumeId === topId;
        const place = { ...drive.ids, poolId: ids.poolId, domainId: ids.domainId };
        vm.merges.set(id, { id, ids: place, target: drive.target, baseId, topId, active, bandwidth, current: 0, end: 0 });
        try {
          await this.#save(vm);
          await this.#commit(vm, drive, { baseId, topId, active, bandwidth });
        } catch (error) {
          vm.merges.delete(id);
          await this.#save(vm).catch(() => undefined);
          throw error instanceof VdsmError ? error : asFault(error, mergeFailed);
        }
      });
      return true;
    };
  }

  /** @throws VdsmError 52, or what the storage says, when the merge cannot be */
  async #mergeable(vm: Vm, { ids, baseId, topId }: { ids: VolumeIds; baseId: string; topId: string }): Promise<Drive> {
    const drive = await findDrive(this.#vms, vm, ids.imageId, mergeFailed);
    if (drive.shared || drive.readOnly) throw failure(`disk ${drive.target} is shared, transient or read only`);
    if (drive.mirror || [...vm.merges.values()].some((job) => job.ids.imageId === ids.imageId))
      throw failure(`a block job works on disk ${drive.target} already`);
    const at = drive.layers.findIndex((layer) => layer.volumeId === topId);
    if (at < 0 || drive.layers[at + 1]?.volumeId !== baseId)
      throw failure(`volume ${topId} does not stand on volume ${baseId} in the chain of disk ${drive.target}`);
    const { liveVolumes } = this.#vms.dependencies;
    const merge = { domainId: ids.domainId, imageId: ids.imageId, volumeId: topId, baseId };
    await liveVolumes.checkMerge(merge);
    if (drive.isBlockDevice) await liveVolumes.makeMergeRoom(merge);
    return drive;
  }

  async #commit(vm: Vm, drive: Drive, merge: Pick<MergeJob, 'baseId' | 'topId' | 'active' | 'bandwidth'>): Promise<void> {
    const layer = (volumeId: string): string => drive.layers.find((one) => one.volumeId === volumeId)?.name ?? '';
    const base = layer(merge.baseId);
    // Without a base libvirt writes into the lowest layer there is, which may be a template's.
    if (!/^[a-z]+\[\d+\]$/.test(base)) throw failure(`libvirt has no name for volume ${merge.baseId}`);
    const { ACTIVE, RELATIVE } = DomainBlockCommitFlags;
    await this.#vms.call(vm, 'control', (connection) =>
      connection.domainBlockCommit(
        vm.vmId,
        drive.target,
        { base, top: merge.active ? null : layer(merge.topId) },
        RELATIVE | (merge.active ? ACTIVE : 0),
        merge.bandwidth,
      ),
    );
  }

  /** Notes the merges in the domain that runs, and not in its definition: they end with it. */
  #save(vm: Vm): Promise<void> {
    const edit = (metadata: XmlElement): void => setVmMetadataIn(metadata, { [metadataName]: write(vm) });
    return editMetadata(this.#vms, vm, edit, DomainModificationImpact.LIVE);
  }

  async #look(vm: Vm, reason: LookReason): Promise<void> {
    const other = this.#looking.get(vm.vmId);
    if (other) {
      other.again = true;
      return;
    }
    const mine = { again: false };
    this.#looking.set(vm.vmId, mine);
    try {
      for (const job of vm.merges.values()) await this.#lookAt(vm, job, reason);
      while (mine.again) {
        mine.again = false;
        for (const job of vm.merges.values()) await this.#lookAt(vm, job, 'told');
      }
    } finally {
      this.#looking.delete(vm.vmId);
    }
  }

  async #lookAt(vm: Vm, job: MergeJob, reason: LookReason): Promise<void> {
    if (vm.state.phase === 'down') {
      vm.merges.delete(job.id);
      return;
    }
    await this.#vms
      .inTurn(vm, () => this.#advance(vm, job, reason))
      .catch((error: unknown) =>
        this.#vms.dependencies.log.warn(
          { vmId: vm.vmId, job: job.id, error: String(error) },
          'A merge could not be brought on; it is tried again',
        ),
      );
  }

  /** Takes a merge one step on, from what the disk really is. */
  async #advance(vm: Vm, job: MergeJob, reason: LookReason): Promise<void> {
    if (vm.state.phase === 'down' || !vm.merges.has(job.id)) return;
    const drive = (await readDrives(this.#vms, vm)).find((one) => one.ids.imageId === job.ids.imageId);
    if (!drive) return this.#forget(vm, job);
    const inChain = drive.layers.some((layer) => layer.volumeId === job.topId);
    const info = await this.#vms.call(vm, 'query', (connection) => connection.domainBlockJobInfo(vm.vmId, drive.target));
    if (info) {
      [job.current, job.end] = [info.current, info.end];
      this.#gone.delete(job.id);
      if (job.active && drive.mirror?.ready === true && info.current === info.end) await this.#pivot(vm, job, drive);
      return;
    }
    if (!inChain) return this.#finish(vm, job);
    // A job that has just ended may be gone before the chain shows it: looks that follow at once prove nothing.
    if (reason === 'told') return;
    const seen = (this.#gone.get(job.id) ?? 0) + 1;
    this.#gone.set(job.id, seen);
    if (seen >= confirmations) await this.#giveUp(vm, job);
  }

  /** The VM goes over to the base. From before that no other host may start it from the top any more. */
  async #pivot(vm: Vm, job: MergeJob, drive: Drive): Promise<void> {
    const { liveVolumes, log } = this.#vms.dependencies;
    const top = { domainId: job.ids.domainId, imageId: job.ids.imageId, volumeId: job.topId };
    await liveVolumes.setLegality(top, 'ILLEGAL');
    try {
      await this.#vms.call(vm, 'start', (connection) =>
        connection.domainBlockJobAbort(vm.vmId, drive.target, DomainBlockJobAbortFlags.PIVOT),
      );
    } catch (error) {
      const now = (await readDrives(this.#vms, vm)).find((one) => one.ids.imageId === job.ids.imageId);
      if (now?.layers[0]?.volumeId !== job.topId) return this.#finish(vm, job);
      log.warn({ vmId: vm.vmId, job: job.id, error: String(error) }, 'A disk did not go over to its base; it is tried again');
      await liveVolumes.setLegality(top, 'LEGAL');
      return;
    }
    const now = (await readDrives(this.#vms, vm)).find((one) => one.ids.imageId === job.ids.imageId);
    if (now?.layers[0]?.volumeId === job.baseId) await this.#finish(vm, job);
  }

  async #finish(vm: Vm, job: MergeJob): Promise<void> {
    const { liveVolumes, log } = this.#vms.dependencies;
    const { domainId, imageId, poolId } = job.ids;
    await liveVolumes.mergeDone({ domainId, imageId, volumeId: job.topId, baseId: job.baseId });
    vm.merges.delete(job.id);
    this.#gone.delete(job.id);
    try {
      await keepDrives(this.#vms, vm, new Map([[imageId, { poolId, domainId }]]), (metadata) =>
        setVmMetadataIn(metadata, { [metadataName]: write(vm) }),
      );
    } catch (error) {
      vm.merges.set(job.id, job);
      throw error;
    }
    log.info({ vmId: vm.vmId, job: job.id, volume: job.topId }, 'A volume was merged into its parent');
  }

  /** The block job ended without effect: the chain is as before. */
  async #giveUp(vm: Vm, job: MergeJob): Promise<void> {
    const { liveVolumes, log } = this.#vms.dependencies;
    log.warn({ vmId: vm.vmId, job: job.id, volume: job.topId }, 'A merge ended without effect');
    // Before it was to go over, or now: an agent that came to it later does not know.
    if (job.active) await liveVolumes.setLegality({ domainId: job.ids.domainId, imageId: job.ids.imageId, volumeId: job.topId }, 'LEGAL');
    await this.#forget(vm, job);
  }

  async #forget(vm: Vm, job: MergeJob): Promise<void> {
    vm.merges.delete(job.id);
    this.#gone.delete(job.id);
    await this.#save(vm);
  }
}
