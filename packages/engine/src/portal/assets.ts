import { readFile, readdir } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const types: Record<string, string> = {
  '.html': 'text/html;charset=UTF-8',
  '.js': 'text/javascript;charset=UTF-8',
  '.css': 'text/css;charset=UTF-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain',
};
/** Where built files lie: their names carry a hash of their content, so they may be kept for ever. */
const assetsPath = '/ovirt-engine/portal/';
const pagePaths = ['/ovirt-engine/webadmin', '/ovirt-engine/web-ui'];
const policy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self' wss:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'; trusted-types 'none'";

interface Asset {
  body: Buffer;
  type: string;
  /** The body compressed, where that makes it smaller. */
  packed: Buffer | null;
}

const pack = promisify(gzip);
/** Below this compressing gains nothing. */
const minPackedBytes = 1024;
const packable = /^(text|application\/json|image\/svg)/;

async function load(folder: string): Promise<Map<string, Asset>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.map'));
  return new Map(
    await Promise.all(
      files.map(async (file) => {
        const path = join(file.parentPath, file.name);
        const body = await readFile(path);
        const type = types[extname(file.name)] ?? 'application/octet-stream';
        // Packed once at the start: the files never change while the engine runs.
        const packed = packable.test(type) && body.length > minPackedBytes ? await pack(body, { level: 9 }) : null;
        return [relative(folder, path), { body, type, packed }] as const;
      }),
    ),
  );
}

/** Sends a file, compressed when the browser takes that. */
function send(request: FastifyRequest, reply: FastifyReply, asset: Asset): FastifyReply {
  reply.type(asset.type).header('Vary', 'Accept-Encoding').header('X-Content-Type-Options', 'nosniff');
  const takes = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  return asset.packed !== null && takes ? reply.header('Content-Encoding', 'gzip').send(asset.packed) : reply.send(asset.body);
}

/**
 * Serves the portal: one page for both of its addresses and every place within them, and the built files.
 * @param folder the built portal; null when it was not built, which the pages then say
 */
export async function registerPortal(app: FastifyInstance, folder: string | null): Promise<void> {
  const assets = folder === null ? new Map<string, Asset>() : await load(folder);
  const page = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const index = assets.get('index.html');
    if (!index)
      return reply.code(503).type('text/plain').send('The portal has not been built. Start Virgate with `npm start`, which builds it.\n');
    return send(
      request,
      reply.headers({ 'Cache-Control': 'no-cache', 'Content-Security-Policy': policy, 'Referrer-Policy': 'same-origin' }),
      index,
    );
  };
  for (const path of pagePaths) {
    app.get(path, (request, reply) => page(request, reply));
    app.get(`${path}/*`, (request, reply) => page(request, reply));
  }
  app.get(`${assetsPath}*`, (request, reply) => {
    const name = decodeURIComponent(new URL(request.url, 'https://engine').pathname.slice(assetsPath.length));
    const asset = assets.get(name);
    if (!asset) return reply.code(404).type('text/plain').send('Not Found\n');
    return send(request, reply.header('Cache-Control', 'public, max-age=31536000, immutable'), asset);
  });
  for (const path of ['/', '/ovirt-engine', '/ovirt-engine/'])
    app.get(path, (_request, reply) => reply.redirect('/ovirt-engine/webadmin/'));
}
