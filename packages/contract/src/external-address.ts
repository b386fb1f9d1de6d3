/** Kinds of managers that VMs are imported from. */
export type ExternalProvider = 'kvm' | 'vmware' | 'xen';

/** The address of another manager, taken apart. */
export interface ExternalAddress {
  provider: ExternalProvider;
  /** How it is spoken to: `tls` where the address names none. */
  transport: 'tcp' | 'tls' | 'ssh' | 'https';
  /** A name or an address, without brackets. */
  host: string;
}

/** An address that is refused; the message says why and never holds what it may have of secrets. */
export class ExternalAddressError extends Error {
  override name = 'ExternalAddressError';
}

const maximumLength = 4096;
const shape =
  /^(qemu|xen|vpx|esx)(?:\+(tcp|tls|ssh))?:\/\/(?:([\w.%\\-]{1,64})@)?(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9_](?:[\w.-]{0,253}[\w])?)(?::(\d{1,5}))?(\/[\w.%~!$&'()*+,;=:@/ -]*)?(?:\?(.*))?$/;
const ways: Readonly<Record<ExternalProvider, readonly string[]>> = {
  kvm: ['qemu', 'qemu+tcp', 'qemu+tls', 'qemu+ssh'],
  xen: ['xen+ssh'],
  vmware: ['vpx', 'esx'],
};

/**
 * Takes the address of another manager apart. It is handed to libvirt, whose addresses can also name programs to run (`command`, `netcat`,
 * `sh`), files with keys, and sockets of the host itself: of their parameters only `no_verify` is let through, and a host must be named.
 * Source: libvirt, connection URIs; virt-v2v, supported sources.
 * @throws {ExternalAddressError}
 */
export function readExternalAddress(url: string, provider: ExternalProvider): ExternalAddress {
  if (url.length > maximumLength || [...url].some((sign) => sign <= ' ' || sign === '\u007f'))
    throw new ExternalAddressError(`must be an address without spaces and of at most ${maximumLength} characters`);
  const found = shape.exec(url);
  const scheme = found ? `${found[1]}${found[2] === undefined ? '' : `+${found[2]}`}` : url.slice(0, Math.max(0, url.indexOf('://')));
  if (!ways[provider].includes(scheme))
    throw new ExternalAddressError(
      `is no address of ${provider}, which begins with ${ways[provider].map((way) => `${way}://`).join(' or ')}`,
    );
  if (/^[^?]*\/\/[^/@]*:[^/@]*@/.test(url)) throw new ExternalAddressError('must hold no password; that goes into password');
  const [, , transport, , host, port, path = '', query = ''] = found ?? [];
  if (host === undefined)
    throw new ExternalAddressError(`must be ${scheme}://[user@]host[:port]/path: VMs of the host itself are not imported`);
  if (port !== undefined && (Number(port) === 0 || Number(port) > 65_535)) throw new ExternalAddressError('has a port that is none');
  if (path.split('/').includes('..')) throw new ExternalAddressError('must have no .. in its path');
  for (const parameter of query === '' ? [] : query.split('&'))
    if (!/^no_verify=[01]$/.test(parameter)) throw new ExternalAddressError('may have the parameter no_verify=1 and no other');
  return {
    provider,
    transport: provider === 'vmware' ? 'https' : ((transport as 'tcp' | 'tls' | 'ssh' | undefined) ?? 'tls'),
    host: host.replace(/^\[|\]$/g, ''),
  };
}

/** Which kind of manager an address is of, by its scheme; undefined when of none. */
export function providerOf(url: string): ExternalProvider | undefined {
  const scheme = url.slice(0, Math.max(0, url.indexOf('://')));
  return (Object.keys(ways) as ExternalProvider[]).find((provider) => ways[provider].includes(scheme));
}
