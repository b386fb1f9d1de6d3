import { isIP } from 'node:net';

/** Where a database of OVN listens. */
export type Remote = { kind: 'unix'; path: string } | { kind: 'tcp' | 'ssl'; host: string; port: number };

const maxLength = 1024;

/**
 * Reads an address as OVN writes them: `unix:/path`, `tcp:192.0.2.1:6641`, `ssl:[2001:db8::1]:6641`. Pure.
 * @returns null when it is none
 */
export function parseRemote(text: string): Remote | null {
  if (text.length > maxLength || text.includes('\0')) return null;
  const [, path] = /^unix:(\/[^\s]*)$/.exec(text) ?? [];
  if (path !== undefined) return { kind: 'unix', path };
  const [, kind, bracketed, plain, digits] = /^(tcp|ssl):(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? '';
  const port = Number(digits);
  if (kind === undefined || port < 1 || port > 65_535 || (bracketed !== undefined && isIP(bracketed) !== 6)) return null;
  return { kind: kind as 'tcp' | 'ssl', host, port };
}
