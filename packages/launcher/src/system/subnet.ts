/** An IPv4 network in use. */
export interface Ipv4Network {
  readonly address: number;
  readonly prefixLength: number;
}

/** Networks that are tried, as second number of 10.N.M.0/24: a part of private space that home and office routers seldom use. */
const FIRST_SECOND_NUMBER = 64;
const SECOND_NUMBERS = 64;
const CANDIDATES = 256;
const GUEST_PREFIX_LENGTH = 24;

/** `10.0.0.1` as a number. @throws RangeError */
export function parseIpv4(text: string): number {
  const parts = text.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255))
    throw new RangeError(`${text} is no IPv4 address`);
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

/** `10.0.0.0/8` or a single address. @throws RangeError */
export function parseIpv4Network(text: string): Ipv4Network {
  const [address = '', prefix = '32'] = text.split('/');
  return { address: parseIpv4(address), prefixLength: Number(prefix) };
}

/** Whether two networks have an address in common. */
export function overlaps(one: Ipv4Network, other: Ipv4Network): boolean {
  const bits = 32 - Math.min(one.prefixLength, other.prefixLength);
  return Math.trunc(one.address / 2 ** bits) === Math.trunc(other.address / 2 ** bits);
}

/**
 * A network of 256 addresses that touches none of those in use, as its first three numbers.
 * @param seed number from which the search begins, so that two data folders seldom try the same one
 * @returns undefined when every candidate touches one in use
 */
export function chooseGuestNetwork(used: readonly Ipv4Network[], seed: number): string | undefined {
  for (let step = 0; step < CANDIDATES; step++) {
    const number = (seed + step * 257) % (SECOND_NUMBERS * 256);
    const text = `10.${FIRST_SECOND_NUMBER + Math.trunc(number / 256)}.${number % 256}`;
    const candidate: Ipv4Network = { address: parseIpv4(`${text}.0`), prefixLength: GUEST_PREFIX_LENGTH };
    if (!used.some((network) => overlaps(candidate, network))) return text;
  }
  return undefined;
}
