import { transaction } from '@virgate/database';
import { VdsmError } from '@virgate/vdsm';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import { setTimeout as delay } from 'node:timers/promises';
import type { Tables } from '../tables/schema.ts';
import { applyReports, saveVmStatistics } from './apply-vms.ts';
import { hostFacts } from './capabilities.ts';
import { connectStorage } from './connect-storage.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { reportedDevices, saveHostDevices } from '../host-devices/report.ts';
import type { NonOperational } from './operational.ts';
import { warnOfUntoldDumps } from '../hosts/power-management.ts';
import { judgeHost, loadHost, saveFacts, saveHostStatistics, setHostStatus, settleFipsMode, type WatchedHost } from './host-state.ts';
import type { HostClient } from './sessions.ts';
import { withRates, type NicSamples } from './device-statistics.ts';
import { memoryWarning, memoryWarningEveryMs } from './memory-threshold.ts';
import { keepChanged, keepOfEnded } from '../vms/external-data.ts';
import { hostSample, vmReport, type HostSample, type VmReport } from './statistics.ts';
import { connectionLost } from './connection-lost.ts';
import type { SystemOptions } from '../options/values.ts';

/** Intervals and limits. Source: engine behaviour, monitoring intervals and grace period. */
const cycleMs = 3_000;
const statisticsEveryCycles = 5;
const attemptsBeforeReset = 2;
const graceForSpmMs = 20_000;
const gracePerVmMs = 500;
const recoveryTimeoutMs = 180_000;
/** How long a host that was rebooted may take until its agent answers. Source: engine configuration, ServerRebootTimeout. */
const rebootTimeoutMs = 300_000;
const callTimeoutMs = 30_000;
const leastPatienceMs = 1_000;
/** Code of an agent that is not ready yet after its start. Source: VDSM errors, RecoveryInProgress. */
const recovering = 99;

/** What a session is made with. */
export interface SessionOptions {
  db: Kysely<Tables>;
  log: Logger;
  now: () => number;
  secretKey: Buffer;
  options: Pick<SystemOptions, 'number'>;
  host: { id: string; name: string; address: string; port: number; fence: number };
  client: HostClient;
}

/** Watches one host: takes its events, asks for its statistics, and keeps its status true. */
export class HostSession {
  readonly client: HostClient;
  readonly fence: number;
  readonly address: string;
  readonly port: number;
  readonly #options: SessionOptions;
  readonly #abort = new AbortController();
  #wakeUp: () => void = () => undefined;
  #loop: Promise<void> = Promise.resolve();
  #events: Promise<void> = Promise.resolve();
  #failures = 0;
  #lastAnswer: number;
  #recoveringSince: number | null = null;
  #rebootingSince: number | null = null;
  #cycle = 0;
  /** Statistics are asked for in the next cycle, which comes at once. */
  #pollDue = false;
  /** The last samples of the host's NICs, and of those of its VMs: rates are what lies between two. */
  #nics: NicSamples = {};
  #vmNics = new Map<string, NicSamples>();
  /** Capabilities are asked for in the next cycle. */
  #inspectionDue = false;
  #warnedOfMemoryAt = Number.NEGATIVE_INFINITY;
  /** Why the connection broke since the last cycle. */
  #lost: VdsmError | null = null;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.client = options.client;
    this.fence = options.host.fence;
    this.address = options.host.address;
    this.port = options.host.port;
    this.#lastAnswer = options.now();
  }

  start(): void {
    this.#watchConnection();
    this.client.subscribe('|virt|VM_status|*', (params) => this.#onVmEvent(params));
    this.client.subscribe('|net|host_conn|*', () => this.inspect());
    this.#loop = this.#run();
  }

  /** An agent that comes back has forgotten its storage, however short it was away: it goes the whole way up again. */
  #watchConnection(): void {
    let wasUp = false;
    this.client.on('state', (state, reason) => {
      if (state === 'down' && wasUp) this.#lost = reason ?? null;
      if (state !== 'connecting') wasUp = state === 'up';
      if (state === 'up' || this.#lost) this.wake();
    });
  }

  /** Runs the next cycle now. */
  wake(): void {
    this.#wakeUp();
  }

  /** Asks the host for everything now. */
  refresh(): void {
    this.#pollDue = true;
    this.wake();
  }

  /** Asks the host what it is, now: its network changed. */
  inspect(): void {
    this.#inspectionDue = true;
    this.refresh();
  }

  async close(): Promise<void> {
    this.#abort.abort();
    this.wake();
    this.client.close();
    await this.#loop;
    await this.#events;
  }

  async #run(): Promise<void> {
    const { log, host } = this.#options;
    while (!this.#abort.signal.aborted) {
      try {
        await this.#cycleOnce();
      } catch (error) {
        log.warn({ err: error, host: host.name }, 'a monitoring cycle failed');
        // Latest statistics do not outlive a crash of the database: they are asked for again at once.
        this.#cycle = 0;
      }
      if (!this.#pollDue) await this.#pause();
    }
  }

  async #pause(): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.#wakeUp = resolve;
    });
    const timer = new AbortController();
    await Promise.race([woken, delay(cycleMs, undefined, { signal: timer.signal }).catch(() => undefined)]);
    timer.abort();
  }

  async #cycleOnce(): Promise<void> {
    const {
      db,
      host: { id },
    } = this.#options;
    if (this.#pollDue) this.#cycle = 0;
    this.#pollDue = false;
    const host = await loadHost(db, id);
    if (!host || this.#abort.signal.aborted) return;
    const lost = this.#lost;
    this.#lost = null;
    try {
      if (lost) throw lost;
      switch (host.status) {
        case 'up':
        case 'non_operational':
        case 'preparing_for_maintenance':
        case 'error':
          if (this.#inspectionDue) await this.#inspect(host);
          if (this.#cycle % statisticsEveryCycles === 0) await this.#poll(host);
          this.#cycle += 1;
          break;
        default:
          await this.#bringUp(host);
      }
      this.#failures = 0;
      this.#rebootingSince = null;
      this.#lastAnswer = this.#options.now();
      if (host.status === 'preparing_for_maintenance') await this.#finishMaintenance(host);
    } catch (error) {
      if (!(error instanceof VdsmError)) throw error;
      await this.#failed(host, error);
    }
  }

  /** A host that cannot be reached is not waited for as long as for an answer: it has to be found away when its time is over. */
  #patienceMs(): number {
    if (this.client.state === 'up') return callTimeoutMs;
    const ms = this.#options.options.number('TimeoutToResetVdsInSeconds') * 1000;
    return Math.min(callTimeoutMs, Math.max(leastPatienceMs, ms / (attemptsBeforeReset + 1)));
  }

  #call(method: string, params: Record<string, unknown> = {}, timeoutMs = this.#patienceMs()): Promise<unknown> {
    return this.client.call(method, params, { timeoutMs, fence: this.fence, signal: this.#abort.signal });
  }

  /** Takes in what the host is. @returns why it can't serve its cluster, null when it can */
  async #look(host: WatchedHost): Promise<NonOperational | null> {
    const { db } = this.#options;
    await this.#setUpOvn(host);
    const capabilities = await this.#call('Host.getCapabilities');
    const hardware = await this.#call('Host.getHardwareInfo').catch(() => ({}));
    const facts = hostFacts(capabilities, hardware);
    this.#inspectionDue = false;
    this.#recoveringSince = null;
    await saveFacts(db, host, facts, capabilities as Record<string, unknown>, hardware as Record<string, unknown>);
    await this.#lookAtDevices(host);
    return judgeHost(db, host, facts);
  }

  /** Makes the host a chassis of its cluster's network provider. One that cannot be gets no VMs with NICs there, and is none the worse for it. */
  async #setUpOvn(host: WatchedHost): Promise<void> {
    if (host.ovnRemote === null) return;
    try {
      await this.#call('Virgate.setupOvn', { remote: host.ovnRemote });
    } catch (error) {
      if (!(error instanceof VdsmError) || error.code === connectionLost || error.code === recovering) throw error;
      this.#options.log.warn({ err: error, host: host.name }, 'a host could not be made a chassis of its network provider');
    }
  }

  /** Takes in what devices the host has that guests may be given; one that does not tell is none the worse for it. */
  async #lookAtDevices(host: WatchedHost): Promise<void> {
    const { db, log } = this.#options;
    try {
      await saveHostDevices(db, host.id, reportedDevices(await this.#call('Host.hostdevListByCaps')));
    } catch (error) {
      if (!(error instanceof VdsmError) || error.code === connectionLost) throw error;
      log.debug({ err: error, host: host.name }, 'the devices of a host could not be listed');
    }
  }

  /** Looks at a host that serves: what it lost may keep it from serving on. */
  async #inspect(host: WatchedHost): Promise<void> {
    const { db } = this.#options;
    const problem = await this.#look(host);
    await noteChange(db, 'host', host.id, 'update');
    if (problem && host.status === 'up')
      await setHostStatus(db, host, 'non_operational', { reason: problem.reason, event: 'VDS_SET_NONOPERATIONAL', text: problem.text });
  }

  /** The way up: capabilities, checks, storage, first statistics. Every failure leaves the host where it is, with its reason. */
  async #bringUp(host: WatchedHost): Promise<void> {
    const { db, secretKey } = this.#options;
    const problem = await this.#look(host);
    if (problem)
      return setHostStatus(db, host, 'non_operational', { reason: problem.reason, event: 'VDS_SET_NONOPERATIONAL', text: problem.text });
    await settleFipsMode(db, host);
    if (host.status !== 'initializing') await transaction(db, (trx) => warnOfUntoldDumps(trx, host));
    if (host.status !== 'initializing') await setHostStatus(db, host, 'initializing', {});
    const storageProblem = await connectStorage(db, secretKey, host, (method, params) => this.#call(method, params, 120_000));
    if (storageProblem)
      return setHostStatus(db, host, 'non_operational', {
        reason: 'storage_domain_unreachable',
        event: 'VDS_SET_NONOPERATIONAL_DOMAIN',
        text: storageProblem.text,
        values: { storageDomain: storageProblem.domainName },
      });
    await this.#poll(host);
    await this.#call('Host.setMOMPolicyParameters', { key_value_store: host.momPolicy });
    await setHostStatus(db, host, 'up', { event: 'VDS_DETECTED' });
    this.#cycle = 1;
  }

  async #poll(host: WatchedHost): Promise<void> {
    const { db, now } = this.#options;
    const askedAt = now();
    const sample = hostSample(await this.#call('Host.getStats'));
    const answered = await this.#call('Host.getAllVmStats');
    const reports = (Array.isArray(answered) ? answered : []).flatMap((one: unknown): VmReport[] => {
      const vmId = (one as { vmId?: unknown } | null)?.vmId;
      return typeof vmId === 'string' && /^[0-9a-f-]{36}$/i.test(vmId) ? [vmReport(vmId.toLowerCase(), one)] : [];
    });
    this.#nics = withRates(sample.nics, this.#nics);
    await saveHostStatistics(db, host.id, { ...sample, nics: this.#nics });
    await this.#warnOfMemory(host, sample);
    for (const report of reports) report.nics = withRates(report.nics, this.#vmNics.get(report.vmId) ?? {});
    this.#vmNics = new Map(reports.map((report) => [report.vmId, report.nics]));
    await this.#apply(reports, true, askedAt);
    await saveVmStatistics(db, reports);
    await keepChanged(this.#options, (method, params) => this.#call(method, params), reports);
  }

  /** Tells that a host runs out of memory, and not more often than the contract has that event. */
  async #warnOfMemory(host: WatchedHost, sample: HostSample): Promise<void> {
    const { db, now } = this.#options;
    const warning = memoryWarning(host.memoryThreshold, sample);
    if (warning === null || now() - this.#warnedOfMemoryAt < memoryWarningEveryMs) return;
    this.#warnedOfMemoryAt = now();
    await transaction(db, (trx) =>
      recordEvent(trx, { name: warning.event, host: { id: host.id, name: host.name }, cluster: null, values: warning.values }),
    );
  }

  async #apply(reports: VmReport[], complete: boolean, askedAt: number): Promise<void> {
    const { db, host, log } = this.#options;
    const { ended } = await applyReports(db, { hostId: host.id, hostName: host.name, reports, complete, askedAt });
    await keepOfEnded(this.#options, (method, params) => this.#call(method, params), ended);
    for (const vmID of ended) {
      await this.#call('VM.destroy', { vmID }).catch((error: unknown) =>
        log.debug({ err: error, vmID, host: host.name }, 'the host could not forget a VM that is down'),
      );
    }
  }

  /** Events of one host are taken in the order in which they came. */
  #onVmEvent(params: Record<string, unknown>): void {
    const askedAt = this.#options.now();
    const reports = Object.entries(params)
      .filter(([key]) => /^[0-9a-f-]{36}$/i.test(key))
      .map(([vmId, value]) => vmReport(vmId.toLowerCase(), value, params['notify_time']));
    if (reports.length === 0) return;
    this.#events = this.#events
      .then(() => this.#apply(reports, false, askedAt))
      .catch((error: unknown) => {
        this.#options.log.warn(
          { err: error, host: this.#options.host.name },
          'a VM event could not be taken in; the next poll makes up for it',
        );
      });
  }

  async #finishMaintenance(host: WatchedHost): Promise<void> {
    if (host.runningVms > 0) return;
    const { db } = this.#options;
    if (host.dataCenterId)
      await this.#call(
        'StoragePool.disconnect',
        { storagepoolID: host.dataCenterId, hostID: host.spmId ?? 1, scsiKey: host.dataCenterId },
        60_000,
      ).catch(() => undefined);
    await setHostStatus(db, host, 'maintenance', { event: 'VDS_MAINTENANCE' });
  }

  async #failed(host: WatchedHost, error: VdsmError): Promise<void> {
    const { db, now, options } = this.#options;
    if (this.#abort.signal.aborted || host.status === 'maintenance') return;
    if (error.code === recovering) {
      this.#recoveringSince ??= now();
      this.#lastAnswer = now();
      const late = now() - this.#recoveringSince > recoveryTimeoutMs;
      if (late)
        await setHostStatus(db, host, 'non_operational', {
          reason: 'timeout_recovering_from_crash',
          event: 'VDS_SET_NONOPERATIONAL',
          text: 'The host agent does not come out of its recovery.',
        });
      else if (host.status !== 'initializing') await setHostStatus(db, host, 'initializing', {});
      return;
    }
    if (host.status === 'reboot') {
      this.#rebootingSince ??= now();
      if (now() - this.#rebootingSince < rebootTimeoutMs) return;
    }
    this.#failures += 1;
    this.#cycle = 0;
    const grace = options.number('TimeoutToResetVdsInSeconds') * 1000 + (host.isSpm ? graceForSpmMs : 0) + gracePerVmMs * host.runningVms;
    const over = this.#failures > attemptsBeforeReset && now() - this.#lastAnswer > grace;
    if (over && host.status !== 'non_responsive') {
      const vmsUnknown = { elsewhereAfterMs: options.number('RetryToRunAutoStartVmShortIntervalInSeconds') * 1000 };
      await setHostStatus(db, host, 'non_responsive', { event: 'VDS_FAILURE', text: error.message, vmsUnknown });
    } else if (!over && host.status !== 'connecting' && host.status !== 'non_responsive') {
      await setHostStatus(db, host, 'connecting', { event: 'VDS_HOST_NOT_RESPONDING', text: error.message });
    }
  }
}
