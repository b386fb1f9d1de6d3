import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Interface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 100;
const ANSWER_TIMEOUT_MS = 20_000;

/** A line-by-line JSON channel: QEMU's monitor and the guest agent both speak this way. */
class JsonChannel {
  readonly #socket: Socket;
  readonly #lines: Interface;
  readonly #waiting: ((value: Record<string, unknown>) => void)[] = [];

  constructor(path: string) {
    this.#socket = connect(path);
    this.#socket.on('error', () => undefined);
    this.#lines = createInterface({ input: this.#socket });
    this.#lines.on('line', (line) => {
      const value = JSON.parse(line) as Record<string, unknown>;
      if ('return' in value || 'error' in value) this.#waiting.shift()?.(value);
    });
  }

  async call(command: string, args: Record<string, unknown> = {}): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>();
    const timer = setTimeout(() => reject(new Error(`${command} was not answered within ${ANSWER_TIMEOUT_MS} ms`)), ANSWER_TIMEOUT_MS);
    this.#waiting.push(resolve);
    this.#socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    try {
      const answer = await promise;
      if ('error' in answer) throw new Error(`${command}: ${JSON.stringify(answer['error'])}`);
      return answer['return'];
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#lines.close();
    this.#socket.destroy();
  }
}

/** A guest under QEMU alone, emulated: no libvirt, no network but QEMU's own. For tests of images. */
export class PlainGuest implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #monitor: JsonChannel;
  readonly #agent: JsonChannel;

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
    this.#monitor = new JsonChannel(join(folder, 'qmp'));
    this.#agent = new JsonChannel(join(folder, 'agent'));
  }

  /** Starts QEMU with a disk; `extra` are further arguments. Writes go to a temporary overlay. */
  static async start(diskPath: string, extra: readonly string[] = []): Promise<PlainGuest> {
    const folder = await mkdtemp(join(tmpdir(), 'guest-'));
    const child = spawn(
      'qemu-system-x86_64',
      [
        '-accel',
        'tcg',
        '-m',
        '256',
        '-display',
        'none',
        '-nodefaults',
        '-vga',
        'std',
        '-snapshot',
        '-rtc',
        'base=utc',
        '-drive',
        `file=${diskPath},if=virtio,format=qcow2`,
        '-netdev',
        'user,id=net0',
        '-device',
        'virtio-net-pci,netdev=net0',
        '-serial',
        `file:${join(folder, 'serial')}`,
        '-chardev',
        `socket,id=agent,path=${join(folder, 'agent')},server=on,wait=off`,
        '-device',
        'virtio-serial-pci',
        '-device',
        'virtserialport,chardev=agent,name=org.qemu.guest_agent.0',
        '-qmp',
        `unix:${join(folder, 'qmp')},server=on,wait=off`,
        ...extra,
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const guestSocketDeadline = Date.now() + ANSWER_TIMEOUT_MS;
    while (Date.now() < guestSocketDeadline && child.exitCode === null) {
      if ((await readFile(join(folder, 'serial')).catch(() => undefined)) !== undefined) break;
      await sleep(POLL_MS);
    }
    const guest = new PlainGuest(child, folder);
    await guest.#monitor.call('qmp_capabilities');
    return guest;
  }

  /** Everything that the guest wrote to its serial line. */
  async serialText(): Promise<string> {
    return readFile(join(this.#folder, 'serial'), 'latin1');
  }

  /** Waits for a match on the serial line. @throws Error when the time is over or QEMU ended */
  async waitForSerial(pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray> {
    const deadline = Date.now() + timeoutMs;
    while (Date.now() < deadline) {
      const match = pattern.exec(await this.serialText());
      if (match !== null) return match;
      if (this.#child.exitCode !== null) break;
      await sleep(POLL_MS);
    }
    throw new Error(`no ${String(pattern)} on the serial line within ${timeoutMs} ms; it says: ${(await this.serialText()).slice(-1_000)}`);
  }

  /** A command of QEMU's monitor protocol. */
  async monitor(command: string, args: Record<string, unknown> = {}): Promise<unknown> {
    return this.#monitor.call(command, args);
  }

  /** A command of the guest agent's protocol. */
  async agent(command: string, args: Record<string, unknown> = {}): Promise<unknown> {
    return this.#agent.call(command, args);
  }

  /** Types a line on the guest's keyboard: lower-case letters, digits, and what {@link QCODES} knows. */
  async type(line: string): Promise<void> {
    for (const character of `${line}\n`) {
      const keys = (QCODES[character] ?? [character]).map((data) => ({ type: 'qcode', data }));
      await this.monitor('send-key', { keys, 'hold-time': 20 });
      await sleep(POLL_MS);
    }
  }

  /** Whether QEMU ends by itself within the time. */
  async ends(timeoutMs: number): Promise<boolean> {
    if (this.#child.exitCode !== null) return true;
    return Promise.race([once(this.#child, 'exit').then(() => true), sleep(timeoutMs, false, { ref: false })]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#monitor.close();
    this.#agent.close();
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exited = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await exited;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** QEMU's key codes of characters that are not their own. */
const QCODES: Readonly<Record<string, readonly string[]>> = {
  ' ': ['spc'],
  '\n': ['ret'],
  '/': ['slash'],
  '-': ['minus'],
  '.': ['dot'],
  '>': ['shift', 'dot'],
  S: ['shift', 's'],
};
