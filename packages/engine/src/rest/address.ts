import { BlockList, isIP } from 'node:net';
import { invalidValue } from './fault.ts';

const namePattern = /^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,253}[A-Za-z0-9_.])?$/;

/** Where every host would find something else, or itself: nothing that several hosts share lies there. */
const nowhere = new BlockList();
nowhere.addSubnet('0.0.0.0', 8, 'ipv4');
nowhere.addSubnet('127.0.0.0', 8, 'ipv4');
nowhere.addSubnet('169.254.0.0', 16, 'ipv4');
nowhere.addAddress('::', 'ipv6');
nowhere.addAddress('::1', 'ipv6');
nowhere.addSubnet('fe80::', 10, 'ipv6');

const withoutBrackets = (address: string): string => (/^\[.*\]$/.test(address) ? address.slice(1, -1) : address);

/** Whether a text is a host name or an IP address, a v6 one with or without brackets. */
export function isHostAddress(address: string): boolean {
  const bare = withoutBrackets(address);
  return isIP(bare) !== 0 || (bare === address && !/^[\d.]+$/.test(address) && namePattern.test(address));
}

/** A host name or an IP address. @throws {Fault} 400 naming the field */
export function checkHostAddress(field: string, address: string): void {
  if (!isHostAddress(address)) throw invalidValue(field, 'must be a host name or an IP address');
}

/**
 * The address of storage that hosts reach over the network. Loopback and link-local addresses are another machine on each host: hosts
 * would write to different storage and take it for one.
 * @throws {Fault} 400 naming the field
 */
export function checkStorageAddress(field: string, address: string): void {
  checkHostAddress(field, address);
  const bare = withoutBrackets(address);
  const family = isIP(bare);
  const isOwn = family === 0 ? /^localhost(\.localdomain)?\.?$/i.test(bare) : nowhere.check(bare, family === 4 ? 'ipv4' : 'ipv6');
  if (isOwn) throw invalidValue(field, 'must be an address that all hosts reach: loopback and link-local ones are another machine on each');
}
