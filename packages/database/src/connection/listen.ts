import { Client, escapeIdentifier, type ClientConfig, type Notification } from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import { connectionLimits } from './limits.ts';

/** Receives the text that was notified. */
export type NotificationHandler = (payload: string) => void;

/** One connection that listens, shared by all channels; made again when it breaks. */
export interface Listener {
  /**
   * Hears a channel until the returned function is called. Resolves once notifications are being heard.
   *
   * @param onGap called after a broken connection is back: notifications may have been missed, so look at the tables.
   */
  listen(channel: string, handler: NotificationHandler, onGap?: () => void): Promise<() => void>;
  close(): Promise<void>;
}

interface Subscription {
  channel: string;
  handler: NotificationHandler;
  onGap: (() => void) | undefined;
}

/** Makes a listener; the connection is opened by the first `listen`. */
export function createListener(config: ClientConfig, onError: (error: Error) => void): Listener {
  const subscriptions = new Set<Subscription>();
  let client: Client | undefined;
  let opening: Promise<Client> | undefined;
  const state = { closed: false };
  let probe: NodeJS.Timeout | undefined;

  const deliver = (message: Notification): void => {
    for (const each of subscriptions) if (each.channel === message.channel) each.handler(message.payload ?? '');
  };

  const connect = async (): Promise<Client> => {
    const fresh = new Client({ ...config, keepAlive: true });
    fresh.on('notification', deliver);
    fresh.on('error', () => lost(fresh));
    fresh.on('end', () => lost(fresh));
    await fresh.connect();
    for (const channel of new Set([...subscriptions].map((each) => each.channel))) {
      await fresh.query(`listen ${escapeIdentifier(channel)}`);
    }
    if (state.closed) {
      await fresh.end();
      throw new Error('The listener is closed.');
    }
    client = fresh;
    probe ??= setInterval(() => void client?.query('select 1').catch(() => undefined), connectionLimits.listenProbeMs).unref();
    return fresh;
  };

  const current = async (): Promise<Client> => {
    if (client !== undefined) return client;
    opening ??= connect().finally(() => (opening = undefined));
    return await opening;
  };

  const lost = (gone: Client): void => {
    if (client !== gone) return;
    client = undefined;
    void gone.end().catch(() => undefined);
    if (!state.closed && subscriptions.size > 0) void reconnect();
  };

  const reconnect = async (): Promise<void> => {
    for (
      let pause: number = connectionLimits.listenPauseMs;
      !state.closed;
      pause = Math.min(pause * 2, connectionLimits.listenMaxPauseMs)
    ) {
      try {
        await current();
        for (const each of subscriptions) each.onGap?.();
        return;
      } catch (error) {
        if (!state.closed) onError(error as Error);
      }
      await delay(pause, undefined, { ref: false });
    }
  };

  return {
    async listen(channel, handler, onGap) {
      const subscription: Subscription = { channel, handler, onGap };
      subscriptions.add(subscription);
      try {
        await (await current()).query(`listen ${escapeIdentifier(channel)}`);
      } catch (error) {
        subscriptions.delete(subscription);
        throw error;
      }
      return () => void subscriptions.delete(subscription);
    },
    async close() {
      state.closed = true;
      clearInterval(probe);
      subscriptions.clear();
      const last = client;
      client = undefined;
      await opening?.catch(() => undefined);
      await last?.end().catch(() => undefined);
    },
  };
}
