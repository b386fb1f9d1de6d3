import { promisify } from 'node:util';
import {
  brotliCompress,
  constants,
  createBrotliCompress,
  createDeflate,
  createGzip,
  deflate,
  gzip,
  type BrotliOptions,
  type ZlibOptions,
} from 'node:zlib';
import type { Transform } from 'node:stream';

export type Coding = 'gzip' | 'br' | 'deflate';

/** Shorter bodies are sent as they are: what they would save is less than what it costs. */
const leastBytes = 1024;
/** Quick rather than small: answers are repetitive, and made anew each time. */
const zlibOptions: ZlibOptions = { level: 2 };
const brotliOptions: BrotliOptions = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 3, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT },
};
/** What is preferred among codings that the client likes alike. */
const preferred: readonly Coding[] = ['gzip', 'br', 'deflate'];

const compressors: Record<Coding, (body: Buffer) => Promise<Buffer>> = {
  gzip: (body) => promisify<Buffer, ZlibOptions, Buffer>(gzip)(body, zlibOptions),
  br: (body) => promisify<Buffer, BrotliOptions, Buffer>(brotliCompress)(body, brotliOptions),
  deflate: (body) => promisify<Buffer, ZlibOptions, Buffer>(deflate)(body, zlibOptions),
};

/** The coding that an `Accept-Encoding` asks for; null for none. Weights (`q`) count, `*` means all that are not named. */
export function codingOf(acceptEncoding: string | undefined): Coding | null {
  const weights = new Map<string, number>();
  for (const one of (acceptEncoding ?? '').toLowerCase().split(',')) {
    const [name = '', ...parameters] = one.split(';').map((text) => text.trim());
    const quality = parameters.find((text) => text.startsWith('q='));
    const weight = quality === undefined ? 1 : Number(quality.slice(2));
    if (name !== '') weights.set(name, weight >= 0 && weight <= 1 ? weight : 0);
  }
  const weightOf = (coding: string): number => weights.get(coding) ?? weights.get('*') ?? 0;
  const [best] = preferred.toSorted((a, b) => weightOf(b) - weightOf(a));
  return best !== undefined && weightOf(best) > 0 && weightOf(best) >= (weights.get('identity') ?? 0) ? best : null;
}

/** A whole body in a coding, off the event loop; null where it is not worth it. */
export const compressed = async (body: Buffer, coding: Coding): Promise<Buffer | null> =>
  body.length < leastBytes ? null : compressors[coding](body);

/** A stream that codes what is written to it. */
export function compressing(coding: Coding): Transform {
  if (coding === 'br') return createBrotliCompress(brotliOptions);
  return coding === 'gzip' ? createGzip(zlibOptions) : createDeflate(zlibOptions);
}
