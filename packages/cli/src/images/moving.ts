import type { Client } from '@virgate/sdk';
import { OpenTransfer, phaseOf } from '@virgate/sdk';
import { explain } from '../connection/explain.ts';
import { CliError } from '../errors.ts';
import { bytesText } from '../terminal/progress-line.ts';
import { seesProgress, withProgress } from '../terminal/progress.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { forget, keep, readKept, type KeptTransfer } from './kept-transfer.ts';

/** Bytes that are moved at once: few enough to be sent again, and to see that something moves. */
const pieceBytes = 4 * 1024 * 1024;

/** What every transfer of a file has around it. */
export interface Moving {
  readonly client: Client;
  readonly engine: string;
  readonly terminal: Terminal;
  readonly silence: { noProgress: boolean; quiet: boolean };
  /** The file, as the user called it. */
  readonly file: string;
  readonly direction: KeptTransfer['direction'];
  /** Goes on with what was interrupted. */
  readonly resume: boolean;
}

const command = ({ direction, file }: Moving, kept?: KeptTransfer): string =>
  direction === 'upload' ? `virgate disk upload ${file}` : `virgate disk download ${kept?.disk ?? 'DISK'} ${file}`;

/**
 * An interrupted transfer of the file that can go on. Without `--resume` it is not passed over: it holds the disk.
 * @throws CliError interrupted_transfer, nothing_to_resume
 */
export async function interrupted(moving: Moving): Promise<KeptTransfer | undefined> {
  const { client, engine, direction, file } = moving;
  const kept = readKept(file);
  const phase = kept?.engine === engine && kept.direction === direction ? await phaseOf(client, kept.transfer) : undefined;
  const isOpen = /^(initializing|transferring|resuming|paused_)/.test(phase ?? '');
  if (moving.resume && (kept === undefined || !isOpen))
    throw new CliError('command', 'nothing_to_resume', `There is no ${direction} of ${file} at ${engine} that can go on.`, {
      field: '--resume',
      ...(phase === undefined ? {} : { cause: `the transfer ${kept?.transfer} is ${phase}` }),
    });
  if (kept !== undefined && isOpen && !moving.resume)
    throw new CliError(
      'command',
      'interrupted_transfer',
      `The ${direction} of ${file} was interrupted after ${bytesText(kept.doneBytes)} of ${bytesText(kept.sizeBytes)}.`,
      { hint: `${command(moving, kept)} --resume goes on; virgate image-transfer cancel ${kept.transfer} gives it up` },
    );
  return isOpen ? kept : undefined;
}

/**
 * Moves a file's pieces from where it stands to the end, and ends the transfer. Whatever ends it before, it is halted and kept in mind, so that it
 * can go on.
 * @param begin opens the transfer, or goes on with it
 * @param piece moves one piece; `last` is the end of the image
 * @throws CliError, with how to go on
 */
export async function move(
  moving: Moving,
  text: string,
  begin: () => Promise<{ transfer: OpenTransfer; kept: KeptTransfer }>,
  piece: (transfer: OpenTransfer, at: number, end: number, last: boolean) => Promise<void>,
): Promise<KeptTransfer> {
  const { terminal, file } = moving;
  let open: { transfer: OpenTransfer; kept: KeptTransfer } | undefined;
  const shown = seesProgress(terminal, moving.silence) ? text : undefined;
  try {
    return await withProgress(terminal, shown, async (report) => {
      open = await begin();
      const { transfer } = open;
      keep(file, open.kept);
      for (let { doneBytes, sizeBytes } = open.kept; doneBytes < sizeBytes;) {
        report({ text, done: doneBytes, total: sizeBytes, unit: 'bytes' });
        terminal.signal.throwIfAborted();
        const end = Math.min(doneBytes + pieceBytes, sizeBytes);
        await piece(transfer, doneBytes, end, end === sizeBytes);
        doneBytes = end;
        open = { transfer, kept: { ...open.kept, doneBytes } };
        keep(file, open.kept);
      }
      report({ text: `${text}: ending the transfer` });
      await transfer.finalize();
      forget(file);
      return open.kept;
    });
  } catch (error) {
    if (open === undefined) throw error;
    await open.transfer.pause().catch(() => undefined);
    throw halted(moving, open.kept, error);
  }
}

/** Why a transfer ended early, and how it goes on. */
function halted(moving: Moving, kept: KeptTransfer, error: unknown): CliError {
  const where = `after ${bytesText(kept.doneBytes)} of ${bytesText(kept.sizeBytes)}`;
  const hint = `${command(moving, kept)} --resume goes on; virgate image-transfer cancel ${kept.transfer} gives it up`;
  if (moving.terminal.signal.aborted)
    return new CliError('interrupted', 'interrupted', `The ${moving.direction} of ${moving.file} was interrupted ${where}.`, { hint });
  const told = explain(error);
  return new CliError(told.exit, told.code, `The ${moving.direction} of ${moving.file} ended ${where}: ${told.message}`, {
    ...told.parts,
    hint,
  });
}
