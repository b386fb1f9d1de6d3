import { runCommand } from '../command.ts';
import { storageError, toStorageError } from '../storage-error.ts';

/** Unit of direct reads and writes on a domain; such domains have blocks of this size. */
const blockBytes = 512;
const timeoutMs = 60_000;

/**
 * Reads past the page cache of this host: what lies on shared storage is changed by others. A process of its own does it,
 * because a read from storage that is gone may never return.
 *
 * @throws 2003 MiscBlockReadException
 */
export async function readDirect(path: string, offset: number, bytes: number, signal?: AbortSignal): Promise<Buffer> {
  const whole = Math.ceil(bytes / blockBytes) * blockBytes;
  const argv = [
    'dd',
    `if=${path}`,
    'iflag=direct,skip_bytes,count_bytes',
    `bs=${Math.min(whole, 65_536)}`,
    `skip=${offset}`,
    `count=${whole}`,
  ];
  try {
    const { stdoutBytes } = await runCommand([...argv, 'status=none'], { timeoutMs, ...(signal === undefined ? {} : { signal }) });
    if (stdoutBytes.length < whole) throw storageError('MiscBlockReadIncomplete', `${path} ends before ${offset + whole}`);
    return stdoutBytes.subarray(0, bytes);
  } catch (error) {
    throw toStorageError(error, 'MiscBlockReadException', `read ${path}`);
  }
}

/** Writes whole blocks to the storage itself. @throws 2004 MiscBlockWriteException */
export async function writeDirect(path: string, offset: number, bytes: Buffer): Promise<void> {
  const padded = Buffer.alloc(Math.ceil(bytes.length / blockBytes) * blockBytes);
  bytes.copy(padded);
  const argv = [
    'dd',
    `of=${path}`,
    'iflag=fullblock',
    'oflag=direct,seek_bytes',
    'conv=notrunc,nocreat,fsync',
    `bs=${Math.min(padded.length, 65_536)}`,
    `seek=${offset}`,
    'status=none',
  ];
  try {
    await runCommand(argv, { timeoutMs, input: padded });
  } catch (error) {
    throw toStorageError(error, 'MiscBlockWriteException', `write ${path}`);
  }
}

/** Overwrites with zeros, as the device does it fastest. @throws 374 VolumesZeroingError */
export async function zeroDirect(path: string, bytes?: number): Promise<void> {
  try {
    await runCommand(['blkdiscard', '--zeroout', '--force', ...(bytes === undefined ? [] : ['--length', String(bytes)]), path], {
      timeoutMs: 0,
    });
  } catch (error) {
    throw toStorageError(error, 'VolumesZeroingError', `zero ${path}`);
  }
}
