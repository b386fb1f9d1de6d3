import { VdsmClient } from '@virgate/vdsm';
import type { AnyVerbs } from '@virgate/vdsm';
import { randomUUID } from 'node:crypto';
import { checkServerIdentity } from 'node:tls';
import type { AgentTls } from '../certificate/renewal.ts';
import type { AgentLog } from '../log.ts';
import type { AgentAddress } from './order.ts';

/** How long the destination may take to make a VM ready (VDSM: migration_create_timeout). */
const createTimeoutMs = 600_000;
const shortTimeoutMs = 15_000;
const connectTimeoutMs = 8000;

/** The agent of the host to which a VM goes, as this host's agent asks it. */
export class DestinationAgent {
  readonly #client: VdsmClient<AnyVerbs>;

  constructor(address: AgentAddress, tls: AgentTls, log: AgentLog) {
    this.#client = new VdsmClient<AnyVerbs>({
      ...address,
      tls,
      // It hears the answers to its own calls alone: what others ask that host is not for this one.
      responseQueue: randomUUID(),
      events: false,
      connectTimeoutMs,
      checkPeer: (certificate) => checkServerIdentity(address.host, certificate),
      log,
    });
  }

  /** Whether it is there and lets this host in. @throws VdsmError */
  async ping(signal: AbortSignal): Promise<void> {
    await this.#client.call('Host.ping', {}, { timeoutMs: shortTimeoutMs, signal });
  }

  /** Has it make everything ready for a VM. @throws VdsmError 82 when too many VMs come in already */
  async create(
    vmId: string,
    params: Record<string, unknown>,
    incomingLimit: number | undefined,
    signal: AbortSignal,
  ): Promise<Record<string, unknown>> {
    const limit = incomingLimit === undefined ? {} : { incomingLimit };
    const answer = await this.#client.call('VM.migrationCreate', { vmID: vmId, params, ...limit }, { timeoutMs: createTimeoutMs, signal });
    const created = (answer as { params?: unknown } | null)?.params;
    return typeof created === 'object' && created !== null ? (created as Record<string, unknown>) : {};
  }

  /** Has it forget a VM that did not come. @throws VdsmError 1 when it knows of none, 102 when the VM runs there */
  async destroy(vmId: string): Promise<void> {
    await this.#client.call('VM.destroy', { vmID: vmId, gracefulAttempts: 0 }, { timeoutMs: shortTimeoutMs });
  }

  close(): void {
    this.#client.close();
  }
}
