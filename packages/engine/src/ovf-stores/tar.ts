/** Files of a tar archive, in the order in which they stand. Pure. Source: POSIX, ustar. */
export interface TarFile {
  name: string;
  content: Buffer;
}

const blockBytes = 512;
/** Files that an archive may have, and the length of a name. */
export const tarLimits = { files: 100_000, nameBytes: 100 } as const;

const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`;

function header(name: string, sizeBytes: number, modifiedSeconds: number): Buffer {
  if (Buffer.byteLength(name) > tarLimits.nameBytes) throw new RangeError(`The name ${name} is too long for an archive`);
  const block = Buffer.alloc(blockBytes);
  block.write(name, 0);
  block.write(octal(0o644, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(sizeBytes, 12), 124);
  block.write(octal(modifiedSeconds, 12), 136);
  block.write('        ', 148);
  block.write('0', 156);
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** An archive of files. */
export function packTar(files: readonly TarFile[], modifiedSeconds: number): Buffer {
  const parts = files.flatMap(({ name, content }) => [
    header(name, content.length, modifiedSeconds),
    content,
    Buffer.alloc((blockBytes - (content.length % blockBytes)) % blockBytes),
  ]);
  return Buffer.concat([...parts, Buffer.alloc(2 * blockBytes)]);
}

const text = (block: Buffer, start: number, length: number): string => {
  const part = block.subarray(start, start + length);
  const end = part.indexOf(0);
  return part.subarray(0, end === -1 ? length : end).toString('utf8');
};

/** The files of an archive, as far as it goes: what is cut short or no archive has fewer, or none. */
export function unpackTar(archive: Buffer): TarFile[] {
  const files: TarFile[] = [];
  for (let at = 0; at + blockBytes <= archive.length && files.length < tarLimits.files;) {
    const block = archive.subarray(at, at + blockBytes);
    const name = text(block, 0, 100);
    const size = Number.parseInt(text(block, 124, 12).trim() || '0', 8);
    if (name === '' || !Number.isSafeInteger(size) || size < 0) break;
    const start = at + blockBytes;
    if (start + size > archive.length) break;
    const kind = String.fromCharCode(block[156] ?? 0);
    if (kind === '0' || kind === '\0') files.push({ name, content: archive.subarray(start, start + size) });
    at = start + Math.ceil(size / blockBytes) * blockBytes;
  }
  return files;
}
