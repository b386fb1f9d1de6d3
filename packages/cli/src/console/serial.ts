import { EscapeReader } from '@virgate/contract/console-escape';
import type { WebSocket } from 'ws';
import { CliError } from '../errors.ts';
import { safeText } from '../output/safe-text.ts';
import { write } from '../terminal/terminal.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Bytes that may wait for the other side before the faster one has to. */
const maxWaitingBytes = 256 * 1024;
/** Code of a WebSocket that is closed as it should be. Source: RFC 6455, status codes. */
const normalClosure = 1000;
/**
 * What a guest may have left switched: colours, a hidden cursor, keys of applications, mouse, marked pastes. Its letters are not cleared away.
 */
const resets = '\u001b[0m\u001b[?25h\u001b[?1l\u001b>\u001b[?1000l\u001b[?1002l\u001b[?1003l\u001b[?1006l\u001b[?2004l';
const help = 'Enter, then ~. closes the console, ~s tells the guest the size of this terminal (stty), ~~ types a ~.\r\n';

/** @throws CliError no_terminal */
export function checkTerminal({ stdin }: Terminal): void {
  if (stdin.isTTY === true && stdin.setRawMode !== undefined) return;
  throw new CliError('command', 'no_terminal', 'A serial console needs a terminal to type at.', {
    hint: '--graphical opens the screen; scripts may use ssh -tt -p 2222 ovirt-vmconsole@ENGINE',
  });
}

/**
 * Gives the terminal to the serial port of a guest, until `~.` is typed, the port closes or the command is interrupted. Then the terminal is as
 * it was.
 * @throws CliError console_broken
 */
export async function runSerial(socket: WebSocket, vmName: string, terminal: Terminal): Promise<void> {
  const { stdin, stdout, stderr, signal } = terminal;
  const escape = new EscapeReader('.s?');
  const restore = (): void => void stdin.setRawMode?.(false);
  const close = (): void => socket.close(normalClosure);
  const type = (bytes: Buffer): void => {
    let rest: Uint8Array | undefined = bytes;
    while (rest !== undefined && socket.readyState === socket.OPEN) {
      const read = escape.read(rest);
      if (read.toGuest.length > 0) socket.send(read.toGuest, () => void (stdin.isPaused() && stdin.resume()));
      if (read.command === '.') close();
      else if (read.command === 's') socket.send(sizeCommand(terminal));
      else if (read.command === '?') stderr.write(`\r\n${help}`);
      ({ rest } = read);
    }
    if (socket.bufferedAmount > maxWaitingBytes) stdin.pause();
  };
  const drained = (): void => socket.resume();
  const { promise, resolve } = Promise.withResolvers<number>();
  socket.on('message', (data: Buffer) => {
    if (!stdout.write(data)) socket.pause();
  });
  socket.once('close', resolve);
  socket.on('error', () => socket.terminate());
  await write(stderr, `Connected to ${safeText(vmName)}. ${help}`);
  process.once('exit', restore);
  stdout.on('drain', drained);
  signal.addEventListener('abort', close, { once: true });
  stdin.setRawMode?.(true);
  stdin.on('data', type).once('end', close);
  stdin.resume();
  if (signal.aborted) close();
  let code: number;
  try {
    code = await promise;
  } finally {
    stdin.off('data', type).off('end', close);
    stdin.pause();
    restore();
    process.off('exit', restore);
    stdout.off('drain', drained);
    signal.removeEventListener('abort', close);
    stdout.write(resets);
  }
  await write(stderr, `\r\nThe console of ${safeText(vmName)} is closed.\r\n`);
  signal.throwIfAborted();
  if (code !== normalClosure)
    throw new CliError('communication', 'console_broken', 'The console broke off.', {
      cause: code === 1008 ? 'the session has ended' : `the connection ended with ${code}`,
    });
}

/** A serial port has no size: the guest's shell is told it as a command. */
function sizeCommand({ stdout }: Terminal): string {
  return `stty rows ${stdout.rows ?? 24} cols ${stdout.columns ?? 80}\r`;
}
