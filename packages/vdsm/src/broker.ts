import type { FrameHeaders } from './stomp.ts';
import { encodeFrame } from './stomp.ts';

/** A subscription of one connection. */
export interface Subscription {
  id: string;
  destination: string;
  deliver: (frame: Buffer) => void;
}

/** The map of subscriptions, shared by all connections of a server as in VDSM. */
export class Broker {
  readonly #byDestination: Map<string, Set<Subscription>> = new Map();

  add(subscription: Subscription): void {
    const set = this.#byDestination.get(subscription.destination) ?? new Set();
    this.#byDestination.set(subscription.destination, set.add(subscription));
  }

  remove(subscription: Subscription): void {
    const set = this.#byDestination.get(subscription.destination);
    set?.delete(subscription);
    if (set?.size === 0) this.#byDestination.delete(subscription.destination);
  }

  /** Sends a JSON text to every subscription of exactly this destination. */
  publish(destination: string, json: string): void {
    const body = Buffer.from(json, 'utf8');
    for (const subscription of this.#byDestination.get(destination) ?? []) {
      subscription.deliver(message(subscription, { destination, 'content-type': 'application/json' }, body));
    }
  }

  /**
   * Forwards a peer's frame to the subscriptions of its destination and of every dotted parent of it.
   *
   * @returns how many there were.
   */
  forward(destination: string, headers: ReadonlyMap<string, string>, body: Buffer): number {
    let count = 0;
    for (const name of withParents(destination)) {
      for (const subscription of this.#byDestination.get(name) ?? []) {
        subscription.deliver(
          message(
            subscription,
            [...headers].filter(([header]) => header !== 'subscription'),
            body,
          ),
        );
        count++;
      }
    }
    return count;
  }
}

function message(subscription: Subscription, headers: FrameHeaders, body: Buffer): Buffer {
  const entries = Symbol.iterator in headers ? headers : (Object.entries(headers) as Array<[string, string]>);
  return encodeFrame('MESSAGE', [...entries, ['subscription', subscription.id]], body);
}

function withParents(destination: string): string[] {
  const parts = destination.split('.');
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('.'));
}
