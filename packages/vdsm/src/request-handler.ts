import { CallQueue } from './call-queue.ts';
import { ErrorCode, VdsmError } from './errors.ts';
import type { Fence, FenceGuard } from './fence.ts';
import { readFence } from './fence.ts';
import type { RpcFault, RpcId, RpcRequest } from './json-rpc.ts';
import { encodeError, encodeResult, namedParameters, parseRequests } from './json-rpc.ts';
import type { ServerLimits } from './limits.ts';
import type { VdsmLog } from './log.ts';
import { QUEUES } from './queues.ts';
import type { StompFrame } from './stomp.ts';

/** Who is on the other end of a connection. */
export interface VdsmPeer {
  address: string;
  /** Our address that the peer reached: tells the interface for `lastClientIface`. */
  localAddress: string;
  /** Subject of the client certificate, by attribute (`CN`, `O` …); missing on plain TCP. */
  subject?: Record<string, string | string[]>;
  /** It may call and hear the answers to its own calls, and nothing else: no events, no answers to others, no fencing numbers. */
  restricted?: true;
}

/** One verb to run. */
export interface VdsmCall {
  /** `Namespace.verb`. */
  method: string;
  params: Record<string, unknown>;
  /** `undefined` for a notification. */
  id: RpcId | undefined;
  /** The engine's flow id (`ovirtCorrelationId`), for logs. */
  correlationId?: string;
  /** The caller's fencing number, when it sent one; it was the highest seen when the call began. */
  fence?: number;
  peer: VdsmPeer;
}

export interface RequestHandlerOptions {
  limits: ServerLimits;
  log: VdsmLog;
  now: () => number;
  fences: FenceGuard;
  dispatch: (call: VdsmCall) => Promise<unknown>;
  parameterNames: (method: string) => readonly string[] | undefined;
  reply: (destination: string, json: string) => void;
}

/** From the body of a SEND to the answer: parse, fence, queue, run, reply in order of completion. */
export class RequestHandler {
  readonly #options: RequestHandlerOptions;
  readonly #calls: CallQueue;

  constructor(options: RequestHandlerOptions) {
    this.#options = options;
    this.#calls = new CallQueue(options.limits.concurrentCalls, options.limits.queuedCalls);
  }

  clear(): void {
    this.#calls.clear();
  }

  take(frame: StompFrame, replyTo: string, peer: VdsmPeer): void {
    const { requests } = parseRequests(frame.body.toString('utf8'), this.#options.limits.callsPerBatch);
    for (const request of requests) {
      if ('fault' in request) this.#answerFault(request, replyTo);
      else this.#offer(request, frame.headers, replyTo, peer);
    }
  }

  #answerFault({ id, fault }: RpcFault, replyTo: string): void {
    this.#options.log.warn({ code: fault.code, reason: fault.message }, 'Request refused');
    this.#options.reply(id === null ? QUEUES.responses : replyTo, encodeError(id, fault));
  }

  #offer(request: RpcRequest, headers: ReadonlyMap<string, string>, replyTo: string, peer: VdsmPeer): void {
    const answer = (id: RpcId, json: string) => this.#options.reply(id === null ? QUEUES.responses : replyTo, json);
    // Noted on arrival, so that calls of an older owner which wait in the queue are refused when their turn comes.
    const fence = peer.restricted ? Promise.resolve(undefined) : this.#admit(headers);
    const accepted = this.#calls.offer(() => this.#run(request, fence, headers, answer, peer));
    if (accepted) return;
    this.#options.log.warn({ method: request.method, queued: this.#options.limits.queuedCalls }, 'Call refused: the queue is full');
    const fault = new VdsmError(
      ErrorCode.overloaded,
      `This host has ${this.#options.limits.queuedCalls} calls waiting and takes no more; repeat the call later`,
    );
    if (request.id !== undefined) answer(request.id, encodeError(request.id, fault));
  }

  async #admit(headers: ReadonlyMap<string, string>): Promise<Fence | VdsmError | undefined> {
    try {
      const fence = readFence(headers);
      if (fence) await this.#options.fences.admit(fence);
      return fence;
    } catch (error) {
      if (error instanceof VdsmError) return error;
      this.#options.log.error({ error: String(error) }, 'The fencing number could not be stored');
      return new VdsmError(ErrorCode.internal, 'The fencing number could not be stored; the call was not begun');
    }
  }

  async #run(
    request: RpcRequest,
    fence: Promise<Fence | VdsmError | undefined>,
    headers: ReadonlyMap<string, string>,
    answer: (id: RpcId, json: string) => void,
    peer: VdsmPeer,
  ): Promise<void> {
    const { log, limits, now } = this.#options;
    const { id, method } = request;
    const correlationId = headers.get('ovirtCorrelationId');
    const startedAt = now();
    const slow = setTimeout(
      () => log.warn({ method, id, correlationId, slowCallMs: limits.slowCallMs }, 'Call is slow'),
      limits.slowCallMs,
    );
    slow.unref();
    let json: string;
    try {
      const result = await this.#dispatch(request, await fence, correlationId, peer);
      json = encodeResult(id ?? null, result);
      log.debug({ method, id, correlationId, milliseconds: Math.round(now() - startedAt) }, 'Call done');
    } catch (error) {
      json = encodeError(id ?? null, error);
      this.#logFailure({ method, id, correlationId, milliseconds: Math.round(now() - startedAt) }, error);
    } finally {
      clearTimeout(slow);
    }
    if (id !== undefined) answer(id, json);
  }

  #dispatch(
    request: RpcRequest,
    fence: Fence | VdsmError | undefined,
    correlationId: string | undefined,
    peer: VdsmPeer,
  ): Promise<unknown> {
    if (fence instanceof VdsmError) throw fence;
    if (fence) this.#options.fences.check(fence);
    const params = namedParameters(
      request.params,
      Array.isArray(request.params) ? this.#options.parameterNames(request.method) : undefined,
    );
    return this.#options.dispatch({
      method: request.method,
      params,
      id: request.id,
      peer,
      ...(correlationId === undefined ? {} : { correlationId }),
      ...(fence ? { fence: fence.number } : {}),
    });
  }

  #logFailure(fields: object, error: unknown): void {
    if (error instanceof VdsmError) this.#options.log.info({ ...fields, code: error.code, reason: error.message }, 'Call failed');
    else
      this.#options.log.error(
        { ...fields, error: error instanceof Error ? error.stack : String(error) },
        'Verb ended with an unforeseen error',
      );
  }
}
