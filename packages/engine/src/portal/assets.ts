import { readFile, readdir } from 'node:fs/promises'
import { extname, join, relative } from 'node:path'
import type { FastifyInstance, FastifyReply } from 'fastify'

const types: Record<string, string> = {
  '.html': 'text/html;charset=UTF-8', '.js': 'text/javascript;charset=UTF-8', '.css': 'text/css;charset=UTF-8', '.json': 'application/json',
  '.svg': 'image/svg+xml', '.png': 'image/png', '.ico': 'image/x-icon', '.woff2': 'font/woff2', '.woff': 'font/woff', '.ttf': 'font/ttf', '.txt': 'text/plain',
}
/** Where built files lie: their names carry a hash of their content, so they may be kept for ever. */
const assetsPath = '/ovirt-engine/portal/'
const pagePaths = ['/ovirt-engine/webadmin', '/ovirt-engine/web-ui']
const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self' wss:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

interface Asset {
  body: Buffer
  type: string
}

async function load(folder: string): Promise<Map<string, Asset>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.map'))
  return new Map(await Promise.all(files.map(async (file) => {
    const path = join(file.parentPath, file.name)
    return [relative(folder, path), { body: await readFile(path), type: types[extname(file.name)] ?? 'application/octet-stream' }] as const
  })))
}

/**
 * Serves the portal: one page for both of its addresses and every place within them, and the built files.
 * @param folder the built portal; null when it was not built, which the pages then say
 */
export async function registerPortal(app: FastifyInstance, folder: string | null): Promise<void> {
  const assets = folder === null ? new Map<string, Asset>() : await load(folder)
  const page = (reply: FastifyReply): FastifyReply => {
    const index = assets.get('index.html')
    if (!index) return reply.code(503).type('text/plain').send('The portal has not been built. Start Virgate with `npm start`, which builds it.\n')
    return reply.type(index.type).headers({ 'Cache-Control': 'no-cache', 'Content-Security-Policy': policy, 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'same-origin' }).send(index.body)
  }
  for (const path of pagePaths) {
    app.get(path, (_request, reply) => page(reply))
    app.get(`${path}/*`, (_request, reply) => page(reply))
  }
  app.get(`${assetsPath}*`, (request, reply) => {
    const name = decodeURIComponent(new URL(request.url, 'https://engine').pathname.slice(assetsPath.length))
    const asset = assets.get(name)
    if (!asset) return reply.code(404).type('text/plain').send('Not Found\n')
    return reply.type(asset.type).headers({ 'Cache-Control': 'public, max-age=31536000, immutable', 'X-Content-Type-Options': 'nosniff' }).send(asset.body)
  })
  for (const path of ['/', '/ovirt-engine', '/ovirt-engine/']) app.get(path, (_request, reply) => reply.redirect('/ovirt-engine/webadmin/'))
}
