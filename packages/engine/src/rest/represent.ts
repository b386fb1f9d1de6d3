import type { TypeName } from '@virgate/contract/generated/types';
import type { ServiceName } from '@virgate/contract/generated/services';
import { ownFrame, type LinkFrame } from '@virgate/contract/link-frame';
import { actionsOf, locatorsOf, matchRoute } from '@virgate/contract/routes';
import { typeInfo } from '@virgate/contract/type-info';
import { isFollowed, type Entity } from './operation.ts';

/** Root of the API's paths. */
export const apiRoot = '/ovirt-engine/api';

/** Collections at the root of the API in which objects of a type have their place. */
const rootCollections: Partial<Record<TypeName, string>> = {
  AffinityLabel: 'affinitylabels',
  Bookmark: 'bookmarks',
  Cluster: 'clusters',
  ClusterLevel: 'clusterlevels',
  CpuProfile: 'cpuprofiles',
  DataCenter: 'datacenters',
  Disk: 'disks',
  DiskProfile: 'diskprofiles',
  Domain: 'domains',
  Event: 'events',
  Group: 'groups',
  Host: 'hosts',
  Icon: 'icons',
  ImageTransfer: 'imagetransfers',
  InstanceType: 'instancetypes',
  Job: 'jobs',
  MacPool: 'macpools',
  Network: 'networks',
  NetworkFilter: 'networkfilters',
  OperatingSystemInfo: 'operatingsystems',
  Permission: 'permissions',
  Role: 'roles',
  SchedulingPolicy: 'schedulingpolicies',
  SchedulingPolicyUnit: 'schedulingpolicyunits',
  StorageConnection: 'storageconnections',
  StorageDomain: 'storagedomains',
  Tag: 'tags',
  Template: 'templates',
  User: 'users',
  Vm: 'vms',
  VmPool: 'vmpools',
  VnicProfile: 'vnicprofiles',
};

/** Links and actions of a service do not depend on the object: computed once for each service. */
const frames = new Map<ServiceName, LinkFrame>();

/**
 * What every object of a service links to: every locator without a parameter, and every action. Source: REST contract, XML shape.
 */
export function frameOf(service: ServiceName): LinkFrame {
  const known = frames.get(service);
  if (known) return known;
  const frame = {
    links: locatorsOf(service).flatMap((locator) => (locator.path === undefined ? [] : [locator.path])),
    actions: actionsOf(service),
  };
  frames.set(service, frame);
  return frame;
}

/** The path of an object that has its place at the root of the API; undefined for others. */
export const hrefOf = (type: TypeName, id: string): string | undefined =>
  rootCollections[type] === undefined ? undefined : `${apiRoot}/${rootCollections[type]}/${id}`;

/** The path of what is below an object: `placeOf('vms', vm, 'nics', nic)`. */
export const placeOf = (...segments: readonly string[]): string => [apiRoot, ...segments.map(encodeURIComponent)].join('/');

/** The service at a place; undefined where there is none. */
function serviceAt(href: string): ServiceName | undefined {
  const route = matchRoute('GET', href.slice(apiRoot.length + 1).split('/'));
  return route.kind === 'not_found' ? undefined : route.service;
}

/** Services of what stands at the root, and of what is below it, by type and `rel`: the same for all objects of a type. */
const servicesAtRoot = new Map<string, ServiceName | undefined>();

function kept(key: string, find: () => ServiceName | undefined): ServiceName | undefined {
  if (!servicesAtRoot.has(key)) servicesAtRoot.set(key, find());
  return servicesAtRoot.get(key);
}

/** The service of the members of a sub-collection: the contract knows of some whose places are only at the root. */
function serviceBelow(type: TypeName, href: string, rel: string): ServiceName | undefined {
  const find = () => serviceAt(`${href}/${rel}/-`);
  return href.lastIndexOf('/') === (hrefOf(type, '')?.length ?? 0) - 1 ? kept(`${type} ${rel}`, find) : find();
}

/** The service of an object where it has its place: at the root, or anywhere else. */
const serviceOf = (type: TypeName, { id = '', href = '' }: Entity): ServiceName | undefined =>
  href === hrefOf(type, id) ? kept(type, () => serviceAt(href)) : serviceAt(href);

interface Referring {
  name: string;
  list: boolean;
  type: TypeName;
  rel: string | undefined;
}

const referring = new Map<TypeName, readonly Referring[]>();

/** Whether objects of a type have places, or refer to such. */
function leadsToPlaces(type: TypeName, above: ReadonlySet<TypeName> = new Set()): boolean {
  const info = typeInfo(type);
  if (info.resource) return true;
  if (above.has(type)) return false;
  const below = new Set([...above, type]);
  return info.attributes.some((attribute) => attribute.kind === 'struct' && leadsToPlaces(attribute.type as TypeName, below));
}

/** The attributes of a type in which there can be references. */
function referringOf(type: TypeName): readonly Referring[] {
  const known = referring.get(type);
  if (known) return known;
  const found = typeInfo(type).attributes.flatMap((attribute) =>
    attribute.kind === 'struct' && leadsToPlaces(attribute.type as TypeName)
      ? [{ name: attribute.name, list: attribute.item !== undefined, type: attribute.type as TypeName, rel: attribute.rel }]
      : [],
  );
  referring.set(type, found);
  return found;
}

/** Whether an object is a mere reference, in which there is nothing else to place. */
function isBare(value: Entity): boolean {
  for (const name in value) if (name !== 'id' && name !== 'href' && name !== 'name') return false;
  return true;
}

/** Gives references (and what `follow` put inline) their `href`. */
function placeReferences(type: TypeName, value: Entity, href: string): void {
  for (const { name, list, type: memberType, rel } of referringOf(type)) {
    const content = value[name];
    if (content === undefined || content === null) continue;
    const members = (list ? content : [content]) as Entity[];
    if (members.length === 0) continue;
    // The contract knows of members of sub-collections whose places are only at the root.
    const collection = rel === undefined ? undefined : `${href}/${rel}`;
    const below = rel === undefined ? undefined : serviceBelow(type, href, rel);
    for (const member of members) {
      if (member.href === undefined && member.id !== undefined) {
        const place = below === undefined ? hrefOf(memberType, member.id) : `${collection}/${encodeURIComponent(member.id)}`;
        if (place !== undefined) member.href = place;
      }
      if (member[isFollowed] === true && member.href !== undefined) {
        const service = below ?? serviceOf(memberType, member);
        if (service !== undefined) member[ownFrame] = frameOf(service);
      }
      if (!isBare(member)) placeReferences(memberType, member, member.href ?? href);
    }
  }
}

/** Completes an object for the wire: its place, and the places of everything that it refers to. */
export function represent(type: TypeName, value: Entity, href: string): Entity {
  value.href = href;
  placeReferences(type, value, href);
  return value;
}
