import { createClient } from '@virgate/sdk';
import type { Client } from '@virgate/sdk';
import { readCa, engineAddress } from '../connection/access.ts';
import { engineFetch } from '../connection/engine-fetch.ts';
import type { EngineAccess } from '../connection/engine-fetch.ts';
import { tokenFor, endToken, authorityOf } from '../connection/sign-in.ts';
import { CliError } from '../errors.ts';
import { safeText } from '../output/safe-text.ts';
import { ask } from '../terminal/ask.ts';
import { write } from '../terminal/terminal.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Settings } from './settings.ts';

interface Open {
  readonly client: Client;
  readonly url: string;
  readonly token: string;
  readonly trust: { ca?: string; insecure?: boolean };
  close(): void;
}

/** What lasts from one command of the shell to the next: the connection, and how the last command ended. */
export class ShellSession {
  readonly settings: Settings;
  /** Exit code of the last command. */
  status = 0;
  /** The engine refused the token: a new sign-in is needed. */
  unauthorized = false;
  #open: Open | undefined;

  constructor(settings: Settings) {
    this.settings = settings;
  }

  get connected(): boolean {
    return this.#open !== undefined;
  }

  get host(): string {
    return this.#open === undefined ? '' : new URL(this.#open.url).host;
  }

  /** @throws CliError not_connected */
  get client(): Client {
    if (this.#open !== undefined) return this.#open.client;
    throw new CliError('communication', 'not_connected', 'Not connected to an engine.', { hint: 'connect URL USER PASSWORD' });
  }

  /** For what goes beside the client. @throws CliError not_connected */
  get access(): EngineAccess {
    void this.client;
    const { url = '', token = '', trust = {} } = this.#open ?? {};
    return { origin: url, token, trust };
  }

  /** Signs in with what the variables say; asks for what they don't. @returns version of the engine */
  async connect(terminal: Terminal): Promise<string> {
    const { settings } = this;
    if (settings.get('url') === '')
      throw new CliError('syntax', 'missing_argument', 'connect needs the address of the engine.', {
        field: 'url',
        hint: 'connect URL USER PASSWORD, or: set url URL',
      });
    const url = new URL(engineAddress(settings.get('url'))).origin;
    const user = settings.get('username') || (await ask(terminal, 'Username: ', false)).trim();
    const password = settings.get('password') || (await ask(terminal, 'Password: ', true));
    const trust = await this.#trust(url, terminal);
    const token = await tokenFor(url, trust, user, password);
    this.#open?.close();
    const { send, close } = engineFetch(trust);
    const timeoutS = Number(settings.get('timeout'));
    const client = createClient({ url, token, fetch: send, ...(timeoutS > 0 ? { timeoutMs: timeoutS * 1000 } : {}) });
    this.#open = { client, url, token, trust, close };
    this.unauthorized = false;
    const about = await client.get();
    return about.product_info?.version?.full_version ?? '';
  }

  async #trust(url: string, terminal: Terminal): Promise<{ ca?: string; insecure?: boolean }> {
    const { settings } = this;
    if (settings.isOn('insecure') || settings.isOn('dont_validate_cert_chain')) return { insecure: true };
    if (settings.get('ca_file') !== '') return { ca: readCa(settings.get('ca_file')) };
    if (url.startsWith('http:')) return {};
    const authority = await authorityOf(url);
    await write(terminal.stderr, `${safeText(authority.subject)}\n`);
    const answer = await ask(terminal, `${authority.fingerprint}\nIs this the authority of ${url}? (yes/no) `, false);
    if (/^y(es)?$/i.test(answer.trim())) return { ca: authority.pem };
    throw new CliError('communication', 'certificate_untrusted', 'The authority of the engine was not confirmed.', {
      hint: 'set ca_file FILE',
    });
  }

  /** Ends the token and the connection. */
  async disconnect(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    this.unauthorized = false;
    if (open === undefined) return;
    await endToken(open.url, open.trust, open.token).catch(() => false);
    open.close();
  }

  /** As oVirt's shell has it, so that programs which wait for it find it. */
  prompt(): string {
    const state = this.unauthorized ? 'unauthorized' : this.connected ? 'connected' : 'disconnected';
    const where = this.connected && this.settings.isOn('extended_prompt') ? `@${this.host}` : '';
    return `[oVirt shell (${state}${where})]# `;
  }

  /** A text of the engine that lies beside its API, with this session's trust. */
  async text(path: string): Promise<string> {
    const { transport } = this.client;
    const response = await transport.stream({ method: 'GET', path }, AbortSignal.timeout(30_000), { Accept: 'text/plain, */*' });
    let text = '';
    const decoder = new TextDecoder();
    for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) text += decoder.decode(part, { stream: true });
    return text;
  }
}
