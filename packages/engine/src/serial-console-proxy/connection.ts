import type { AuthContext, Connection, ServerChannel, Session } from 'ssh2';
import { recordSignIn } from '../access/events.ts';
import { loadPasswordPolicy } from '../access/password-policy.ts';
import type { SignedIn } from '../access/permissions.ts';
import type { TokenEnds } from '../access/token-ends.ts';
import { findToken, idleTimeoutOf, issueToken, revokeToken } from '../access/tokens.ts';
import type { Engine } from '../engine.ts';
import { isSigned, ownerOfKey } from './key-owner.ts';
import { runCommand } from './session.ts';

/** Keys that a client may show, and commands that it may run at once, on one connection. */
const maxKeys = 10;
const maxSessions = 4;
const methods: ['publickey'] = ['publickey'];

/** Where a connection comes from, and what client it is. */
export interface Peer {
  readonly address: string;
  readonly software: string;
  /** Ends the connection, whatever the client does. */
  end(): void;
}

/** One SSH connection: who it is, and what he does. */
export class ProxyConnection {
  readonly #engine: Engine;
  readonly #tokens: TokenEnds;
  readonly #client: Connection;
  readonly #peer: Peer;
  #shownKeys = 0;
  #userId: string | undefined;
  #token: Promise<string> | undefined;
  #sessions = 0;
  readonly #work = new Set<Promise<void>>();

  constructor(engine: Engine, tokens: TokenEnds, client: Connection, peer: Peer) {
    this.#engine = engine;
    this.#tokens = tokens;
    this.#client = client;
    this.#peer = peer;
    client.on('authentication', (context) => {
      this.#authenticate(context).catch((error: unknown) => {
        engine.log.error({ err: error }, 'an SSH key could not be checked');
        context.reject(methods);
        peer.end();
      });
    });
    client.once('ready', () => this.#keep(this.#begin()));
    client.on('session', (accept, reject) => {
      if (this.#sessions >= maxSessions) return reject();
      this.#sessions += 1;
      this.#serve(accept());
    });
  }

  /** The connection is over: its session ends. @returns when everything of it has been written down */
  async closed(): Promise<void> {
    await Promise.allSettled(this.#work);
    try {
      if (this.#token !== undefined && this.#userId !== undefined) {
        await revokeToken(this.#engine.db, await this.#token);
        await recordSignIn(this.#engine.db, 'USER_VDC_LOGOUT', this.#userId);
      } else if (this.#shownKeys > 0) {
        await this.#engine.attempts.countUnknownKeys(this.#peer.address, await loadPasswordPolicy(this.#engine.db));
        this.#engine.log.info({ address: this.#peer.address }, 'an SSH client had no key of a user');
      }
    } catch (error) {
      this.#engine.log.warn({ err: error }, 'the end of an SSH connection could not be recorded');
    }
  }

  #keep(work: Promise<void>): void {
    const kept = work
      .catch((error: unknown) => {
        this.#engine.log.warn({ err: error }, 'an SSH connection broke off');
        this.#peer.end();
      })
      .finally(() => this.#work.delete(kept));
    this.#work.add(kept);
  }

  async #authenticate(context: AuthContext): Promise<void> {
    if (context.method !== 'publickey') return context.reject(methods);
    if (context.signature === undefined) this.#shownKeys += 1;
    const { db, attempts } = this.#engine;
    if (this.#shownKeys > maxKeys || !(await attempts.mayShowKeys(this.#peer.address, await loadPasswordPolicy(db)))) {
      context.reject(methods);
      this.#peer.end();
      return;
    }
    const userId = await ownerOfKey(db, context.username, context.key.data);
    if (userId === null || (context.signature !== undefined && !isSigned(context))) {
      this.#shownKeys = Math.max(this.#shownKeys, 1);
      return context.reject(methods);
    }
    if (context.signature !== undefined) this.#userId = userId;
    context.accept();
  }

  /** Opens a session as the portal has one: it is listed, is idle, and can be ended. */
  async #begin(): Promise<void> {
    const { db } = this.#engine;
    const userId = this.#userId ?? '';
    this.#token = issueToken(db, {
      kind: 'ssh',
      userId,
      sourceAddress: this.#peer.address,
      userAgent: this.#peer.software,
      idleTimeoutMs: idleTimeoutOf(this.#engine),
    });
    await recordSignIn(db, 'USER_VDC_LOGIN', userId);
    const release = await this.#tokens.watch((await this.#user()).token, () => this.#peer.end());
    this.#client.once('close', release);
  }

  /** Who it is, with what he may do now. */
  async #user(): Promise<SignedIn> {
    const user = this.#token === undefined ? null : await findToken(this.#engine.db, await this.#token, ['ssh']);
    if (!user) throw new Error('The session has ended');
    return user;
  }

  #serve(session: Session): void {
    let hasTerminal = false;
    session.on('pty', (accept) => {
      hasTerminal = true;
      (accept as (() => void) | undefined)?.();
    });
    session.on('window-change', (accept) => (accept as (() => void) | undefined)?.());
    const begin = (channel: ServerChannel, command: string): void => {
      channel.on('error', () => channel.destroy());
      // Nothing is read before somebody wants it.
      channel.pause();
      this.#keep(this.#run(channel, hasTerminal, command));
    };
    session.once('shell', (accept) => begin(accept(), ''));
    session.once('exec', (accept, _reject, { command }) => begin(accept(), command));
    session.once('close', () => (this.#sessions -= 1));
  }

  async #run(channel: ServerChannel, hasTerminal: boolean, command: string): Promise<void> {
    const code = await runCommand({ engine: this.#engine, channel, hasTerminal, user: await this.#user() }, command);
    if (!channel.writable) return;
    channel.exit(code);
    channel.end();
  }
}
