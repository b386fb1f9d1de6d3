import { isIP } from 'node:net';
import type { Initialization, NicConfiguration } from '@virgate/contract/generated/types';
import { seal, unseal } from '../pki/seal.ts';
import { factOf } from '../operating-systems/facts.ts';
import type { PayloadDevice } from './domain-xml/payload.ts';
import { withoutCloudInit } from './cloud-init.ts';
import { unattendXml } from './sysprep.ts';

/** What sets up a guest at its first start. */
export type Initializer = 'cloud_init' | 'ignition' | 'sysprep';

/** What other managers show in place of a password that is kept, and clients send back. Source: REST contract, initialization. */
const hiddenPassword = '******';

/** Begins a password that is sealed: no keyboard has the sign. */
const sealedMark = '\ue000sealed:';

/**
 * What a request says of an initialization, as it is kept: without what it only repeats of what it was shown, and with its password
 * sealed, so that no dump of the database and no OVF store tells it.
 * @param field where in the request it is
 * @throws {Fault} 400 for what an older part of it says and nothing has a place for
 */
export function saidInitialization(said: Initialization, secretKey: Buffer, field?: string): Initialization {
  const { root_password: password, configuration: _description, ...rest } = withoutCloudInit(said, field);
  if (password === hiddenPassword || password === undefined) return rest;
  const isSealed = password === '' || password.startsWith(sealedMark);
  return { ...rest, root_password: isSealed ? password : sealedMark + seal(secretKey, password).toString('base64') };
}

/** What replaces the initialization of a request's body: that of {@link saidInitialization}. */
export const keptInitialization = (body: { initialization?: Initialization }, secretKey: Buffer): { initialization?: Initialization } =>
  body.initialization ? { initialization: saidInitialization(body.initialization, secretKey) } : {};

/** A kept initialization as the guest is told it. A password that another installation has sealed is not there. */
export function toldInitialization(kept: Initialization, secretKey: Buffer | undefined): Initialization {
  const { root_password: password, ...rest } = kept;
  if (password === undefined || !password.startsWith(sealedMark)) return kept;
  if (secretKey === undefined) return rest;
  try {
    return { ...rest, root_password: unseal(secretKey, Buffer.from(password.slice(sealedMark.length), 'base64')) };
  } catch {
    return rest;
  }
}

/** Which of them an operating system knows. */
export function initializerOf(os: string): Initializer {
  const type = String(factOf(os, 'vmInitType') ?? 'cloudinit');
  return type === 'sysprep' ? 'sysprep' : type.startsWith('ignition') ? 'ignition' : 'cloud_init';
}

const words = (text: string | undefined): string[] => (text ?? '').split(/[\s,]+/).filter((word) => word !== '');
const lines = (text: string | undefined): string[] => (text ?? '').split(/\r?\n/).filter((line) => line.trim() !== '');

/** YAML whose values are JSON, which is YAML too; the user's script follows as it is and may have keys of its own. */
function userData(init: Initialization): string {
  const config: Record<string, unknown> = {
    ...(init.host_name ? { hostname: init.host_name } : {}),
    ...(init.timezone ? { timezone: init.timezone } : {}),
    ...(init.user_name ? { user: init.user_name } : {}),
    ...(init.root_password ? { password: init.root_password, chpasswd: { expire: false }, ssh_pwauth: true, disable_root: false } : {}),
    ...(init.authorized_ssh_keys ? { ssh_authorized_keys: lines(init.authorized_ssh_keys) } : {}),
    ...(init.regenerate_ssh_keys ? { ssh_deletekeys: true } : {}),
  };
  const yaml = Object.entries(config).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`);
  return `#cloud-config\n${yaml.join('')}${init.custom_script ?? ''}`;
}

function metaData(init: Initialization, vm: { id: string; name: string }, network: boolean): string {
  const name = init.host_name || vm.name;
  const keys = lines(init.authorized_ssh_keys).map((key, at) => [`openssh-key-${at}`, key]);
  return JSON.stringify({
    uuid: vm.id,
    name,
    hostname: name,
    launch_index: 0,
    availability_zone: 'nova',
    meta: { essential: 'false', role: 'server', dsmode: 'local' },
    ...(keys.length > 0 ? { public_keys: Object.fromEntries(keys) } : {}),
    ...(network ? { network_config: { content_path: '/content/0000', path: '/etc/network/interfaces' } } : {}),
  });
}

/** `network_data.json` of a configuration drive. Source: OpenStack, network metadata. */
function networkData(nics: readonly NicConfiguration[], init: Initialization): string {
  const links = nics.map((nic) => ({ id: nic.name, name: nic.name, type: 'vif' }));
  const networks = nics.flatMap((nic) =>
    [
      { ip: nic.ip, protocol: nic.boot_protocol, kind: 'ipv4' },
      { ip: nic.ipv6, protocol: nic.ipv6_boot_protocol, kind: 'ipv6' },
    ].flatMap(({ ip, protocol, kind }) => {
      if (protocol === undefined || protocol === 'none') return [];
      const base = { id: `${nic.name} ${kind}`, link: nic.name };
      if (protocol !== 'static') return [{ ...base, type: `${kind}_dhcp` }];
      const gateway = { network: kind === 'ipv4' ? '0.0.0.0' : '::', netmask: kind === 'ipv4' ? '0.0.0.0' : '::', gateway: ip?.gateway };
      return [{ ...base, type: kind, ip_address: ip?.address, netmask: ip?.netmask, routes: ip?.gateway ? [gateway] : [] }];
    }),
  );
  return JSON.stringify({ links, networks, services: words(init.dns_servers).map((address) => ({ type: 'dns', address })) });
}

/** `/etc/network/interfaces` of a configuration drive, for guests that know no network metadata. */
function interfaces(nics: readonly NicConfiguration[], init: Initialization): string {
  const dns = [
    ...(init.dns_servers ? [`  dns-nameservers ${words(init.dns_servers).join(' ')}`] : []),
    ...(init.dns_search ? [`  dns-search ${words(init.dns_search).join(' ')}`] : []),
  ];
  return nics
    .flatMap(({ name, boot_protocol: protocol = 'none', ip, on_boot: onBoot }) => [
      ...(onBoot ? [`auto ${name}`] : []),
      `iface ${name} inet ${protocol === 'static' ? 'static' : protocol === 'dhcp' ? 'dhcp' : 'manual'}`,
      ...(protocol === 'static' ? [`  address ${ip?.address}`, ...(ip?.netmask ? [`  netmask ${ip.netmask}`] : [])] : []),
      ...(protocol === 'static' && ip?.gateway ? [`  gateway ${ip.gateway}`] : []),
      ...dns,
      '',
    ])
    .join('\n');
}

/**
 * The drive from which a guest learns at its first start what it is to be.
 * @returns undefined where nothing is said
 */
export function initializationPayload(
  init: Initialization,
  vm: { id: string; name: string },
  initializer: Initializer,
): PayloadDevice | undefined {
  if (Object.keys(init).length === 0) return undefined;
  if (initializer === 'sysprep') return { label: 'vmpayload', files: { 'Unattend.xml': unattendXml(init, vm.name) } };
  const nics = init.nic_configurations ?? [];
  const eni = init.cloud_init_network_protocol === 'eni' && nics.length > 0;
  return {
    label: 'config-2',
    files: {
      'openstack/latest/meta_data.json': metaData(init, vm, eni),
      'openstack/latest/user_data': initializer === 'ignition' ? (init.custom_script ?? '{}') : userData(init),
      ...(nics.length === 0
        ? {}
        : eni
          ? { 'openstack/content/0000': interfaces(nics, init) }
          : { 'openstack/latest/network_data.json': networkData(nics, init) }),
    },
  };
}

/** What of an initialization cannot be: its field and why; undefined where all can. */
export function initializationProblem(init: Initialization): { field: string; problem: string } | undefined {
  for (const address of words(init.dns_servers)) if (isIP(address) === 0) return { field: 'dns_servers', problem: 'must be IP addresses' };
  for (const nic of init.nic_configurations ?? []) {
    if (!nic.name || !/^[A-Za-z0-9._-]{1,15}$/.test(nic.name))
      return { field: 'nic_configurations.name', problem: 'must be the name of a NIC in the guest' };
    const families = [
      { protocol: nic.boot_protocol, ip: nic.ip, field: 'ip', family: 4 },
      { protocol: nic.ipv6_boot_protocol, ip: nic.ipv6, field: 'ipv6', family: 6 },
    ];
    for (const { protocol, ip, field, family } of families) {
      if (protocol !== 'static') continue;
      if (isIP(ip?.address ?? '') !== family)
        return { field: `nic_configurations.${field}.address`, problem: `a static NIC needs an IPv${family} address` };
      if (ip?.gateway && isIP(ip.gateway) !== family)
        return { field: `nic_configurations.${field}.gateway`, problem: `must be an IPv${family} address` };
    }
  }
  return undefined;
}
