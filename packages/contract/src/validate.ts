import type { Method, ServiceName } from './generated/services.ts';

/** A refusal with status 400, ready for a fault. */
export interface Incomplete {
  readonly reason: 'Incomplete parameters' | 'Input validation failed.';
  readonly detail: string;
  /** What is missing, as dotted paths below the body (`cluster.id|name`). */
  readonly missing: readonly string[];
}

/**
 * Services whose `add` (and `install`, `approve`) the engine checks by itself instead of by the model's first matching signature,
 * and what it asks for. Each inner list is one way to be complete.
 */
const ownChecks: Readonly<Partial<Record<ServiceName, readonly (readonly string[])[]>>> = {
  VmsService: [
    ['cluster.id|cluster.name', 'name', 'template.id|template.name'],
    ['cluster.id|cluster.name', 'initialization.configuration.data', 'initialization.configuration.type'],
    ['cluster.id|cluster.name', 'name', 'snapshots[].id'],
  ],
  // Without a cluster the host goes into the one named Default.
  HostsService: [['name', 'address']],
  // Without storage domain and size the body must describe a LUN.
  DisksService: [['provisioned_size', 'format'], ['lun_storage']],
  StorageDomainsService: [['host.id|host.name', 'type', 'storage']],
  StorageServerConnectionsService: [['type']],
  TemplatesService: [
    ['name', 'vm.id|vm.name'],
    ['cluster.id|cluster.name', 'initialization.configuration.data', 'initialization.configuration.type'],
  ],
  ImageTransfersService: [['disk.id'], ['snapshot.id'], ['image.id']],
  AssignedPermissionsService: [
    ['role.id|role.name', 'user.id|group.id'],
    ['role.id|role.name', 'data_center.id'],
    ['role.id|role.name', 'cluster.id'],
    ['role.id|role.name', 'host.id'],
    ['role.id|role.name', 'storage_domain.id'],
    ['role.id|role.name', 'vm.id'],
    ['role.id|role.name', 'vm_pool.id'],
    ['role.id|role.name', 'template.id'],
  ],
  SystemPermissionsService: [['role.id|role.name', 'user.id|group.id']],
};

/** Mandatory attributes that are given when they are empty: a drive without a disc, which the engine of oVirt takes too. */
const mayBeEmpty: Readonly<Partial<Record<ServiceName, readonly string[]>>> = { VmCdromsService: ['file.id'] };

/**
 * Are the mandatory attributes of a request there? `methods` are the overloads of the URL (as `matchRoute` gives them); the body is decoded.
 * With several ways to be complete, the one that lacks least is named. A general method that asks for nothing beside its overloads is always
 * complete: the operation itself must then say what it lacks (an export to neither a domain nor a host, for instance).
 * @returns null when one is complete
 */
export function checkMandatory(service: ServiceName, methods: readonly Method[], body: unknown): Incomplete | null {
  const first = methods[0];
  if (first === undefined) return null;
  const own = first.name === 'add' ? ownChecks[service] : undefined;
  if (own !== undefined) {
    const missing = leastMissing(service, own, body);
    return missing.length === 0 ? null : incompleteParameters(first, missing);
  }
  const missing = leastMissing(
    service,
    methods.map((method) => (method.mandatory ?? []).map((path) => belowBody(method, path))),
    body,
  );
  return missing.length === 0 ? null : validationFailed(first, methods, missing);
}

function leastMissing(service: ServiceName, ways: readonly (readonly string[])[], body: unknown): readonly string[] {
  let least: readonly string[] | undefined;
  for (const way of ways) {
    const missing = way.filter((path) => {
      const empty = mayBeEmpty[service]?.includes(path) ?? false;
      return !path.split('|').some((alternative) => isPresent(body, alternative.split('.'), empty));
    });
    if (least === undefined || missing.length < least.length) least = missing;
  }
  return least ?? [];
}

/** `[]` asks it of each element, and of at least one. */
function isPresent(value: unknown, path: readonly string[], empty: boolean): boolean {
  const [head, ...rest] = path;
  if (head === undefined) return value !== undefined && value !== null && (empty || value !== '');
  if (typeof value !== 'object' || value === null) return false;
  const each = head.endsWith('[]');
  const member = (value as Readonly<Record<string, unknown>>)[each ? head.slice(0, -2) : head];
  if (!each) return isPresent(member, rest, empty);
  return Array.isArray(member) && member.length > 0 && member.every((element) => isPresent(element, rest, empty));
}

/** The model's paths begin with the body parameter's name, except those of actions, whose body has a member of that name. */
function belowBody(method: Method, path: string): string {
  if (method.action !== undefined) return path;
  return path
    .split('|')
    .map((alternative) => alternative.split('.').slice(1).join('.'))
    .join('|');
}

function incompleteParameters(method: Method, missing: readonly string[]): Incomplete {
  const shown = missing.map(shortened);
  return {
    reason: 'Incomplete parameters',
    detail: `${bodyName(method)} [${shown.join(', ')}] required for ${method.name}`,
    missing: shown,
  };
}

function validationFailed(method: Method, methods: readonly Method[], missing: readonly string[]): Incomplete {
  const shown = missing.map(shortened);
  const names = missing.map((path) => (method.action === undefined ? `${parameterName(method)}.${shortened(path)}` : shortened(path)));
  const detail =
    methods.length === 1
      ? `Parameter [${names.join(', ')}] is mandatory for ${method.name} but was not provided.`
      : `No signature of ${method.name} matches the given parameters; the nearest one lacks [${names.join(', ')}].`;
  return { reason: 'Input validation failed.', detail, missing: shown };
}

/** `cluster.id|cluster.name` → `cluster.id|name`. */
function shortened(path: string): string {
  const [first = '', ...others] = path.replaceAll('[]', '').split('|');
  const prefix = first.slice(0, first.lastIndexOf('.') + 1);
  return [first, ...others.map((other) => (prefix !== '' && other.startsWith(prefix) ? other.slice(prefix.length) : other))].join('|');
}

function parameterName(method: Method): string {
  return method.params.find((parameter) => parameter.in === 'body')?.name ?? 'body';
}

function bodyName(method: Method): string {
  return method.action === undefined ? (method.params.find((parameter) => parameter.in === 'body')?.type ?? 'Body') : 'Action';
}
