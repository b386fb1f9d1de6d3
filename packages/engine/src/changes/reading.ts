import type { Kysely } from 'kysely';
import type { SignedIn } from '../access/permissions.ts';
import type { Engine } from '../engine.ts';
import type { Context } from '../rest/operation.ts';
import { Parameters } from '../rest/parameters.ts';
import { apiRoot } from '../rest/represent.ts';
import type { Tables } from '../tables/schema.ts';

/** Reads as nobody in particular: who is told of what decide the views of the subscribers. */
export const nobody: SignedIn = {
  id: '00000000-0000-0000-0000-000000000000',
  principal: '',
  domain: '',
  principals: [],
  administrator: true,
  systemPermits: new Set(),
  token: Buffer.alloc(0),
  session: { id: '', kind: 'sso', csrfProtected: false, secondFactor: false },
};

/** A reading that no request asks for. @param filtered only what the user himself may see */
export const readingAs = (engine: Engine, db: Kysely<Tables>, user: SignedIn, filtered: boolean): Context => ({
  engine,
  db,
  user,
  path: {},
  parameters: new Parameters(new URLSearchParams(), new Map(), {}),
  body: {},
  filtered,
  correlationId: '',
  location: apiRoot,
  asynchronous: false,
  waits: false,
  accepts: '',
  host: '',
});
