import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { openApiDocument } from '@virgate/contract/openapi/document';
import { virgateRoot } from '@virgate/contract/virgate/declaration';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Engine } from '../engine.ts';
import { apiRoot } from '../rest/represent.ts';
import type { Services } from '../rest/operation.ts';

const pack = promisify(gzip);
/** Nothing from elsewhere, and no script but the two that are served here. The reader sets styles itself. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const page = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><title>Virgate API</title></head>
<body><div id="api"></div><script src="${virgateRoot}/docs/reader.js"></script><script src="${virgateRoot}/docs/start.js"></script></body>
</html>
`;
/** The reader asks nobody: no fonts, no telemetry, no proxy, no assistant of its makers. */
const start = `Scalar.createApiReference('#api', ${JSON.stringify({
  url: `${virgateRoot}/openapi.json`,
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  hideTestRequestButton: true,
  showDeveloperTools: 'never',
  agent: { disabled: true },
  mcp: { disabled: true },
  defaultOpenAllTags: false,
})});\n`;

interface Packed {
  plain: Buffer;
  gzip: Buffer;
  tag: string;
}

async function packed(text: string): Promise<Packed> {
  const plain = Buffer.from(text);
  return { plain, gzip: await pack(plain), tag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"` };
}

/** Makes something at its first use, and again when that failed. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () =>
    (made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    }));
}

/** The script of the reader: its package has it only within a plugin, which is asked for it. */
async function readerScript(): Promise<string> {
  const { default: scalar } = await import('@scalar/fastify-api-reference');
  const server = fastify();
  await server.register(scalar, { routePrefix: '/', configuration: { url: '/' } });
  const answer = await server.inject('/js/scalar.js');
  await server.close();
  if (answer.statusCode !== 200) throw new Error(`The reader of the API's document has no script: ${answer.statusCode}`);
  return answer.body;
}

function send(request: FastifyRequest, reply: FastifyReply, type: string, content: Packed): FastifyReply {
  reply.headers({
    'Content-Type': type,
    ETag: content.tag,
    'Cache-Control': 'no-cache',
    Vary: 'Accept-Encoding',
    'X-Content-Type-Options': 'nosniff',
  });
  if (request.headers['if-none-match'] === content.tag) return reply.code(304).send();
  if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(content.plain);
  return reply.header('Content-Encoding', 'gzip').send(content.gzip);
}

/**
 * Serves the OpenAPI document of both APIs at `/virgate/api/openapi.json` and `/ovirt-engine/api/openapi.json`, for everybody: it tells what
 * an engine can, not what is in it. `/virgate/api/docs` is a page to read it; the places where clients know the API's description lead there. Permits, and what is not built, come from the operations.
 */
export function registerDocumentation(app: FastifyInstance, engine: Engine, services: Services): void {
  const document = once(async () =>
    packed(
      JSON.stringify(
        openApiDocument({
          version: engine.version.full,
          factsOf(route) {
            const operation = services[route.service]?.[route.method];
            return operation === undefined ? { isMissing: true } : { permit: operation.permit };
          },
        }),
      ),
    ),
  );
  const reader = once(async () => packed(await readerScript()));
  const starter = once(() => packed(start));
  const serve = (path: string, type: string, content: () => Promise<Packed>): void => {
    app.get(path, async (request, reply) => send(request, reply, type, await content()));
  };
  for (const root of [virgateRoot, apiRoot]) serve(`${root}/openapi.json`, 'application/json', document);
  serve(`${virgateRoot}/docs/reader.js`, 'text/javascript; charset=UTF-8', reader);
  serve(`${virgateRoot}/docs/start.js`, 'text/javascript; charset=UTF-8', starter);
  for (const path of ['/ovirt-engine/apidoc', '/ovirt-engine/apidoc/', `${apiRoot}/model`, `${apiRoot}/model.html`])
    app.get(path, (_request, reply) => reply.redirect(`${virgateRoot}/docs`));
  for (const path of [`${virgateRoot}/docs`, `${virgateRoot}/docs/`])
    app.get(path, (_request, reply) =>
      reply
        .headers({ 'Content-Security-Policy': policy, 'Referrer-Policy': 'no-referrer', 'Cache-Control': 'no-cache' })
        .type('text/html; charset=UTF-8')
        .send(page),
    );
}
