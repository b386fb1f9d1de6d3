import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { portalFolder } from '../../build.ts';

/** Objects as the wire spells them. */
export type Wire = Record<string, unknown>;

/** The engine's content policy for the portal's page: the double sends it too, so that a page that breaks it fails here. */
const policy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self' wss:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'; trusted-types 'none'";
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
const cookie = 'session=1';
const tags: Readonly<Record<string, string>> = {
  vms: 'vm',
  disks: 'disk',
  hosts: 'host',
  clusters: 'cluster',
  templates: 'template',
  storagedomains: 'storage_domain',
  events: 'event',
  jobs: 'job',
  vnicprofiles: 'vnic_profile',
  networks: 'network',
  datacenters: 'data_center',
  proposals: 'proposal',
};

/** Kinds of lists of which the portal holds what is in sight. */
const listKinds: Readonly<Record<string, string>> = { vm: 'vms', disk: 'disks' };

/** A client of the feed, and what he watches. */
interface Feed {
  response: ServerResponse;
  windows: Window[];
}
interface Window {
  key: string;
  kind: string;
  search?: string;
  from?: number;
  count?: number;
  /** What was read of it is as new as this; without it nothing was. */
  since?: number;
  ids?: string[];
}
interface Told {
  seq: number;
  type: string;
  id: string;
  op: string;
}

/** Rows of lists have numbers where the REST API's texts have digits. */
const rowOf = (object: Wire): Wire =>
  JSON.parse(JSON.stringify(object), (name, value: unknown) =>
    typeof value === 'string' && name !== 'id' && /^\d+$/.test(value) ? Number(value) : value,
  ) as Wire;

export type Answer = [status: number, answer?: unknown];

/** What a test wants answered instead, at once or later; undefined leaves it to the double. */
export type Intercept = (
  method: string,
  path: string,
  body: Wire | undefined,
  parameters: URLSearchParams,
) => Answer | undefined | Promise<Answer>;

/** A stand-in for the engine: the portal's files, sessions, collections held in memory, and a change feed. It decides nothing. */
export class EngineDouble {
  readonly collections: Record<string, Wire[]> = {
    vms: [],
    hosts: [],
    clusters: [],
    templates: [],
    storagedomains: [],
    events: [],
    jobs: [],
    disks: [],
    vnicprofiles: [],
    networks: [],
    datacenters: [],
  };
  /** Figures that a client is told when he begins to follow them. */
  statistics: readonly Wire[] = [];
  readonly requests: string[] = [];
  intercept: Intercept = () => undefined;
  sessionOpen = false;
  administrator = true;
  #seq = 100;
  #feeds = new Set<Feed>();
  #log: Told[] = [];
  #server: Server = createServer((request, response) => {
    this.#serve(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Changes an object and tells the feed. */
  change(collection: string, id: string, fields: Wire): void {
    const found = this.collections[collection]?.find((one) => one['id'] === id);
    if (found === undefined) throw new Error(`${collection} has no ${id}`);
    Object.assign(found, fields);
    this.#tell(collection, id, 'update');
  }

  add(collection: string, object: Wire): void {
    this.collections[collection]?.push(object);
    this.#tell(collection, String(object['id']), 'add');
  }

  remove(collection: string, id: string): void {
    this.collections[collection] = (this.collections[collection] ?? []).filter((one) => one['id'] !== id);
    this.#tell(collection, id, 'remove');
  }

  /** Breaks the open feeds off, as a network does. */
  dropFeeds(): void {
    for (const { response } of this.#feeds) response.destroy();
  }

  get feedCount(): number {
    return this.#feeds.size;
  }

  #tell(collection: string, id: string, op: string): void {
    this.#seq += 1;
    const told = { seq: this.#seq, type: tags[collection] ?? '', id, op };
    this.#log.push(told);
    for (const feed of this.#feeds) this.#frame(feed, [told]);
  }

  /** Tells a client of changes: of those of lists only what he watches, with the row. */
  #frame({ response, windows }: Feed, changes: readonly Told[]): void {
    const lists = windows
      .filter(({ ids }) => ids === undefined)
      .map((window): [string, Wire] => {
        const { total, ids, rows } = this.#part(window);
        const changed = new Set(this.#log.filter(({ seq }) => seq > (window.since ?? -1)).map(({ id }) => id));
        return [window.key, { total, ids, rows: rows.filter((row) => window.since === undefined || changed.has(String(row['id']))) }];
      });
    const isTold = ({ type, id }: Told): boolean =>
      listKinds[type] === undefined || windows.some((window) => window.kind === type && window.ids?.includes(id) === true);
    const frame = {
      seq: this.#seq,
      changes: changes.filter(isTold),
      lists: Object.fromEntries(lists),
      touched: [...new Set(changes.map(({ type }) => type).filter((type) => listKinds[type] !== undefined))],
    };
    response.write(`id: ${this.#seq}\nevent: frame\ndata: ${JSON.stringify(frame)}\n\n`);
  }

  /** A part of a list, by name. */
  #part({ kind, search = '', from = 0, count = 100 }: Omit<Window, 'key'>): { total: number; ids: string[]; rows: Wire[] } {
    const found = (this.collections[listKinds[kind] ?? ''] ?? [])
      .filter((one) => String(one['name']).includes(search))
      .sort((a, b) => String(a['name']).localeCompare(String(b['name']), 'en', { numeric: true }));
    const rows = found.slice(from, from + count).map(rowOf);
    return { total: found.length, ids: rows.map((row) => String(row['id'])), rows };
  }

  #list(parameters: URLSearchParams, response: ServerResponse): void {
    const kind = parameters.get('kind') ?? '';
    const ids = parameters.get('ids')?.split(',');
    const [from, count] = [Number(parameters.get('from') ?? 0), Number(parameters.get('count') ?? Infinity)];
    const part = this.#part(ids === undefined ? { kind, search: parameters.get('search') ?? '', from, count } : { kind, count: Infinity });
    const rows = ids === undefined ? part.rows : part.rows.filter((row) => ids.includes(String(row['id'])));
    send(response, 200, { seq: this.#seq, ...part, from, rows });
  }

  #counts(kind: string, by: string, response: ServerResponse): void {
    const all = (this.collections[`${kind}s`] ?? []).map((one) =>
      by === 'status' ? one['status'] : (one[by] as Wire | undefined)?.['id'],
    );
    const counts = Map.groupBy(all, String);
    send(
      response,
      200,
      [...counts].map(([key, { length }]) => ({ key, count: length, running: 0 })),
    );
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://engine');
    const method = request.method ?? 'GET';
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk as string;
    const body = text === '' ? undefined : (JSON.parse(text) as Wire);
    if (/^\/ovirt-engine\/(webadmin|web-ui)(\/|$)/.test(pathname)) return await sendFile(response, 'index.html');
    if (pathname.startsWith('/ovirt-engine/portal/')) return await sendFile(response, pathname.slice('/ovirt-engine/portal/'.length));
    this.requests.push(`${method} ${pathname}`);
    const own = await this.intercept(method, pathname, body, searchParams);
    if (own !== undefined) return send(response, ...own);
    if (pathname.startsWith('/virgate/api/sessions')) return this.#session(method, body, response);
    if (!this.sessionOpen || request.headers.cookie !== cookie) return send(response, 401);
    if (pathname === '/virgate/api/changes') return this.#feed(searchParams, response);
    if (pathname === '/virgate/api/statistics' && this.statistics.length > 0) return this.#figures(response);
    if (pathname.startsWith('/virgate/api/lists')) return this.#list(searchParams, response);
    if (pathname === '/virgate/api/counts') return this.#counts(searchParams.get('kind') ?? '', searchParams.get('by') ?? '', response);
    return this.#object(method, pathname.replace('/ovirt-engine/api/', ''), searchParams.get('search'), response);
  }

  #session(method: string, body: Wire | undefined, response: ServerResponse): void {
    const session = {
      user: { id: 'u', name: 'admin', principal: 'admin@internal', administrator: this.administrator },
      expires: Date.now() + 1e6,
    };
    if (method === 'POST') {
      if (body?.['password'] !== 'right')
        return send(response, 401, { code: 'access_denied', message: 'The user name or the password is wrong.' });
      this.sessionOpen = true;
      response.setHeader('Set-Cookie', `${cookie}; Path=/; HttpOnly; SameSite=Strict`);
      return send(response, 201, session);
    }
    if (method === 'DELETE') this.sessionOpen = false;
    return this.sessionOpen ? send(response, 200, session) : send(response, method === 'DELETE' ? 204 : 401);
  }

  #feed(parameters: URLSearchParams, response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(': open\n\n');
    const feed = { response, windows: JSON.parse(parameters.get('windows') ?? '[]') as Window[] };
    const since = parameters.get('since');
    this.#frame(feed, since === null ? [] : this.#log.filter(({ seq }) => seq > Number(since)));
    this.#feeds.add(feed);
    response.on('close', () => this.#feeds.delete(feed));
  }

  #figures(response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(`event: statistics\ndata: ${JSON.stringify(this.statistics)}\n\n`);
  }

  #object(method: string, path: string, search: string | null, response: ServerResponse): void {
    const [collection = '', id, part] = path.split('/');
    const list = this.collections[collection];
    if (list === undefined) return send(response, 404);
    if (id === undefined) {
      const found = search === null ? list : list.filter((one) => String(one['name']).includes(search));
      return send(response, 200, found.length === 0 ? {} : { [tags[collection] ?? '']: found });
    }
    const one = list.find((object) => object['id'] === id);
    if (one === undefined) return send(response, 404);
    if (part === undefined) return send(response, 200, one);
    return send(response, method === 'GET' ? 200 : 404, {});
  }
}

function send(response: ServerResponse, status: number, answer?: unknown): void {
  response
    .writeHead(status, { 'Content-Type': 'application/json', 'Correlation-Id': 'test-correlation' })
    .end(answer === undefined ? '' : JSON.stringify(answer));
}

async function sendFile(response: ServerResponse, name: string): Promise<void> {
  const body = await readFile(join(portalFolder, normalize(`/${name}`))).catch(() => undefined);
  if (body === undefined) response.writeHead(404).end();
  else
    response
      .writeHead(200, { 'Content-Type': types[extname(name)] ?? 'application/octet-stream', 'Content-Security-Policy': policy })
      .end(body);
}
