import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { createSecureContext, TLSSocket } from 'node:tls';

/** A mail as it was received. */
export interface ReceivedMail {
  from: string;
  to: string[];
  /** Header and body, lines ended by `\n`. */
  text: string;
  isEncrypted: boolean;
  user: string | null;
}

/** What a mail server of a test wants of its clients. */
export interface SmtpOptions {
  /** Offers STARTTLS with this key and certificate. */
  tls?: { key: string; cert: string };
  /** Takes mails of this user only. */
  auth?: { user: string; password: string };
}

/** A mail server on loopback, for tests; it ends with the test. */
export interface SmtpServer {
  readonly port: number;
  readonly mails: ReceivedMail[];
  /** How it answers a recipient: 250 takes it; null is no answer at all. */
  answer: (to: string) => number | null;
  /** Ends all conversations. */
  hangUp(): void;
}

type Answer = (line: string) => void;

/** The conversation with one client, command by command. Source: RFC 5321, RFC 4954, RFC 3207. */
class Conversation {
  readonly #options: SmtpOptions;
  readonly #server: SmtpServer;
  #socket: Socket;
  #waiting = '';
  #isEncrypted = false;
  #user: string | null = null;
  #mail: { from: string; to: string[] } = { from: '', to: [] };
  #data: string | null = null;

  constructor(server: SmtpServer, options: SmtpOptions, socket: Socket) {
    this.#server = server;
    this.#options = options;
    this.#socket = socket;
    this.#listen(socket);
    socket.write('220 test ESMTP\r\n');
  }

  #listen(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    socket.on('data', (part: Buffer) => {
      this.#waiting += part.toString('utf8');
      for (let at = this.#waiting.indexOf('\r\n'); at >= 0; at = this.#waiting.indexOf('\r\n')) {
        const line = this.#waiting.slice(0, at);
        this.#waiting = this.#waiting.slice(at + 2);
        this.#take(line, (answer) => this.#socket.write(`${answer}\r\n`));
      }
    });
  }

  #take(line: string, answer: Answer): void {
    if (this.#data !== null) {
      if (line !== '.') this.#data += `${line.startsWith('.') ? line.slice(1) : line}\n`;
      else this.#received(answer);
      return;
    }
    const verb = line.split(/[ :]/)[0]?.toUpperCase();
    if (verb === 'EHLO' || verb === 'HELO') this.#greet(answer);
    else if (verb === 'STARTTLS' && this.#options.tls) this.#encrypt(answer);
    else if (verb === 'AUTH') this.#signIn(line, answer);
    else if (verb === 'MAIL') this.#begin(line, answer);
    else if (verb === 'RCPT') this.#address(line, answer);
    else if (verb === 'DATA') {
      this.#data = '';
      answer('354 go on');
    } else if (verb === 'QUIT') {
      answer('221 bye');
      this.#socket.end();
    } else answer(verb === 'RSET' || verb === 'NOOP' ? '250 ok' : '502 not here');
  }

  #greet(answer: Answer): void {
    const offers = [
      ...(this.#options.tls && !this.#isEncrypted ? ['STARTTLS'] : []),
      ...(this.#options.auth ? ['AUTH PLAIN'] : []),
      '8BITMIME',
    ];
    ['test', ...offers].forEach((offer, at) => answer(`250${at === offers.length ? ' ' : '-'}${offer}`));
  }

  #encrypt(answer: Answer): void {
    answer('220 go on');
    this.#socket.removeAllListeners('data');
    const secure = new TLSSocket(this.#socket, { isServer: true, secureContext: createSecureContext(this.#options.tls) });
    this.#socket = secure;
    this.#isEncrypted = true;
    this.#listen(secure);
  }

  #signIn(line: string, answer: Answer): void {
    const [, user = '', password = ''] = Buffer.from(line.split(' ')[2] ?? '', 'base64')
      .toString('utf8')
      .split('\0');
    const { auth } = this.#options;
    if (auth?.user !== user || auth.password !== password) return answer('535 no');
    this.#user = user;
    answer('235 ok');
  }

  #begin(line: string, answer: Answer): void {
    if (this.#options.auth && this.#user === null) return answer('530 sign in first');
    this.#mail = { from: /<(.*)>/.exec(line)?.[1] ?? '', to: [] };
    answer('250 ok');
  }

  #address(line: string, answer: Answer): void {
    const to = /<(.*)>/.exec(line)?.[1] ?? '';
    const code = this.#server.answer(to);
    if (code === null) return;
    if (code === 250) this.#mail.to.push(to);
    answer(`${code} ${code === 250 ? 'ok' : 'no'}`);
  }

  #received(answer: Answer): void {
    this.#server.mails.push({ ...this.#mail, text: this.#data ?? '', isEncrypted: this.#isEncrypted, user: this.#user });
    this.#data = null;
    answer('250 taken');
  }
}

/** Starts a mail server. */
export async function startSmtpServer(t: TestContext, options: SmtpOptions = {}): Promise<SmtpServer> {
  const sockets = new Set<Socket>();
  const hangUp = (): void => sockets.forEach((socket) => socket.destroy());
  const listening = createServer((socket) => {
    sockets.add(socket.once('close', () => sockets.delete(socket)));
    void new Conversation(server, options, socket);
  });
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const server: SmtpServer = { port: (listening.address() as AddressInfo).port, mails: [], answer: () => 250, hangUp };
  t.after(() => {
    hangUp();
    listening.close();
  });
  return server;
}
