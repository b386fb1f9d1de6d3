import { ExternalAddressError, providerOf, readExternalAddress } from '@virgate/contract/external-address';
import type { ExternalAddress } from '@virgate/contract/external-address';
import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError, runCommand } from '../command.ts';
import type { CommandOptions } from '../command.ts';
import { storageError } from '../storage-error.ts';
import { invalidParameter, readOptionalText, readText } from '../verb.ts';

/** Another manager, and by whom it is asked. */
export interface ExternalManager {
  uri: string;
  address: ExternalAddress;
  username: string;
  password: string;
}

const maximumText = 4096;
const maximumName = 255;
const isPlain = (text: string): boolean => [...text].every((sign) => sign >= ' ' && sign !== '\u007f');

/** Reads `uri`, `username` and `password` of a verb over another manager. @throws 11, 91 naming the parameter */
export function readManager(params: Record<string, unknown>): ExternalManager {
  const uri = readText(params, 'uri', maximumText);
  const username = readOptionalText(params, 'username', maximumName) ?? '';
  const password = readOptionalText(params, 'password', maximumText) ?? '';
  // They stand in files of lines.
  if (!isPlain(username)) throw invalidParameter('username', 'a text without control characters is needed');
  if (!isPlain(password)) throw invalidParameter('password', 'a text without control characters is needed');
  const provider = providerOf(uri);
  if (provider === undefined) throw invalidParameter('uri', 'an address of libvirt, VMware or Xen is needed');
  try {
    return { uri, address: readExternalAddress(uri, provider), username, password };
  } catch (error) {
    if (error instanceof ExternalAddressError) throw invalidParameter('uri', error.message);
    throw error;
  }
}

/** What libvirt reads instead of asking: it is told by a file, so that a password is on no command line. Source: libvirt, auth.conf. */
export const authText = ({ username, password }: Pick<ExternalManager, 'username' | 'password'>): string =>
  [
    '[credentials-import]',
    `username=${username}`,
    `password=${password}`,
    ...['libvirt', 'esx', 'xen', 'ssh'].flatMap((service) => [`[auth-${service}-default]`, 'credentials=import']),
    '',
  ].join('\n');

/** A file that only this agent reads, for as long as work with it lasts. */
export async function withSecretFile<T>(folder: string, text: string, work: (path: string) => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${randomUUID()}.secret`);
  await writeFile(path, text, { mode: 0o600, flag: 'wx' });
  try {
    return await work(path);
  } finally {
    await rm(path, { force: true });
  }
}

/** Asks the manager by libvirt's own client. @returns its standard output */
export type Virsh = (args: readonly string[], options?: CommandOptions) => Promise<string>;

/** Nobody sits at a terminal who could be asked for the password of SSH, or whether a key is known. */
const connectionUri = ({ uri, address }: ExternalManager): string =>
  address.transport === 'ssh' ? `${uri}${uri.includes('?') ? '&' : '?'}no_tty=1` : uri;

/**
 * Work with another manager, which is spoken to by virsh: libvirt's client library knows all kinds of them.
 * @param folder for files with secrets
 * @throws 65 V2VConnectionError when it is not to be reached or refuses; 100 when virsh is missing
 */
export const withVirsh = <T>(manager: ExternalManager, folder: string, work: (virsh: Virsh) => Promise<T>): Promise<T> =>
  withSecretFile(folder, authText(manager), (path) =>
    work(async (args, options = {}) => {
      try {
        const argv = ['virsh', '--quiet', '--connect', connectionUri(manager), ...args];
        return (await runCommand(argv, { ...options, environment: { LIBVIRT_AUTH_FILE: path } })).stdout;
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        if (error.reason === 'missing')
          throw storageError(
            'GeneralException',
            'The program virsh is not installed: install the package "libvirt-clients" on this host, then repeat',
            error,
          );
        if (/failed to connect to the hypervisor/.test(error.stderr))
          throw storageError('V2VConnectionError', `${manager.address.host}: ${error.stderr.trim().slice(-1000)}`, error);
        throw error;
      }
    }),
  );
