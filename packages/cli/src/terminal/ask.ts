import { CliError } from '../errors.ts';
import type { Terminal } from './terminal.ts';
import { write } from './terminal.ts';

const maxLine = 4_096;
const interrupt = '\u0003';
const endOfInput = '\u0004';
const erase: ReadonlySet<string> = new Set(['\u007f', '\b']);

/**
 * A line typed at a terminal; of a secret one nothing is shown.
 * @throws CliError interrupted, no_terminal
 */
export async function ask(terminal: Terminal, question: string, secret: boolean): Promise<string> {
  const { stdin, stderr } = terminal;
  if (stdin.isTTY !== true || stdin.setRawMode === undefined)
    throw new CliError('command', 'no_terminal', `${question.trim()} Nobody can be asked: there is no terminal.`, {
      hint: 'VIRGATE_PASSWORD, --password-stdin or --token say it beforehand',
    });
  await write(stderr, question);
  stdin.setRawMode(true);
  try {
    return await typed(terminal, secret);
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    await write(stderr, '\n');
  }
}

async function typed({ stdin, stderr }: Terminal, secret: boolean): Promise<string> {
  let line = '';
  for await (const part of stdin.iterator({ destroyOnReturn: false })) {
    for (const one of String(part)) {
      if (one === '\r' || one === '\n') return line;
      if (one === interrupt || (one === endOfInput && line === '')) throw new CliError('interrupted', 'interrupted', 'Interrupted.');
      if (erase.has(one)) {
        if (line !== '' && !secret) stderr.write('\b \b');
        line = line.slice(0, -1);
      } else if (one >= ' ' && line.length < maxLine) {
        line += one;
        if (!secret) stderr.write(one);
      }
    }
  }
  return line;
}

/** The first line of standard input. */
export async function firstLine({ stdin }: Terminal): Promise<string> {
  let text = '';
  for await (const part of stdin) {
    text += String(part);
    if (text.includes('\n') || text.length > maxLine) break;
  }
  return text.split(/\r?\n/)[0] ?? '';
}
