import type { Vm, VmPool } from '@virgate/contract/generated/types';
import { sql, type Kysely } from 'kysely';
import { blankTemplateId } from '../installation/fixed-ids.ts';
import { conflict, invalidValue, refused, say } from '../rest/fault.ts';
import type { Context } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import type { Tables } from '../tables/schema.ts';
import { planVm, type VmPlan } from '../vms/add.ts';
import { keptInitialization } from '../vms/initialization.ts';
import { newNames, type NamePattern } from './names.ts';
import type { PoolSettings } from './read.ts';

/** Most VMs that one user may take of a pool. Source: engine behaviour, VM pools. */
const maxUserVms = 32_767;
const proxyPattern = /^(https?:\/\/)?(\[[0-9a-f:]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:\d{1,5})?\/?$/i;

/** What VMs of a pool are made from. */
export interface PoolMold {
  clusterId: string;
  templateId: string;
  instanceTypeId: string | null;
  useLatest: boolean;
  settings: PoolSettings;
}

/** Numbers of a pool that go together. @throws {Fault} 400 or 409 */
export function checkNumbers(pool: { size: number; prestarted: number; maxUserVms: number }, maxVmsInPool: number): void {
  if (!Number.isInteger(pool.size) || pool.size > maxVmsInPool) throw invalidValue('size', say`may be at most ${maxVmsInPool}`);
  if (pool.prestarted < 0) throw invalidValue('prestarted_vms', 'must not be negative');
  if (pool.prestarted > pool.size) throw conflict('ACTION_TYPE_FAILED_PRESTARTED_VMS_CANNOT_EXCEED_VMS_COUNT');
  if (pool.maxUserVms < 1 || pool.maxUserVms > maxUserVms) throw refused('VALIDATION_VM_POOLS_NUMBER_OF_MAX_ASSIGNED_VMS_OUT_OF_RANGE');
}

/** What a pool keeps of a request for its VMs; what the request does not name stays as it was. @throws {Fault} 400 */
export function settingsOf(context: Context, body: VmPool, before: PoolSettings = {}): PoolSettings {
  const proxy = body.display?.proxy;
  if (proxy !== undefined && proxy !== '' && !proxyPattern.test(proxy)) throw refused('VALIDATION_VM_POOLS_SPICE_PROXY_HOSTNAME_OR_IP');
  const { id: _id, name: _name, cluster: _cluster, template: _template, ...vm } = body.vm ?? {};
  return {
    ...before,
    ...(body.display ? { display: { ...before.display, ...body.display } } : {}),
    ...(body.rng_device ? { rng_device: body.rng_device } : {}),
    ...(body.soundcard_enabled === undefined ? {} : { soundcard_enabled: body.soundcard_enabled }),
    ...(body.tpm_enabled === undefined ? {} : { tpm_enabled: body.tpm_enabled }),
    ...(body.vm ? { vm: { ...vm, ...keptInitialization(vm, context.engine.authority.secretKey) } } : {}),
  };
}

/** The template that a body names; Blank makes no pools. @throws {Fault} */
export async function poolTemplate(context: Context, reference: VmPool['template']): Promise<{ id: string; name: string }> {
  const template = await resolve(context.db, 'Template', 'vm', reference, sql<boolean>`t.entity_type = 'template'`);
  if (template.id === blankTemplateId) throw conflict('VM_POOL_CANNOT_CREATE_FROM_BLANK_TEMPLATE');
  return template;
}

/** SQL for the template that VMs of a pool are to be made from: the newest of its versions where the pool wants that. */
export const wantedTemplate = sql<string>`case when p.use_latest_template_version then
  (select n.id from vm n join vm o on o.id = p.template_id
    where n.entity_type = 'template' and n.template_status = 'ok' and coalesce(n.base_template_id, n.id) = coalesce(o.base_template_id, o.id)
    order by n.version_number desc nulls last limit 1)
  else p.template_id end`;

/** The newest version of a template that can be used. */
export async function latestVersion(db: Kysely<Tables>, templateId: string): Promise<string> {
  const found = await sql<{ id: string }>`select ${wantedTemplate} as id
    from (select ${templateId}::uuid as template_id, true as use_latest_template_version) p`.execute(db);
  return found.rows[0]?.id ?? templateId;
}

/** What VMs of a pool are to be. @throws {Fault} as the addition of a VM */
export async function planPoolVms(context: Context, mold: PoolMold): Promise<VmPlan> {
  const { vm, ...shared } = mold.settings;
  const templateId = mold.useLatest ? await latestVersion(context.db, mold.templateId) : mold.templateId;
  const body: Vm = {
    ...vm,
    ...shared,
    cluster: { id: mold.clusterId },
    template: { id: templateId },
    use_latest_template_version: mold.useLatest,
    ...(mold.instanceTypeId === null ? {} : { instance_type: { id: mold.instanceTypeId } }),
  };
  return planVm(context, body, '');
}

/** Names for more VMs of a pool. */
export async function freeNames(db: Kysely<Tables>, pattern: NamePattern, count: number): Promise<string[]> {
  const like = `${pattern.before.toLowerCase().replace(/[\\%_]/g, String.raw`\$&`)}%`;
  const found = await sql<{
    name: string;
  }>`select lower(name) as name from vm where entity_type = 'vm' and lower(name) like ${like}`.execute(db);
  return newNames(pattern, count, new Set(found.rows.map((row) => row.name)));
}
