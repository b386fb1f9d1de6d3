import { sql } from 'kysely';
import { jobsByIds } from '../jobs/read.ts';
import { Fault } from './fault.ts';
import type { Context, Entity, Reply } from './operation.ts';
import { apiRoot } from './represent.ts';
import { contentTypeOf, type Wire } from './negotiation.ts';

/**
 * The state of work that a request has started, asked for by the id that its answer gave: `…/{action}/{id}` and
 * `…/creation_status/{ids}`. The ids are those of jobs. Source: REST contract, methods and status codes.
 */

type Progress = 'pending' | 'in_progress' | 'complete' | 'failed';

/** Longest list of ids that one question may name. */
const maxIds = 100;

/** How far a job is, as additions and actions tell it. */
export const progressOf = (status: unknown): Progress =>
  status === 'started' ? 'in_progress' : status === 'finished' ? 'complete' : 'failed';

/** Of several pieces of work the whole: it is complete when all are; one that failed makes it failed. */
function whole(parts: readonly Progress[]): Progress {
  if (parts.includes('failed')) return 'failed';
  return parts.includes('in_progress') ? 'in_progress' : 'complete';
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/**
 * `<creation>`: a document of its own, which the types of version 4 don't have; in version 3 its status is one with a `state`. Work that is no
 * longer known is complete.
 * @param location place that was asked for, below the API's root
 */
export async function creationStatus(context: Context, ids: string, wire: Wire, location: string): Promise<Reply> {
  const jobs = await jobsByIds(context, ids.split(',').slice(0, maxIds));
  const status = whole(jobs.map((job) => progressOf(job['status'])));
  const href = `${wire.root}${location}`;
  const failed = jobs.find((job) => progressOf(job['status']) === 'failed');
  const fault = failed?.id === undefined ? undefined : await faultOf(context, failed.id);
  if (wire.format === 'json') {
    const shown = wire.version === 3 ? { state: status } : status;
    return { kind: 'document', contentType: contentTypeOf('json'), text: JSON.stringify({ href, id: ids, status: shown, fault }) };
  }
  const shown = wire.version === 3 ? `<status>\n        <state>${status}</state>\n    </status>` : `<status>${status}</status>`;
  const told =
    fault === undefined
      ? ''
      : `    <fault>\n        <reason>${escaped(fault.reason)}</reason>\n        <detail>${escaped(fault.detail)}</detail>\n    </fault>\n`;
  const text = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<creation href="${escaped(href)}" id="${escaped(ids)}">\n    ${shown}\n${told}</creation>\n`;
  return { kind: 'document', contentType: contentTypeOf('xml'), text };
}

/** Why a job failed, as the fault of an action. */
async function faultOf(context: Context, job: string): Promise<{ reason: string; detail: string } | undefined> {
  const found = await sql<{ message: string | null }>`select error ->> 'message' as message from saga where id = ${job}::uuid`.execute(
    context.db,
  );
  const message = found.rows[0]?.message;
  return message ? { reason: 'Operation Failed', detail: message.startsWith('[') ? message : `[${message}]` } : undefined;
}

/**
 * The action that a job carries out, as its first answer told it, with where it is now.
 * @param entityPath place of what the action is of, below the API's root
 * @throws {Fault} 301 to that place when there is no such job
 */
export async function actionStatus(context: Context, entityPath: string, action: string, id: string): Promise<Reply> {
  const [job] = await jobsByIds(context, [id]);
  if (job === undefined) throw new Fault(301, 'Moved Permanently', null, { headers: { Location: `${apiRoot}${entityPath}` } });
  const status = progressOf(job['status']);
  const fault = status === 'failed' ? await faultOf(context, id) : undefined;
  const entity: Entity = {
    id,
    href: `${apiRoot}${context.location}`,
    async: true,
    job: { id, href: `${apiRoot}/jobs/${id}` },
    status,
    ...(fault === undefined ? {} : { fault }),
    links: linksOf(`${apiRoot}${entityPath}`, action),
  };
  return { kind: 'entity', status: 200, type: 'Action', entity };
}

/** Links of an action that goes on: to what it is of, and to where it is asked for again. */
export const linksOf = (entity: string, action: string): { href: string; rel: string }[] => [
  { href: entity, rel: 'parent' },
  { href: `${entity}/${action}`, rel: 'replay' },
];
