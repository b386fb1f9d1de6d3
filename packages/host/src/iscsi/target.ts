import { isIP } from 'node:net';
import { storageError } from '../storage-error.ts';

/** Where a target is, and as whom hosts sign in there. */
export interface Portal {
  host: string;
  port: number;
  user: string;
  password: string;
}

/** A target of a portal. */
export interface Target extends Portal {
  iqn: string;
  /** Tag of the portal group. */
  tpgt: string;
}

const defaultPort = 3260;
const maximumPort = 65_535;
/** Longest name or secret. Source: open-iscsi, fields of its records. */
const maximumSecretLength = 255;
const hostPattern = /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/;
/** Names of targets. Source: RFC 3720, iSCSI names. */
const iqnPattern = /^(?:iqn\.\d{4}-\d{2}\.[a-z0-9][a-z0-9.-]*(?::[a-z0-9._:-]+)?|eui\.[0-9a-f]{16}|naa\.[0-9a-f]{16}(?:[0-9a-f]{16})?)$/i;
const maximumIqnLength = 223;

const refuse = (reason: string): Error => storageError('StorageServerValidationError', `The iSCSI connection is refused: ${reason}`);

function text(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') throw refuse('texts are needed');
  return value;
}

function secret(value: unknown, name: string): string {
  const found = text(value);
  // oxlint-disable-next-line no-control-regex
  if (found.length > maximumSecretLength || /[\u0000-\u001f\u007f]/.test(found))
    throw refuse(`the ${name} has at most ${maximumSecretLength} characters, none of which controls anything`);
  return found;
}

/** A portal as a request names it. @throws 453 StorageServerValidationError, 472 InvalidIpAddress */
export function readPortal(host: unknown, port: unknown, user: unknown, password: unknown): Portal {
  const address = text(host).replace(/^\[(.*)\]$/, '$1');
  if (isIP(address) === 0 && !hostPattern.test(address)) throw storageError('InvalidIpAddress', 'The portal needs the address of a host');
  if (address.startsWith('169.254.') || /^fe[89ab][0-9a-f]:/i.test(address)) throw refuse('link-local addresses are not allowed');
  const number = text(port) === '' ? defaultPort : Number(text(port));
  if (!Number.isInteger(number) || number < 1 || number > maximumPort) throw refuse(`a port is a number up to ${maximumPort}`);
  return { host: address, port: number, user: secret(user, 'user name'), password: secret(password, 'password') };
}

/** One entry of `connectionParams` for iSCSI (VDSM schema, StoragePool.connectStorageServer). @throws 453, 472 */
export function readTarget(connection: Record<string, unknown>): Target {
  const portal = readPortal(connection['connection'], connection['port'], connection['user'], connection['password']);
  const iqn = text(connection['iqn']);
  if (iqn.length > maximumIqnLength || !iqnPattern.test(iqn))
    throw refuse('the name of a target is needed, such as iqn.2026-01.com.example:disk');
  const tpgt = text(connection['tpgt'] ?? connection['portal']) || '1';
  if (!/^\d{1,5}$/.test(tpgt)) throw refuse('the tag of a portal group is a number');
  return { ...portal, iqn, tpgt };
}

/** `host:port`, with an IPv6 address in brackets. */
export const portalText = ({ host, port }: Portal): string => (isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`);
