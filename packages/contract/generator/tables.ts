import type { Facts } from './facts.ts';
import { generatedNotice, lines, literal, members, union } from './source-text.ts';

/** Small fact tables of the engine, one file each, so that a reader pays only for what it imports. */
export function tables(facts: Facts): Record<string, string> {
  return {
    'permits.ts': permits(facts),
    'roles.ts': roles(facts),
    'events.ts': events(facts),
    'messages.ts': messages(facts),
    'actions.ts': actions(facts),
    'cpus.ts': cpus(facts),
    'config-options.ts': configOptions(facts),
    'osinfo.ts': osinfo(facts),
    'search.ts': search(facts),
  };
}

function permits(facts: Facts): string {
  const rows = facts.permits.permits.map(({ name, id, role_type, allows_viewing_children, mode }) => ({
    name,
    id,
    administrative: role_type === 'admin',
    allowsViewingChildren: allows_viewing_children,
    mode,
  }));
  return `${generatedNotice}
/** Permits: \`id\` is the API's permit id; \`administrative\` = only roles of administrators may hold it. */
export const permits = [
${lines(rows)}] as const;

export type PermitName = (typeof permits)[number]['name'];
`;
}

function roles(facts: Facts): string {
  const rows = facts.roles.roles.map(({ name, id, administrative, allows_viewing_children, app_mode, permits: held }) => ({
    name,
    id,
    administrative,
    allowsViewingChildren: allows_viewing_children,
    appMode: app_mode,
    permits: held,
  }));
  return `${generatedNotice}
import type { PermitName } from './permits.ts';

export interface PredefinedRole {
  readonly name: string;
  readonly id: string;
  readonly administrative: boolean;
  readonly allowsViewingChildren: boolean;
  /** Bits: 1 virt, 2 gluster; 255 all. */
  readonly appMode: number;
  readonly permits: readonly PermitName[];
}

/** Roles that exist in every installation; none of them can be changed or removed. */
export const predefinedRoles: readonly PredefinedRole[] = [
${lines(rows)}];
`;
}

function events(facts: Facts): string {
  const rows = facts.events.events.map(({ code, name, severity, flood_s }) => [
    name,
    code,
    severity,
    ...(flood_s === undefined ? [] : [flood_s]),
  ]);
  return `${generatedNotice}
export type EventSeverity = 'normal' | 'warning' | 'error' | 'alert';

/** \`[name, code, severity, floodSeconds?]\`, by code. Within \`floodSeconds\` a like event of the same instance is suppressed. */
export const eventTable = [
${lines(rows)}] as const;

export type EventName = (typeof eventTable)[number][0];
`;
}

/** Status of the fault that a message causes, by the message's type. A type that is not here, and no type, give 400; `NO_AUTHENTICATION` too. */
const statusOfType: Readonly<Record<string, number>> = { NO_PERMISSION: 403, CONFLICT: 409, INTERNAL_ERROR: 500, DATA_CORRUPTION: 500 };

function messages(facts: Facts): string {
  const byStatus = Map.groupBy(
    Object.entries(facts.messages.messageTypes).flatMap(([type, keys]) => keys.map((key) => ({ key, status: statusOfType[type] ?? 400 }))),
    ({ status }) => status,
  );
  const statuses = [...byStatus.keys()].filter((status) => status !== 400).toSorted((a, b) => a - b);
  return `${generatedNotice}
/** Message keys of the engine (validation, job and action names). */
export const engineMessages = [
${lines(facts.messages.engineMessages)}] as const;

export type EngineMessage = (typeof engineMessages)[number];

/** Messages by the HTTP status of the fault that they cause; all others cause 400. */
export const messagesByStatus = {
${statuses
  .map(
    (status) =>
      `  ${status}: [\n${lines(byStatus.get(status)?.map(({ key }) => key) ?? [])
        .replace(/^/gm, '  ')
        .trimEnd()}\n  ],\n`,
  )
  .join('')}} as const;

/** Messages that cause a fault of this status. */
export type MessageOfStatus<Status extends 400 | keyof typeof messagesByStatus> = Status extends keyof typeof messagesByStatus
  ? (typeof messagesByStatus)[Status][number]
  : Exclude<EngineMessage, (typeof messagesByStatus)[keyof typeof messagesByStatus][number]>;

/** Error names of the engine and their numbers, the host's codes among them. */
export const engineErrors = {
${members(facts.messages.engineErrors)}} as const;

export type EngineErrorName = keyof typeof engineErrors;
`;
}

function actions(facts: Facts): string {
  const rows = facts.actions.actions.map(({ name, code, group, monitored, quota, internal }) => ({
    name,
    code,
    permit: typeof group === 'string' ? group.toLowerCase() : null,
    monitored,
    quota,
    ...(internal ? { internal } : {}),
  }));
  return `${generatedNotice}
import type { PermitName } from './permits.ts';

export interface Action {
  readonly name: string;
  readonly code: number;
  /** Permit checked on the target; null = none of its own (internal, or every signed-in user). */
  readonly permit: PermitName | null;
  /** A job is shown for it. */
  readonly monitored: boolean;
  readonly quota: 'NONE' | 'STORAGE' | 'CLUSTER' | 'BOTH';
  /** Refused when asked for from outside the engine. */
  readonly internal?: true;
}

export const actions: readonly Action[] = [
${lines(rows)}];

/** Kind of entity → status → names of the actions refused in it. What is not listed is allowed. */
export const forbiddenByStatus: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
${Object.entries(facts.actions.forbiddenByStatus)
  .map(([kind, matrix]) => `  ${kind}: {\n${members(matrix).replace(/^/gm, '  ').trimEnd()}\n  },\n`)
  .join('')}};
`;
}

function cpus(facts: Facts): string {
  return `${generatedNotice}
export interface CpuModel {
  /** Orders the models of one vendor: a higher level is a superset. */
  readonly level: number;
  readonly name: string;
  /** A host must report all of them. */
  readonly flags: readonly string[];
  /** The CPU given to the guest: a libvirt model, then \`+flag\` and \`-flag\`. */
  readonly verb: string;
  readonly arch: string;
}

/** Flag that names the vendor of a host's CPU. */
export const cpuVendorFlags: Readonly<Record<string, string>> = ${literal(facts.cpus.vendorFlag)};

/** Cluster level → CPU models, lowest level first. */
export const cpuModels: Readonly<Record<string, readonly CpuModel[]>> = {
${Object.entries(facts.cpus.clusterLevels)
  .map(([level, models]) => `  '${level}': [\n${lines(models).replace(/^(?=.)/gm, '  ')}  ],\n`)
  .join('')}};
`;
}

function configOptions(facts: Facts): string {
  return `${generatedNotice}
export interface ConfigOption {
  readonly name: string;
  readonly type?: string;
  readonly default?: string;
  /** Comma-joined cluster levels → value. */
  readonly defaultByVersion?: Readonly<Record<string, string>>;
  readonly versions?: unknown;
  readonly valid?: string;
  readonly behaviour?: string;
  /** Settable by an administrator. */
  readonly engineConfig?: boolean;
  readonly cliType?: string;
  /** Takes effect without a restart. */
  readonly reloadable?: boolean;
  /** Who may read it through the API's options. */
  readonly apiAccess?: 'Admin' | 'User';
  readonly notInConfigValues?: boolean;
  readonly perVersion?: boolean;
}

export const configOptions: readonly ConfigOption[] = [
${lines(facts.config.options)}];
`;
}

function osinfo(facts: Facts): string {
  const rows = facts.osinfo.os.map(({ os, id, name, family, arch, derived_from, own }) => ({
    os,
    id,
    name,
    family,
    arch,
    derivedFrom: derived_from,
    own: own ?? {},
  }));
  return `${generatedNotice}
export interface OperatingSystemFacts {
  /** Name in \`os.type\`. */
  readonly os: string;
  readonly id: number;
  readonly name: string;
  readonly family?: string;
  readonly arch?: string;
  /** \`os\` whose values count where \`own\` has none. */
  readonly derivedFrom?: string;
  /** A map with \`*\` = general value, other keys = cluster levels. */
  readonly own: Readonly<Record<string, unknown>>;
}

export const operatingSystems: readonly OperatingSystemFacts[] = [
${lines(rows)}];

/** Older names of operating systems → id. */
export const operatingSystemAliases: Readonly<Record<string, string>> = ${literal(facts.osinfo.meta.backward_compatibility)};
`;
}

function search(facts: Facts): string {
  const { entities } = facts.search;
  const body = entities.map((entity) => {
    const fields = entity.fields.map(({ name, kind, operators, free_text: freeText, hidden, values, ordered }) => ({
      name,
      kind,
      operators,
      freeText,
      hidden,
      values,
      ordered: ordered === undefined ? undefined : true,
    }));
    const head = members({
      name: entity.name,
      singular: entity.singular,
      plural: entity.plural ?? undefined,
      completed: entity.completed ?? undefined,
      references: entity.references,
      completedReferences: entity.completed_references,
    });
    return `{\n${head}  fields: [\n${lines(fields)}  ],\n},\n`;
  });
  return `${generatedNotice}
import type { SearchEntityFacts } from '../search/language.ts';

export type SearchEntityName = ${union(entities.map(({ name }) => name))};

/** What can be searched: kinds of objects, their fields, and the kinds they refer to. */
export const searchEntities: readonly SearchEntityFacts[] = [
${body.join('')}];
`;
}
