import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Answer } from './answer.ts';
import { codingOf, compressed, compressing, type Coding } from './compression.ts';
import { isNamed, tagOf } from './etag.ts';

/** What answers depend on beside their place. */
export const varying = 'Accept, Accept-Encoding, Accept-Language';
const isRead = (request: FastifyRequest): boolean => request.method === 'GET' || request.method === 'HEAD';

/** The tag of a body in a coding: bodies that differ in a byte have different tags. */
const codedTag = (tag: string, coding: Coding): string => `${tag.slice(0, -1)}.${coding}"`;

async function byteLength(pieces: AsyncIterable<string>): Promise<number> {
  let bytes = 0;
  for await (const piece of pieces) bytes += Buffer.byteLength(piece);
  return bytes;
}

/** Only its length is told: that of the body that GET would send without a coding. */
const sendHead = (reply: FastifyReply, bytes: number): FastifyReply => reply.header('Content-Length', bytes).send();

/** Each text is turned into bytes once: the server would count them first, and turn it then. */
async function* bytesOf(pieces: AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const piece of pieces) yield Buffer.from(piece);
}

async function sendWhole(reply: FastifyReply, request: FastifyRequest, text: string, tag: string | undefined): Promise<FastifyReply> {
  const body = Buffer.from(text);
  if (request.method === 'HEAD') return sendHead(reply, body.length);
  const coding = codingOf(request.headers['accept-encoding']);
  const coded = coding === null ? null : await compressed(body, coding);
  if (coding === null || coded === null) return reply.send(body);
  if (tag !== undefined) reply.header('ETag', codedTag(tag, coding));
  return reply.header('Content-Encoding', coding).send(coded);
}

async function sendPieces(reply: FastifyReply, request: FastifyRequest, pieces: AsyncIterable<string>): Promise<FastifyReply> {
  if (request.method === 'HEAD') return sendHead(reply, await byteLength(pieces));
  const source = Readable.from(bytesOf(pieces), { objectMode: true, highWaterMark: 1 });
  const coding = codingOf(request.headers['accept-encoding']);
  if (coding === null) return reply.send(source);
  const coder = compressing(coding);
  source.once('error', (error) => coder.destroy(error));
  coder.once('close', () => source.destroy());
  return reply.header('Content-Encoding', coding).send(source.pipe(coder));
}

/**
 * Sends an answer: HEAD without its body, what the client has already (`If-None-Match`) as 304, compressed when the client asks for it,
 * and what is long in pieces, as fast as the client takes them.
 */
export async function send(reply: FastifyReply, request: FastifyRequest, answer: Answer): Promise<FastifyReply> {
  const { status, headers, body, version } = answer;
  reply.code(status).type(answer.contentType).headers(headers).header('Vary', varying);
  if (typeof body !== 'string') return sendPieces(reply, request, body);
  const tag = version !== undefined || (isRead(request) && status === 200) ? tagOf(body, version) : undefined;
  if (tag === undefined) return sendWhole(reply, request, body, tag);
  reply.header('ETag', tag);
  const known = request.headers['if-none-match'];
  if (isRead(request) && known !== undefined && isNamed(known, tag)) return reply.code(304).removeHeader('Content-Type').send();
  return sendWhole(reply, request, body, tag);
}
