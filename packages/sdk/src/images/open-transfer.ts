import type { ImageTransfer } from '@virgate/contract/generated/types';
import type { Client } from '../client.ts';
import { ApiFault, EngineUnreachable, faultOf } from '../fault.ts';
import { waitUntil } from '../waiting/until.ts';

/** Bytes of one request: small enough to be repeated, large enough to be quick. */
export const defaultChunkBytes = 8 * 1024 * 1024;
const attempts = 4;
const firstPauseMs = 250;
const defaultTimeoutMs = 300_000;
/** How long a host may take to answer before it counts as one that cannot be reached from here. */
const reachTimeoutMs = 5_000;

export interface TransferLimits {
  signal?: AbortSignal | undefined;
  /** Milliseconds until the transfer may begin, and until it has ended after its last byte; default 300,000. */
  timeoutMs?: number | undefined;
  /** `engine` sends bytes through the engine's own address only: a page may speak with no other. Default: to the host where it can be reached. */
  via?: 'host' | 'engine' | undefined;
}

/** A transfer is not, or not any more, in a phase in which bytes may go. */
export class TransferOver extends Error {
  override readonly name = 'TransferOver';
  /** Of the API's image transfer. */
  readonly id: string;
  /** Its phase; undefined when it is gone. */
  readonly phase: string | undefined;

  constructor(id: string, phase: string | undefined) {
    super(`The transfer ${id} takes no bytes: it is ${phase ?? 'gone'}.`);
    this.id = id;
    this.phase = phase;
  }
}

/**
 * An image on its way: parts of it are written and read by their place, so that one that fails can be sent again and a transfer that was
 * interrupted goes on where it was. Bytes go to the host or, where it cannot be reached, through the engine.
 */
export class OpenTransfer {
  /** Of the API's image transfer. */
  readonly id: string;
  readonly #client: Client;
  readonly #url: string;
  readonly #limits: TransferLimits;

  private constructor(client: Client, id: string, url: string, limits: TransferLimits) {
    this.#client = client;
    this.id = id;
    this.#url = url;
    this.#limits = limits;
  }

  /**
   * Opens a transfer and waits until bytes may go; one that does not come to that is cancelled.
   * @throws ApiFault, EngineUnreachable, WaitTimeout, TransferOver
   */
  static async open(client: Client, what: ImageTransfer, limits: TransferLimits = {}): Promise<OpenTransfer> {
    const { id = '' } = await client.imageTransfers.add(what, {}, limits.signal ? { signal: limits.signal } : {});
    try {
      return await OpenTransfer.#ready(client, id, limits);
    } catch (error) {
      await cancelTransfer(client, id);
      throw error;
    }
  }

  /** Goes on with a transfer that was opened before, and may have been paused. @throws as {@link open}; TransferOver when it has ended */
  static async resume(client: Client, id: string, limits: TransferLimits = {}): Promise<OpenTransfer> {
    const service = client.imageTransfers.imageTransfer(id);
    const phase = await phaseOf(client, id);
    if (phase?.startsWith('paused_') === true) await service.resume();
    else if (phase !== 'transferring' && phase !== 'resuming' && phase !== 'initializing') throw new TransferOver(id, phase);
    return await OpenTransfer.#ready(client, id, limits);
  }

  static async #ready(client: Client, id: string, limits: TransferLimits): Promise<OpenTransfer> {
    const waits = { timeoutMs: limits.timeoutMs ?? defaultTimeoutMs, signal: limits.signal };
    const service = client.imageTransfers.imageTransfer(id);
    const ready = await waitUntil(service, (one) => !['initializing', 'resuming'].includes(one?.phase ?? ''), waits);
    const url = ready?.phase === 'transferring' ? await addressOf(client, ready, limits) : undefined;
    if (url === undefined) throw new TransferOver(id, ready?.phase);
    return new OpenTransfer(client, id, url, limits);
  }

  /**
   * Writes a part of the image.
   * @param at its first byte
   * @param last nothing follows it: what was written is flushed to the storage
   * @throws ApiFault, EngineUnreachable
   */
  async write(bytes: Uint8Array, at: number, last: boolean): Promise<void> {
    await this.#send(last ? '' : '?flush=n', {
      method: 'PUT',
      headers: { 'Content-Range': `bytes ${at}-${at + bytes.byteLength - 1}/*`, 'Content-Type': 'application/octet-stream' },
      body: bytes as BodyInit,
    });
  }

  /** Reads a part of the image. @param end behind its last byte @throws ApiFault, EngineUnreachable; RangeError when less came */
  async read(at: number, end: number): Promise<Uint8Array> {
    const response = await this.#send('', { headers: { Range: `bytes=${at}-${end - 1}` } });
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.byteLength !== end - at) throw new RangeError(`${end - at} bytes were asked for, ${bytes.byteLength} came.`);
    return bytes;
  }

  /** Ends the transfer and waits until the disk can be used. @throws ApiFault, WaitTimeout, TransferOver */
  async finalize(): Promise<void> {
    const service = this.#client.imageTransfers.imageTransfer(this.id);
    await service.finalize();
    const waits = { timeoutMs: this.#limits.timeoutMs ?? defaultTimeoutMs, signal: this.#limits.signal };
    const ended = await waitUntil(service, (one) => one === undefined || (one.phase ?? '').startsWith('finished_'), waits);
    if (ended !== undefined && ended.phase !== 'finished_success') throw new TransferOver(this.id, ended.phase);
  }

  /** Halts the transfer, so that it can go on by {@link resume}. @throws ApiFault, EngineUnreachable */
  async pause(): Promise<void> {
    await this.#client.imageTransfers.imageTransfer(this.id).pause();
  }

  /** Gives the transfer up; of an upload the engine removes the disk. */
  async cancel(): Promise<void> {
    await cancelTransfer(this.#client, this.id);
  }

  async #send(query: string, init: RequestInit): Promise<Response> {
    const { signal } = this.#limits;
    const operation = `${init.method ?? 'GET'} ${new URL(this.#url).origin}/images`;
    for (let attempt = 1; ; attempt += 1) {
      signal?.throwIfAborted();
      try {
        const response = await this.#client.transport.send(`${this.#url}${query}`, {
          ...init,
          credentials: 'omit',
          redirect: 'error',
          ...(signal ? { signal } : {}),
        });
        if (response.ok) return response;
        const fault = faultOf(response.status, await response.text(), operation, undefined);
        if (attempt === attempts || (fault.status < 500 && fault.status !== 429)) throw fault;
      } catch (error) {
        if (error instanceof ApiFault || signal?.aborted === true) throw error;
        if (attempt === attempts) throw new EngineUnreachable(operation, error);
      }
      await new Promise((resolve) => setTimeout(resolve, firstPauseMs * 2 ** attempt));
    }
  }
}

/** In which phase a transfer is; undefined when it is gone. @throws ApiFault, EngineUnreachable */
export async function phaseOf(client: Client, id: string): Promise<string | undefined> {
  try {
    return (await client.imageTransfers.imageTransfer(id).get()).phase;
  } catch (error) {
    if (error instanceof ApiFault && error.status === 404) return undefined;
    throw error;
  }
}

/** What failed is told already; that it cannot be cancelled either adds nothing. */
async function cancelTransfer(client: Client, id: string): Promise<void> {
  await client.imageTransfers
    .imageTransfer(id)
    .cancel()
    .catch(() => undefined);
}

/** The host's own address where it can be reached from here and may be used, else the one by which the engine passes the image on. */
export async function addressOf(
  client: Pick<Client, 'transport'>,
  { id = '', transfer_url: direct, proxy_url: proxy }: ImageTransfer,
  { signal, via }: Pick<TransferLimits, 'signal' | 'via'> = {},
): Promise<string | undefined> {
  if (via === 'engine') return `${client.transport.origin}/images/${encodeURIComponent(id)}`;
  if (direct === undefined || proxy === undefined) return direct ?? proxy;
  const limit = AbortSignal.timeout(reachTimeoutMs);
  try {
    const response = await client.transport.send(direct, {
      method: 'OPTIONS',
      credentials: 'omit',
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    await response.body?.cancel();
    return direct;
  } catch {
    // a browser also comes here where the host does not let pages of other origins in
    signal?.throwIfAborted();
    return proxy;
  }
}
