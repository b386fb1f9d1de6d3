import { readFileSync, writeFileSync } from 'node:fs';
import type { DataFolder } from '../data-folder.ts';
import { LauncherError, textOf } from '../errors.ts';
import { runProgram } from './run.ts';
import { chooseGuestNetwork, parseIpv4Network } from './subnet.ts';
import type { Ipv4Network } from './subnet.ts';

const FORWARDING_SWITCH = '/proc/sys/net/ipv4/ip_forward';

/** The guests' network of a data folder: a bridge of its own, this machine at `.1`. */
export interface GuestNetwork {
  readonly bridge: string;
  /** First three numbers. */
  readonly network: string;
  /** This machine's address on it. */
  readonly gateway: string;
  /** `10.93.12.0/24`. */
  readonly cidr: string;
}

interface IpRoute {
  readonly dst?: string;
  readonly dev?: string;
}

/** Networks that this machine has routes to or addresses in, the named device's apart. */
async function usedNetworks(exceptDevice: string): Promise<Ipv4Network[]> {
  const routes = JSON.parse((await runProgram(['ip', '-4', '-j', 'route', 'show', 'table', 'all'])) || '[]') as IpRoute[];
  const used: Ipv4Network[] = [];
  for (const { dst, dev } of routes) {
    if (dev !== exceptDevice && dst !== undefined && /^\d/.test(dst)) used.push(parseIpv4Network(dst));
  }
  return used;
}

function guestNetwork(folder: DataFolder, network: string): GuestNetwork {
  return { bridge: folder.bridge, network, gateway: `${network}.1`, cidr: `${network}.0/24` };
}

/** The guests' network as it was chosen at the first start; undefined before. */
export function rememberedNetwork(folder: DataFolder): GuestNetwork | undefined {
  const { guestNetwork: network } = folder.settings;
  return network === undefined ? undefined : guestNetwork(folder, network);
}

/**
 * Makes the bridge of the guests, with an address of a network that this machine uses nowhere else. Repeatable.
 * @throws {LauncherError} network_failed
 */
export async function ensureBridge(folder: DataFolder): Promise<GuestNetwork> {
  const { bridge } = folder;
  try {
    const network = folder.settings.guestNetwork ?? chooseGuestNetwork(await usedNetworks(bridge), Number.parseInt(folder.tag, 16));
    if (network === undefined) throw new Error('every network from 10.64.0.0 to 10.127.255.0 is in use on this machine');
    folder.settings.guestNetwork = network;
    folder.save();
    const known = await runProgram(['ip', 'link', 'show', 'dev', bridge]).catch(() => undefined);
    if (known === undefined)
      await runProgram(['ip', 'link', 'add', 'name', bridge, 'type', 'bridge', 'forward_delay', '0', 'stp_state', '0']);
    await runProgram(['ip', 'addr', 'replace', `${network}.1/24`, 'dev', bridge]);
    await runProgram(['ip', 'link', 'set', 'dev', bridge, 'up']);
    return guestNetwork(folder, network);
  } catch (error) {
    throw new LauncherError(
      'network_failed',
      `the guests' network bridge ${bridge} could not be made: ${textOf(error)}`,
      'The kernel must have bridges, and this process the right to make network devices (CAP_NET_ADMIN).',
      { cause: error },
    );
  }
}

/** Takes the bridge away. */
export async function removeBridge(folder: DataFolder): Promise<void> {
  await runProgram(['ip', 'link', 'del', 'dev', folder.bridge]).catch(() => undefined);
}

function natRules({ bridge, network, cidr }: GuestNetwork): [string, string, string[]][] {
  const comment = ['-m', 'comment', '--comment', `virgate ${bridge}`];
  return [
    ['nat', 'POSTROUTING', ['-s', cidr, '!', '-d', `${network}.0/24`, ...comment, '-j', 'MASQUERADE']],
    ['filter', 'FORWARD', ['-i', bridge, ...comment, '-j', 'ACCEPT']],
    ['filter', 'FORWARD', ['-o', bridge, '-m', 'conntrack', '--ctstate', 'RELATED,ESTABLISHED', ...comment, '-j', 'ACCEPT']],
  ];
}

/**
 * Lets guests reach the world under this machine's address. Rules are added once; IPv4 forwarding is switched on when it is off.
 * @returns what was done or why guests stay among themselves: a sentence for the progress line
 */
export async function ensureNat(folder: DataFolder, network: GuestNetwork): Promise<string | undefined> {
  try {
    for (const [table, chain, rule] of natRules(network)) {
      const known = await runProgram(['iptables', '-w', '-t', table, '-C', chain, ...rule]).then(
        () => true,
        () => false,
      );
      if (!known) await runProgram(['iptables', '-w', '-t', table, '-I', chain, ...rule]);
    }
    if (readFileSync(FORWARDING_SWITCH, 'latin1').trim() !== '0') return undefined;
    writeFileSync(FORWARDING_SWITCH, '1');
    folder.settings.switchedForwardingOn = true;
    folder.save();
    return 'switched IPv4 forwarding of this machine on, so that guests reach the world';
  } catch (error) {
    return `guests cannot reach other networks: ${textOf(error).split('\n')[0] ?? ''}`;
  }
}

/** Takes the rules away, and switches forwarding off when this folder switched it on and nobody else's guests need it. */
export async function removeNat(folder: DataFolder, network: GuestNetwork): Promise<void> {
  for (const [table, chain, rule] of natRules(network))
    await runProgram(['iptables', '-w', '-t', table, '-D', chain, ...rule]).catch(() => undefined);
  if (folder.settings.switchedForwardingOn !== true) return;
  const others = await runProgram(['ip', '-o', 'link', 'show', 'type', 'bridge']).catch(() => '');
  const bridges = others.split('\n').filter((line) => line !== '' && !line.includes(` ${folder.bridge}:`));
  if (bridges.length === 0) writeFileSync(FORWARDING_SWITCH, '0');
  folder.settings.switchedForwardingOn = false;
  folder.save();
}
