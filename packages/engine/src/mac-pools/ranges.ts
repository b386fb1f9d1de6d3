import { badRequest, conflict, invalidValue, say } from '../rest/fault.ts';

/** First and last address of a part of a pool, both included. */
export interface MacRange {
  from: string;
  to: string;
}

/** Ranges that a pool may have, and addresses in one of them. */
export const maxRanges = 64;
const maxAddresses = 2 ** 31;

const macPattern = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;

/** The number of a MAC address. */
export const macNumber = (mac: string): number => Number.parseInt(mac.replaceAll(':', ''), 16);

/** A MAC address by its number, lower-case with colons. */
export const macText = (address: number): string =>
  address
    .toString(16)
    .padStart(12, '0')
    .replace(/(..)(?=.)/g, '$1:');

/** Whether an address is meant for many receivers: no NIC may have it. */
const isMulticast = (address: number): boolean => Math.floor(address / 2 ** 40) % 2 === 1;

/** Whether a text is an address that a NIC may have. */
export const isUnicastMac = (text: string): boolean => {
  const address = text.toLowerCase();
  return macPattern.test(address) && !isMulticast(macNumber(address)) && macNumber(address) !== 0;
};

/**
 * Ranges as they are stored: lower-case, each in order, none overlapping another.
 * @throws {Fault} 400 for what is no range, 409 for ranges that overlap
 */
export function checkRanges(ranges: readonly { from?: string; to?: string }[]): MacRange[] {
  if (ranges.length === 0) throw badRequest('ACTION_TYPE_FAILED_MAC_POOL_MUST_HAVE_RANGE');
  if (ranges.length > maxRanges) throw invalidValue('ranges', say`at most ${maxRanges} are possible`);
  const checked = ranges.map(({ from = '', to = '' }) => {
    const range = { from: from.toLowerCase(), to: to.toLowerCase() };
    for (const [end, mac] of Object.entries(range)) {
      if (!macPattern.test(mac)) throw invalidValue(`ranges.${end}`, 'must be a MAC address such as 56:6f:00:00:00:01');
      if (isMulticast(macNumber(mac))) throw invalidValue(`ranges.${end}`, 'must not be a multicast address');
    }
    const size = macNumber(range.to) - macNumber(range.from) + 1;
    if (size < 1) throw invalidValue('ranges', 'the first address must not be greater than the last');
    if (size > maxAddresses) throw invalidValue('ranges', say`a range has at most ${maxAddresses} addresses`);
    return range;
  });
  if (checked.some((one, index) => checked.slice(index + 1).some((other) => overlap(one, other))))
    throw conflict('ACTION_TYPE_FAILED_MAC_POOL_CONTAINS_OVERLAPPING_RANGES');
  return checked;
}

/** Whether two ranges have an address in common. */
export const overlap = (one: MacRange, other: MacRange): boolean =>
  macNumber(one.from) <= macNumber(other.to) && macNumber(other.from) <= macNumber(one.to);
