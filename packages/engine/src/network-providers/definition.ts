import type { OpenStackNetworkProvider, Property } from '@virgate/contract/generated/types';
import { parseRemote } from '../ovn/remote.ts';
import { badRequest, incomplete, invalidValue, say } from '../rest/fault.ts';

const maxNameLength = 255;
/** The property that says where hosts find the southbound database. */
export const southboundProperty = 'southbound';
const [northboundPort, southboundPort] = [6641, 6642];

function addressOf(field: string, text: string): NonNullable<ReturnType<typeof parseRemote>> {
  const remote = parseRemote(text);
  if (remote === null)
    throw invalidValue(
      field,
      say`must be the address of a database of OVN, such as ssl:192.0.2.1:${northboundPort}; providers that speak OpenStack's API are not supported`,
    );
  return remote;
}

/** Where hosts find the southbound database: as a property says, else beside the northbound one at the port that OVN has for it. @throws {Fault} 400 */
function southboundOf(url: string, properties: readonly Property[] | undefined): string {
  const said = properties?.find((property) => property.name === southboundProperty)?.value;
  const other = properties?.find((property) => property.name !== southboundProperty);
  if (other !== undefined)
    throw invalidValue('properties', say`${(other.name ?? '').slice(0, 80)} is not known; there is ${southboundProperty}`);
  if (said !== undefined) {
    if (addressOf('properties.southbound', said).kind === 'unix')
      throw invalidValue('properties.southbound', 'must be an address that hosts can reach');
    return said;
  }
  const remote = addressOf('url', url);
  if (remote.kind === 'unix') throw incomplete('OpenStackNetworkProvider [properties.southbound]');
  const host = remote.host.includes(':') ? `[${remote.host}]` : remote.host;
  return `${remote.kind}:${host}:${southboundPort}`;
}

/** What a request says of a provider: columns of `network_provider`. @throws {Fault} 400 */
export function providerColumns(body: OpenStackNetworkProvider, current?: { url: string; southbound: string }) {
  if (body.type !== undefined && body.type !== 'external') throw invalidValue('type', 'must be external: a provider is OVN itself');
  if (body.requires_authentication === true) throw badRequest('ACTION_TYPE_FAILED_PROVIDER_NOT_SUPPORTED');
  if (body.auto_sync === true) throw invalidValue('auto_sync', 'is not supported: networks are imported one by one');
  if (body.unmanaged === true) throw invalidValue('unmanaged', 'is not supported');
  if (body.external_plugin_type !== undefined && body.external_plugin_type !== 'OVIRT_PROVIDER_OVN')
    throw invalidValue('external_plugin_type', 'must be OVIRT_PROVIDER_OVN');
  const name = body.name?.trim();
  if (name !== undefined && (name === '' || name.length > maxNameLength))
    throw invalidValue('name', say`must have 1 to ${maxNameLength} characters`);
  const url = body.url ?? current?.url;
  if (url === undefined) throw incomplete('OpenStackNetworkProvider [url]');
  addressOf('url', url);
  const keeps = body.properties === undefined && current?.url === url;
  return {
    ...(name === undefined ? {} : { name }),
    ...(body.description === undefined ? {} : { description: body.description }),
    ...(body.read_only === undefined ? {} : { read_only: body.read_only }),
    url,
    southbound: keeps ? current.southbound : southboundOf(url, body.properties),
  };
}
