import { eventFamilies } from './generated/events.ts';
import type { EventFamilies } from './generated/events.ts';
import type { Messages, Procedures } from './generated/procedures.ts';

type Call = <Name extends keyof Procedures>(name: Name, args: Procedures[Name]['args']) => Promise<Procedures[Name]['ret']>;
type Handler = (event: never) => void;

/** Removes a handler; resolves when libvirtd has stopped sending, if it was the last of its kind. */
export type Unsubscribe = () => Promise<void>;

/** An event of QEMU's own monitor. */
export type MonitorEvent = Omit<Messages['DOMAIN_MONITOR_EVENT'], 'callbackID'>;

interface Subscription {
  handlers: Set<Handler>;
  callbackID: number | undefined;
  /** Registering and deregistering happen one after the other. */
  work: Promise<void>;
  register(): Promise<number>;
  deregister(callbackID: number): Promise<void>;
}

const kindOfProcedure = new Map<string, string>(
  Object.entries(eventFamilies).flatMap(([family, { kinds }]) =>
    Object.entries(kinds).map(([kind, { procedure }]) => [procedure, `${family}.${kind}`] as const),
  ),
);

/**
 * The event handlers of one connection. Each kind is registered with libvirtd once, by its first handler, for all objects. An event is told
 * by its procedure, not by its callback number: it may arrive in the same read as the answer that carries the number.
 */
export class Subscriptions {
  readonly #call: Call;
  readonly #handlerFailed: (error: unknown) => void;
  readonly #subscriptions = new Map<string, Subscription>();

  constructor(call: Call, handlerFailed: (error: unknown) => void) {
    this.#call = call;
    this.#handlerFailed = handlerFailed;
  }

  /** Adds a handler; resolves when libvirtd sends this kind. */
  async add<Family extends keyof EventFamilies, Kind extends keyof EventFamilies[Family] & string>(
    family: Family,
    kind: Kind,
    handler: (event: EventFamilies[Family][Kind]) => void,
  ): Promise<Unsubscribe> {
    const { register, deregister, kinds } = eventFamilies[family];
    const { id } = (kinds as Record<string, { id: number }>)[kind]!;
    return await this.#add(`${family}.${kind}`, handler, {
      register: async () => (await this.#call(register, { eventID: id })).callbackID,
      deregister: async (callbackID) => {
        await this.#call(deregister, { callbackID });
      },
    });
  }

  /** Adds a handler of all events of QEMU's monitor, of all domains. */
  async addMonitor(handler: (event: MonitorEvent) => void): Promise<Unsubscribe> {
    return await this.#add('monitor', handler, {
      register: async () => (await this.#call('CONNECT_DOMAIN_MONITOR_EVENT_REGISTER', {})).callbackID,
      deregister: async (callbackID) => {
        await this.#call('CONNECT_DOMAIN_MONITOR_EVENT_DEREGISTER', { callbackID });
      },
    });
  }

  async #add(key: string, handler: Handler, actions: Pick<Subscription, 'register' | 'deregister'>): Promise<Unsubscribe> {
    let subscription = this.#subscriptions.get(key);
    if (!subscription) {
      subscription = { handlers: new Set(), callbackID: undefined, work: Promise.resolve(), ...actions };
      this.#subscriptions.set(key, subscription);
    }
    const { handlers } = subscription;
    // One function may be added twice and removed once.
    const own: Handler = (event) => handler(event);
    handlers.add(own);
    try {
      await this.#settle(subscription);
    } catch (error) {
      handlers.delete(own);
      throw error;
    }
    return async () => {
      handlers.delete(own);
      await this.#settle(subscription);
    };
  }

  /** Brings what libvirtd sends into line with whether there are handlers. */
  #settle(subscription: Subscription): Promise<void> {
    const work = subscription.work.then(async () => {
      if (subscription.handlers.size > 0 && subscription.callbackID === undefined) {
        subscription.callbackID = await subscription.register();
      } else if (subscription.handlers.size === 0 && subscription.callbackID !== undefined) {
        const { callbackID } = subscription;
        subscription.callbackID = undefined;
        await subscription.deregister(callbackID);
      }
    });
    subscription.work = work.catch(() => undefined);
    return work;
  }

  /** Hands a message to its handlers; a handler that throws does not keep it from the others. */
  dispatch(procedure: string, message: object): void {
    const key = procedure === 'DOMAIN_MONITOR_EVENT' ? 'monitor' : kindOfProcedure.get(procedure);
    const subscription = key === undefined ? undefined : this.#subscriptions.get(key);
    if (!subscription || subscription.handlers.size === 0) return;
    const { callbackID: _, ...event } = message as { callbackID?: number };
    for (const handler of subscription.handlers) {
      try {
        handler(event as never);
      } catch (error) {
        this.#handlerFailed(error);
      }
    }
  }
}
