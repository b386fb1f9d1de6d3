import type { AttributeFacts, ModelFacts, V3TypeFacts } from './facts.ts';
import { generatedNotice, literal } from './source-text.ts';

/**
 * `type-table-v3.ts`: the older shape of the same objects. Each v4 type is laid beside the v3 type with its root tag, and the two are
 * walked down together; members that only v3 has are marked as read and dropped, members that only v4 has are left out.
 */
export function typeTableV3(model: ModelFacts): string {
  const rows = new Map<string, string>();
  const pending: Pair[] = [];
  const roots: Record<string, string> = {};
  const rowId = (pair: Pair): string => {
    const id = roots[pair.v4] === pair.v3 ? pair.v4 : `${pair.v4}.${pair.v3}`;
    if (!rows.has(id)) {
      rows.set(id, '');
      pending.push(pair);
    }
    return id;
  };
  for (const name of Object.keys(model.types)) {
    const v3 = rootOf(model, name);
    if (v3 !== undefined) roots[name] = v3;
  }
  for (const [v4, v3] of Object.entries(roots)) rowId({ v4, v3 });
  for (let pair = pending.shift(); pair !== undefined; pair = pending.shift()) rows.set(rowId(pair), rowSource(model, pair, rowId));
  for (const [id, row] of Object.entries(ownRows)) rows.set(id, row);
  return `${generatedNotice}
/**
 * Rows like those of \`type-table\`, whole (no inheritance), with these marks besides:
 * \`a.b=element\` the property lies in another object, \`.=element\` the element's members are properties of this object,
 * \`!\` written as \`<status><state>…</state></status>\` (\`!p\`: its \`<detail>\` is property p), \`+\` a list without a wrapper (\`+x\`: each value in XML attribute x),
 * \`-element\` read and dropped. The name of a row is that of the v4 type, or \`v4.v3\` where a type looks different in different places.
 */
export const typeTableV3: Readonly<Record<string, string>> = {
${[...rows]
  .toSorted(([a], [b]) => (a < b ? -1 : 1))
  .map(([id, row]) => `  '${id}': ${literal(row)},\n`)
  .join('')}};
`;
}

interface Pair {
  v4: string;
  v3: string;
}

/** Rows of shapes that only version 3 has; what of them version 4 keeps elsewhere is moved there by `shape-v3`. */
const ownRows: Readonly<Record<string, string>> = {
  'Vm.guest_info': 'guest_info   ;fqdn:s;-ips',
  'Vm.disks': 'disks   ;-actions;-size;-total;-active;disk:Disk+;clone:b;detach_only:b',
  'Statistic.values': 'values   ;type:s@;value:Value+',
  'SchedulingPolicy.thresholds': 'thresholds   ;low:i@;high:i@;duration:i@',
};

/** v4 root tags that v3 spells otherwise. */
const tagRenames: Readonly<Record<string, string>> = {
  vm_pool: 'vmpool',
  network_label: 'label',
  quota_cluster_limit: 'cluster_quota_limit',
  quota_storage_limit: 'storage_quota_limit',
  host_storage: 'storage',
};
/** v4 types without a v3 root tag whose v3 type is known by name. */
const typeRenames: Readonly<Record<string, string>> = {
  OperatingSystem: 'OperatingSystem',
  Mac: 'MAC',
  Ip: 'IP',
  Version: 'Version',
  Ticket: 'Ticket',
  TimeZone: 'TimeZone',
  ErrorHandling: 'ErrorHandling',
};
/** Types that have links in version 3 only. */
const linkedInV3 = new Set(['SpecialObjects']);

function rootOf(model: ModelFacts, name: string): string | undefined {
  const byName = typeRenames[name];
  if (byName !== undefined) return byName;
  const tag = model.types[name]?.tag ?? '';
  const wanted = tagRenames[tag] ?? tag;
  return Object.entries(model.v3.types).find(([, facts]) => facts.tags?.includes(wanted))?.[0];
}

/** `v4 type.v3 member` → how the member is written; `-` = read and dropped. */
const exceptions: Readonly<Record<string, string>> = {
  'Disk.size': 'provisioned_size=size:l',
  'Disk.provisioned_size': 'provisioned_size:l',
  // longer there than in version 4
  'GracePeriod.expiry': 'expiry:l',
  'IscsiDetails.size': 'size:l',
  'VmBase.timezone': 'time_zone.name=timezone:s',
  'Vm.guest_info': '.=guest_info:Vm.guest_info',
  'OperatingSystem.boot': 'boot.devices=boot:BootDevice+dev',
  'Cpu.id': 'type=id:s@',
  'Tag.tag': '.=tag:Tag',
  'Action.network': 'network:Network',
  'Action.host_nics': 'host_nics:HostNic*host_nic',
  'Action.detach': 'detach:b',
  'DataCenter.storage_type': 'storage_type:s',
  'ProductInfo.full_version': 'version.full_version=full_version:s',
  'SchedulingPolicy.policy': 'policy:s',
  'SchedulingPolicy.thresholds': 'thresholds:SchedulingPolicy.thresholds',
  'Statistic.type': 'kind=type:s',
  'Statistic.unit': 'unit:s',
  'Statistic.values': 'values:Statistic.values',
  'StorageDomain.destroy': 'destroy:b',
  'StorageDomain.format': 'format:b',
  'Vm.disks': 'disks:Vm.disks',
  'VmPlacementPolicy.host': 'host:Host',
};

/** `v4 type.v3 member` → v4 attribute of another name. */
const memberRenames: Readonly<Record<string, string>> = {
  'Vm.vmpool': 'vm_pool',
  'Host.selinux': 'se_linux',
  'Network.labels': 'network_labels',
  'HostNic.labels': 'network_labels',
  'Nic.active': 'plugged',
  'MemoryPolicy.overcommit': 'over_commit',
  'Permission.vmpool': 'vm_pool',
};

function rowSource(model: ModelFacts, pair: Pair, rowId: (pair: Pair) => string): string {
  const v3 = flatV3(model, pair.v3);
  const attributes = flatV4(model, pair.v4);
  const resource = (isResource(model, pair.v4) || linkedInV3.has(pair.v4)) && v3.elements.some((element) => element.name === 'link');
  const tag = v3.tags[0] ?? model.types[pair.v4]?.tag ?? '';
  const members = [
    ...v3.attributes
      .filter(({ name }) => !(resource && (name === 'href' || name === 'id')))
      .flatMap(({ name }) => attributeMember(pair.v4, model, attributes, name)),
    ...v3.elements
      .filter(({ name }) => !(resource && (name === 'link' || name === 'actions')))
      .map((element) => elementMember(model, pair, attributes, element, rowId)),
  ];
  return [[tag, collectionTag(model, pair), '', resource ? 'r' : ''].join(' '), ...(resource ? ['href:s@', 'id:s@'] : []), ...members].join(
    ';',
  );
}

function attributeMember(v4: string, model: ModelFacts, attributes: AttributeFacts[], name: string): string[] {
  const exception = lineageV4(model, v4)
    .map((level) => exceptions[`${level}.${name}`])
    .find((found) => found !== undefined);
  if (exception !== undefined) return [exception];
  const attribute = attributes.find((candidate) => candidate.name === name);
  const kind = attribute === undefined ? undefined : scalarKind(model, attribute);
  return kind === undefined ? [] : [`${name}:${kind}@`];
}

interface V3Element {
  name: string;
  type?: string;
  many?: boolean;
}

function elementMember(
  model: ModelFacts,
  pair: Pair,
  attributes: AttributeFacts[],
  element: V3Element,
  rowId: (pair: Pair) => string,
): string {
  const levels = lineageV4(model, pair.v4);
  const exception = levels.map((level) => exceptions[`${level}.${element.name}`]).find((found) => found !== undefined);
  if (exception !== undefined) return exception;
  const dropped = `-${element.name}`;
  const wanted = levels.map((level) => memberRenames[`${level}.${element.name}`]).find((found) => found !== undefined) ?? element.name;
  if (wanted === 'creation_status') return isResource(model, pair.v4) ? 'creation_status:s!' : dropped;
  const attribute =
    attributes.find((candidate) => (candidate.element ?? candidate.name) === wanted || candidate.name === wanted) ??
    (element.many ? attributes.find((candidate) => candidate.item === wanted) : undefined);
  if (attribute === undefined) return dropped;
  const head = attribute.name === element.name ? attribute.name : `${attribute.name}=${element.name}`;
  const v3Type = model.v3.types[element.type ?? ''];
  if (attribute.list) return listMember(model, attribute, element, v3Type, rowId, head) ?? dropped;
  if (element.many) return dropped;
  const kind = scalarKind(model, attribute);
  if (element.type === 'Status')
    return kind === undefined
      ? dropped
      : `${head}:${kind}!${attributes.some(({ name }) => name === `${attribute.name}_detail`) ? `${attribute.name}_detail` : ''}`;
  if (v3Type === undefined) return kind === undefined ? dropped : `${head}:${kind}`;
  return kind === undefined ? `${head}:${rowId({ v4: attribute.type, v3: element.type as string })}` : dropped;
}

function listMember(
  model: ModelFacts,
  attribute: AttributeFacts,
  element: V3Element,
  v3Type: V3TypeFacts | undefined,
  rowId: (pair: Pair) => string,
  head: string,
): string | undefined {
  const scalar = scalarKind(model, attribute);
  const kindOf = (v3: string | undefined): string | undefined => {
    if (v3 !== undefined && v3 in model.v3.types) return scalar === undefined ? rowId({ v4: attribute.type, v3 }) : undefined;
    return scalar;
  };
  if (element.many) {
    const kind = kindOf(element.type);
    return kind === undefined ? undefined : `${head}:${kind}+`;
  }
  const inner = v3Type?.elements?.find((candidate) => candidate.many);
  const kind = inner === undefined ? undefined : kindOf(inner.type);
  return inner === undefined || kind === undefined ? undefined : `${head}:${kind}*${inner.name}`;
}

const kinds: Readonly<Record<string, string>> = { string: 's', boolean: 'b', integer: 'i', decimal: 'n', date: 'd' };
const schemaKinds: Readonly<Record<string, string>> = { 'xs:long': 'l', 'xs:unsignedInt': 'u', 'xs:double': 'f' };

/** Code of a scalar or enum; undefined for a struct. */
function scalarKind(model: ModelFacts, attribute: AttributeFacts): string | undefined {
  if (attribute.xs !== undefined) return schemaKinds[attribute.xs];
  return kinds[attribute.type] ?? (attribute.type in model.enums ? attribute.type : undefined);
}

function lineageV4(model: ModelFacts, name: string): string[] {
  const base = model.types[name]?.base;
  return base === undefined ? [name] : [name, ...lineageV4(model, base)];
}

function flatV4(model: ModelFacts, name: string): AttributeFacts[] {
  return lineageV4(model, name)
    .toReversed()
    .flatMap((level) => model.types[level]?.attrs ?? []);
}

function isResource(model: ModelFacts, name: string): boolean {
  return model.types[name]?.resource ?? false;
}

function flatV3(model: ModelFacts, name: string): { tags: string[]; elements: V3Element[]; attributes: { name: string }[] } {
  const facts = model.v3.types[name];
  if (facts === undefined) throw new Error(`no v3 type ${name}`);
  const base = facts.base === undefined ? { elements: [], attributes: [] } : flatV3(model, facts.base);
  const inherited = base.elements.filter(({ name: element }) => !facts.elements?.some((own) => own.name === element));
  return {
    tags: facts.tags ?? [],
    elements: [...inherited, ...(facts.elements ?? [])],
    attributes: [...base.attributes, ...(facts.attributes ?? [])],
  };
}

/** Root of a collection; where several hold the same type, the one that v4 knows too. */
function collectionTag(model: ModelFacts, pair: Pair): string {
  const tags = Object.values(model.v3.types)
    .filter(
      (facts) =>
        facts.base !== undefined &&
        ['BaseResources', 'BaseDevices', 'NumaNodes'].includes(facts.base) &&
        facts.elements?.some((element) => element.many && element.type === pair.v3),
    )
    .flatMap((facts) => facts.tags ?? []);
  return tags.find((tag) => tag === model.types[pair.v4]?.list_tag) ?? tags[0] ?? '';
}

/** `operations-v3.ts`: every operation of version 3, a row each. */
export function operationsV3(model: ModelFacts): string {
  const rows = model.v3.operations.map(({ http, path, rel, body, response, mandatory_sets: sets, url_params: parameters }) =>
    [http, path, rel, body ?? '', response ?? '', (parameters ?? []).join(','), (sets ?? []).map((set) => set.join(',')).join(';')].join(
      ' ',
    ),
  );
  return `${generatedNotice}
/** Verb, path below the API's root, \`rel\`, types of body and answer, parameters (\`name:place\`), sets of members of which one must be given; one blank between two. */
export const operationsV3: readonly string[] = [
${rows.map((row) => `  ${literal(row)},\n`).join('')}];
`;
}

/** `schema-v3.ts`: every type of version 3. */
export function schemaV3(model: ModelFacts): string {
  const member = ({ name, type, many }: { name: string; type?: string; many?: boolean }): string =>
    `${name}:${type ?? 'xs:string'}${many ? '*' : ''}`;
  const row = ({ tags, base, elements, attributes }: V3TypeFacts): string =>
    [(tags ?? []).join(','), base ?? '', (elements ?? []).map(member).join(','), (attributes ?? []).map(member).join(',')].join(' ');
  return `${generatedNotice}
/** Roots, base type, elements in their order (\`*\` = repeated) and XML attributes of each type; one blank between two. */
export const schemaV3: Readonly<Record<string, string>> = {
${Object.entries(model.v3.types)
  .map(([name, facts]) => `  '${name}': ${literal(row(facts))},\n`)
  .join('')}};
`;
}
