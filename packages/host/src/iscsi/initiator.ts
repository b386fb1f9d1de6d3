import { existsSync } from 'node:fs';
import { CommandError, runCommand } from '../command.ts';
import { storageError } from '../storage-error.ts';
import type { StorageErrorName } from '../storage-error.ts';
import { portalText } from './target.ts';
import type { Portal, Target } from './target.ts';

const timeoutMs = 60_000;
/** Most targets that one portal may tell of. */
export const maximumTargets = 4096;
/** Numbers of LUNs that are tried where a portal does not list them. */
const triedLuns = 16;
/** Exit code of `iscsiadm` for a session that is there already. Source: iscsiadm(8). */
const sessionExists = 15;
const authenticationFailed = 24;

/** A LUN as its target tells of it. */
export interface Lun {
  target: Target;
  number: number;
  vendor: string;
  product: string;
  revision: string;
  serial: string;
  sizeBytes: number;
  logicalBlockBytes: number;
  physicalBlockBytes: number;
}

/** Whether the kernel of this host speaks iSCSI; else QEMU does, for each guest. */
export const hasKernelInitiator = (): boolean => existsSync('/sys/class/iscsi_transport') && existsSync('/sys/class/iscsi_host');

/** The programs of libiscsi take secrets from the environment: others see arguments. */
const environmentOf = ({ user, password }: Portal): Record<string, string> =>
  user === '' ? {} : { LIBISCSI_CHAP_USERNAME: user, LIBISCSI_CHAP_PASSWORD: password };

function refused(error: unknown, fallback: StorageErrorName, what: string): Error {
  if (!(error instanceof CommandError)) return error as Error;
  if (error.reason === 'missing')
    return storageError(fallback, `${what}: install libiscsi-bin, or open-iscsi on a host whose kernel has iSCSI`, error);
  if (error.exitCode === authenticationFailed || /Authentication failure/i.test(error.message))
    return storageError('iSCSILoginAuthError', `${what}: user name or password is wrong`, error);
  return storageError(fallback, `${what}: ${error.message}`, error);
}

const libiscsi = async (program: string, portal: Portal, path: string, ...options: string[]): Promise<string> =>
  (await runCommand([program, ...options, `iscsi://${portalText(portal)}${path}`], { timeoutMs, environment: environmentOf(portal) }))
    .stdout;

const admin = async (...args: string[]): Promise<string> => (await runCommand(['iscsiadm', ...args], { timeoutMs })).stdout;

/** Words of `iscsiadm` that give a record of its user name and password. */
async function adminSignIn(record: readonly string[], prefix: string, { user, password }: Portal): Promise<void> {
  if (user === '') return;
  const settings = { authmethod: 'CHAP', username: user, password };
  for (const [name, value] of Object.entries(settings)) await admin(...record, '-o', 'update', '-n', `${prefix}.auth.${name}`, '-v', value);
}

/** Lines of `iscsi-ls` and `iscsiadm` as `portal,tag name`. Pure. */
export function readTargets(output: string): string[] {
  return output.split('\n').flatMap((line) => {
    const [, name, portal] = /^Target:(\S+) Portal:(\S+)/.exec(line) ?? [];
    if (name !== undefined && portal !== undefined) return [`${portal} ${name}`];
    return /^\S+:\d+,\d+ \S+$/.test(line.trim()) ? [line.trim()] : [];
  });
}

/** The targets of a portal, each as `address:port,tag name`. @throws 475 iSCSIDiscoveryError, 476 iSCSILoginAuthError */
export async function discoverTargets(portal: Portal): Promise<string[]> {
  try {
    const targets = readTargets(hasKernelInitiator() ? await adminDiscover(portal) : await libiscsi('iscsi-ls', portal, ''));
    if (targets.length > maximumTargets)
      throw storageError('iSCSIDiscoveryError', `The portal tells of more than ${maximumTargets} targets`);
    return targets;
  } catch (error) {
    throw refused(error, 'iSCSIDiscoveryError', `No targets of ${portalText(portal)}`);
  }
}

async function adminDiscover(portal: Portal): Promise<string> {
  const record = ['-m', 'discoverydb', '-t', 'sendtargets', '-p', portalText(portal)];
  await admin(...record, '-o', 'new');
  await adminSignIn(record, 'discovery.sendtargets', portal);
  return await admin(...record, '--discover');
}

/** Signs in at a target. @throws 464 iSCSILoginError, 476 iSCSILoginAuthError */
export async function signIn(target: Target): Promise<void> {
  try {
    if (hasKernelInitiator()) await adminLogin(target);
    else await libiscsi('iscsi-inq', target, `/${target.iqn}/0`);
  } catch (error) {
    // A target without a LUN 0 has let us in all the same.
    if (error instanceof CommandError && error.reason === 'failed' && /LOGICAL_UNIT_NOT_SUPPORTED|ILLEGAL_REQUEST/.test(error.message))
      return;
    throw refused(error, 'iSCSILoginError', `No session with ${target.iqn} at ${portalText(target)}`);
  }
}

const nodeRecord = (target: Target): string[] => ['-m', 'node', '-T', target.iqn, '-p', `${portalText(target)},${target.tpgt}`];

async function adminLogin(target: Target): Promise<void> {
  await admin(...nodeRecord(target), '-o', 'new');
  await adminSignIn(nodeRecord(target), 'node.session', target);
  await admin(...nodeRecord(target), '--login').catch((error: unknown) => {
    if (!(error instanceof CommandError) || error.exitCode !== sessionExists) throw error;
  });
}

/** Ends a session. @throws 474 iSCSILogoutError */
export async function signOut(target: Target): Promise<void> {
  if (!hasKernelInitiator()) return;
  await admin(...nodeRecord(target), '--logout').catch((error: unknown) => {
    throw refused(error, 'iSCSILogoutError', `The session with ${target.iqn} did not end`);
  });
  await admin(...nodeRecord(target), '-o', 'delete').catch(() => undefined);
}

const field = (output: string, name: RegExp): string => name.exec(output)?.[1]?.trim() ?? '';

/** Numbers of the LUNs of a target in what `iscsi-ls -s` printed; undefined when it did not come to the target. Pure. */
export function readLunNumbers(output: string, iqn: string): number[] | undefined {
  let current = '';
  let found: number[] | undefined;
  for (const line of output.split('\n')) {
    const [, name] = /^Target:(\S+)/.exec(line) ?? [];
    if (name !== undefined) current = name;
    const [, number, type] = /^Lun:(\d+)\s+Type:(\S+)/.exec(line) ?? [];
    if (current !== iqn || number === undefined) continue;
    found ??= [];
    if (type === 'DIRECT_ACCESS' && !found.includes(Number(number))) found.push(Number(number));
  }
  return found;
}

/** A LUN of a target; undefined when there is none that holds data. */
export async function describeLun(target: Target, number: number): Promise<Lun | undefined> {
  const path = `/${target.iqn}/${number}`;
  try {
    const inquiry = await libiscsi('iscsi-inq', target, path);
    if (!/^Peripheral Device Type:DIRECT_ACCESS$/m.test(inquiry)) return undefined;
    const capacity = await libiscsi('iscsi-readcapacity16', target, path);
    const serial = await libiscsi('iscsi-inq', target, path, '-e', '1', '-c', '128').catch(() => '');
    const logicalBlockBytes = Number(field(capacity, /^LOGICAL BLOCK LENGTH IN BYTES:(\d+)/m));
    return {
      target,
      number,
      vendor: field(inquiry, /^Vendor:(.*)$/m),
      product: field(inquiry, /^Product:(.*)$/m),
      revision: field(inquiry, /^Revision:(.*)$/m),
      serial: field(serial, /^Unit Serial Number:\[(.*)\]/m),
      sizeBytes: Number(field(capacity, /^Total size:(\d+)/m)),
      logicalBlockBytes,
      physicalBlockBytes: logicalBlockBytes * 2 ** Number(field(capacity, /BLOCKS PER PHYSICAL BLOCK EXPONENT:(\d+)/m)),
    };
  } catch {
    return undefined;
  }
}

/** The LUNs of a target that hold data. */
export async function lunsOf(target: Target): Promise<Lun[]> {
  const listed = await libiscsi('iscsi-ls', target, '', '-s').catch(() => '');
  const numbers = readLunNumbers(listed, target.iqn) ?? Array.from({ length: triedLuns }, (_, number) => number);
  const luns: Lun[] = [];
  for (const number of numbers) {
    const lun = await describeLun(target, number);
    if (lun) luns.push(lun);
  }
  return luns;
}
