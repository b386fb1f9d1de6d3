import type { Network } from '@virgate/contract/generated/types';
import { badRequest, conflict, invalidValue, say } from '../rest/fault.ts';
import { nameServersOf } from './services.ts';

/** Bounds of a network's attributes. Source: engine behaviour, networks. */
const maxNameLength = 256;
const maxVdsmNameLength = 15;
const maxVlan = 4094;
const mtuBounds = { min: 68, max: 65_520 } as const;

/** A network's name: hosts name their bonds themselves, so a network must not look like one. @throws {Fault} 400 */
export function checkNetworkName(name: string | undefined): string {
  if (name === undefined || name.trim() === '') throw invalidValue('name', 'must not be empty');
  if (name.length > maxNameLength) throw invalidValue('name', say`may have at most ${maxNameLength} characters`);
  if (!/^[\p{L}\p{N}_-][\p{L}\p{N}._ -]*$/u.test(name)) throw invalidValue('name', 'may only have letters, digits and the signs . _ -');
  if (/^bond/i.test(name)) throw badRequest('NETWORK_CANNOT_CONTAIN_BOND_NAME');
  return name;
}

/** The name of the network's bridge on hosts: its own where that can be a device's name, else one made from its id. */
export const vdsmNameOf = (name: string, id: string): string =>
  name.length <= maxVdsmNameLength && /^[A-Za-z][\w-]*$/.test(name) ? name : `on${id.replaceAll('-', '')}`.slice(0, maxVdsmNameLength);

/** What a request says of a network, checked: columns of `network`. @throws {Fault} 400, 409 */
export function networkColumns(body: Network, current: { vm: boolean } = { vm: true }) {
  const vm = body.usages === undefined ? current.vm : body.usages.includes('vm');
  const { mtu } = body;
  const vlan = body.vlan?.id;
  if (vlan !== undefined && (vlan < 0 || vlan > maxVlan)) throw invalidValue('vlan.id', say`must be between 0 and ${maxVlan}`);
  if (mtu !== undefined && mtu !== 0 && (mtu < mtuBounds.min || mtu > mtuBounds.max))
    throw invalidValue('mtu', say`must be 0 or between ${mtuBounds.min} and ${mtuBounds.max}`);
  if (!vm && body.stp) throw conflict('NON_VM_NETWORK_CANNOT_SUPPORT_STP');
  if (!vm && body.port_isolation) throw conflict('NON_VM_NETWORK_CANNOT_SUPPORT_PORT_ISOLATION');
  const nameServers = nameServersOf(body.dns_resolver_configuration);
  return {
    vm_network: vm,
    ...(body.description === undefined ? {} : { description: body.description }),
    ...(body.comment === undefined ? {} : { comment: body.comment }),
    ...(body.vlan === undefined ? {} : { vlan_id: vlan ?? null }),
    ...(mtu === undefined ? {} : { mtu }),
    ...(body.stp === undefined ? {} : { stp: body.stp }),
    ...(nameServers === undefined ? {} : { name_servers: nameServers }),
  };
}
