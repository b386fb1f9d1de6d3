import { isIPv4 } from 'node:net';

/** An IPv4 network by its first address and the length of its prefix. */
interface Block {
  first: number;
  size: number;
}

const longestPrefix = 30;
const numberOf = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const addressOf = (number: number): string => [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');

/** Reads `192.0.2.0/24`; null when it is no network with room for guests. Pure. */
export function parseCidr(text: string): Block | null {
  const [, address = '', length = ''] = /^([\d.]+)\/(\d{1,2})$/.exec(text) ?? [];
  const prefix = Number(length);
  if (!isIPv4(address) || prefix < 1 || prefix > longestPrefix) return null;
  const size = 2 ** (32 - prefix);
  const first = numberOf(address);
  return first % size === 0 ? { first, size } : null;
}

/** Whether an address may be one of a host in a network. Pure. */
export function isInside(address: string, { first, size }: Block): boolean {
  const number = isIPv4(address) ? numberOf(address) : Number.NaN;
  return number > first && number < first + size - 1;
}

/** The address from which OVN itself answers DHCP where a network has no gateway: its first one, which guests never get. Pure. */
export const firstAddress = ({ first }: Block): string => addressOf(first + 1);

/** A hardware address for that, the same at every time. Source: IEEE 802, locally administered addresses. */
export const serverMac = (address: string): string =>
  ['02', '00', ...address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'))].join(':');
