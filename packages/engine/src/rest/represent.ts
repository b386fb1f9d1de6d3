import type { TypeName } from '@virgate/contract/generated/types';
import type { ServiceName } from '@virgate/contract/generated/services';
import { actionsOf, locatorsOf } from '@virgate/contract/routes';
import { typeInfo } from '@virgate/contract/type-info';
import type { Entity } from './operation.ts';

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
const outlines = new Map<ServiceName, { locators: string[]; actions: readonly string[] }>();

function outlineOf(service: ServiceName): { locators: string[]; actions: readonly string[] } {
  const known = outlines.get(service);
  if (known) return known;
  const outline = {
    locators: locatorsOf(service).flatMap((locator) => (locator.path === undefined ? [] : [locator.path])),
    actions: actionsOf(service),
  };
  outlines.set(service, outline);
  return outline;
}

/** The path of an object that has its place at the root of the API; undefined for others. */
export const hrefOf = (type: TypeName, id: string): string | undefined =>
  rootCollections[type] === undefined ? undefined : `${apiRoot}/${rootCollections[type]}/${id}`;

/** Gives references (and what `follow` put inline) their `href`; references keep nothing but `href` and `id`. */
function placeReferences(type: TypeName, value: Entity, href: string): void {
  for (const attribute of typeInfo(type).attributes) {
    const content = value[attribute.name];
    if (attribute.kind !== 'struct' || content === undefined || content === null) continue;
    const memberType = attribute.type as TypeName;
    const members = (attribute.item === undefined ? [content] : content) as Entity[];
    for (const member of members) {
      if (member.href === undefined && member.id !== undefined) {
        const place = attribute.rel !== undefined ? `${href}/${attribute.rel}/${member.id}` : hrefOf(memberType, member.id);
        if (place !== undefined) member.href = place;
      }
      placeReferences(memberType, member, member.href ?? href);
    }
  }
}

/**
 * Completes an object for the wire: its place, the links of its service's sub-collections, its actions, and the places of
 * everything that it refers to. Every locator without a parameter is a link. Source: REST contract, XML shape.
 */
export function represent(type: TypeName, value: Entity, href: string, service: ServiceName | undefined): Entity {
  value.href = href;
  if (service !== undefined) {
    const outline = outlineOf(service);
    if (outline.locators.length > 0) {
      value['links'] = [
        ...((value['links'] as Entity[] | undefined) ?? []),
        ...outline.locators.map((path) => ({ href: `${href}/${path}`, rel: path })),
      ];
    }
    if (outline.actions.length > 0) value['actions'] = outline.actions.map((action) => ({ href: `${href}/${action}`, rel: action }));
  }
  placeReferences(type, value, href);
  return value;
}
