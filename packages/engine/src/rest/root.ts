import { locatorsOf } from '@virgate/contract/routes';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import type { Context, Entity } from './operation.ts';
import { apiRoot } from './represent.ts';

/** Collections that can be searched: each has a second link with the pattern of a search. */
const searchable = new Set([
  'clusters',
  'datacenters',
  'events',
  'hosts',
  'networks',
  'storagedomains',
  'templates',
  'instancetypes',
  'users',
  'groups',
  'vmpools',
  'vms',
  'disks',
]);
/** Collections that exist without being listed at the root. */
const unlisted = new Set(['options']);
const zeroId = '00000000-0000-0000-0000-000000000000';

function links(): { rel: string; href: string }[] {
  return locatorsOf('SystemService').flatMap(({ path }) => {
    if (path === undefined || unlisted.has(path)) return [];
    const href = `${apiRoot}/${path}`;
    const pattern = path === 'events' ? `${href};from={event_id}?search={query}` : `${href}?search={query}`;
    return searchable.has(path)
      ? [
          { rel: path, href },
          { rel: `${path}/search`, href: pattern },
        ]
      : [{ rel: path, href }];
  });
}

async function summary(context: Context): Promise<Entity> {
  const counted = await sql<Record<string, number>>`select
    (select count(*) from host) as hosts, (select count(*) from host_state where status = 'up') as hosts_up,
    (select count(*) from vm where entity_type = 'vm') as vms, (select count(*) from vm_state where status not in ('down', 'suspended', 'image_locked')) as vms_up,
    (select count(*) from storage_domain) as domains, (select count(distinct storage_domain_id) from data_center_storage_domain where status = 'active') as domains_up,
    (select count(*) from app_user) as users, (select count(distinct user_id) from access_token where expires_at > now()) as users_in`.execute(
    context.db,
  );
  const row = counted.rows[0] ?? {};
  return {
    hosts: { active: row['hosts_up'], total: row['hosts'] },
    storage_domains: { active: row['domains_up'], total: row['domains'] },
    users: { active: row['users_in'], total: row['users'] },
    vms: { active: row['vms_up'], total: row['vms'] },
  };
}

/** The root document: product, links of all collections (also as one `Link` header), summary for administrators. */
export async function rootDocument(context: Context, reply: FastifyReply, request: FastifyRequest): Promise<Entity> {
  const all = links();
  const origin = `https://${request.headers.host ?? 'localhost'}`;
  reply.header(
    'Link',
    all
      .map(({ rel, href }) => `<${origin}${href}>; rel=${rel}`)
      .sort()
      .join(','),
  );
  const { version } = context.engine;
  return {
    links: all,
    product_info: {
      instance_id: context.engine.installationId,
      name: 'Virgate',
      vendor: 'Virgate',
      version: { major: version.major, minor: version.minor, build: version.build, revision: version.revision, full_version: version.full },
    },
    special_objects: {
      blank_template: { href: `${apiRoot}/templates/${zeroId}`, id: zeroId },
      root_tag: { href: `${apiRoot}/tags/${zeroId}`, id: zeroId },
    },
    ...(context.filtered ? {} : { summary: await summary(context) }),
    time: context.engine.now(),
    authenticated_user: { href: `${apiRoot}/users/${context.user.id}`, id: context.user.id },
    effective_user: { href: `${apiRoot}/users/${context.user.id}`, id: context.user.id },
  };
}
