import { sql, type Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { Tables } from '../tables/schema.ts';
import type { NetworkProviders } from './providers.ts';

const intervalMs = 30_000;

/** Removes ports from providers behind which no NIC is any more, however that went: with its VM, by a snapshot, by hand. */
export class PortWatch {
  readonly #options: { db: Kysely<Tables>; providers: NetworkProviders; log: Logger };
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> | undefined;

  constructor(options: { db: Kysely<Tables>; providers: NetworkProviders; log: Logger }) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => this.#begin(), intervalMs);
    this.#begin();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#work;
  }

  #begin(): void {
    this.#work ??= this.sweep()
      .catch((error: unknown) => this.#options.log.warn({ err: error }, 'ports of removed NICs could not be removed'))
      .finally(() => {
        this.#work = undefined;
      });
  }

  /** Looks at all providers once. */
  async sweep(): Promise<void> {
    const { db, providers, log } = this.#options;
    for (const provider of await db.selectFrom('network_provider').selectAll().execute()) {
      try {
        const ports = providers.at(provider);
        // Ports before NICs: one that is made in between is not among those that are looked at.
        const made = await ports.ownPorts();
        const nics = await sql<{ id: string }>`
          select n.id from nic n left join vm_state s on s.vm_id = n.vm_id
            left join vnic_profile p on p.id = n.vnic_profile_id left join network w on w.id = p.network_id
          where n.id = any(${made.map((port) => port.nicId)}::uuid[])
            and (w.provider_id = ${provider.id} or s.status <> 'down')`.execute(db);
        const there = new Set(nics.rows.map((nic) => nic.id));
        const left = made.filter((port) => !there.has(port.nicId));
        await ports.removePorts(left.map((port) => port.id));
        if (left.length > 0) log.info({ provider: provider.name, ports: left.length }, 'ports of removed NICs are removed');
      } catch (error) {
        log.debug({ err: error, provider: provider.name }, 'a network provider could not be tidied');
      }
    }
  }
}
