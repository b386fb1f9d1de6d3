import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { VdsmError } from '@virgate/vdsm';
import { runCommand } from '../command.ts';
import { errorCode, invalidParameter, readText } from '../verb.ts';
import { networkErrorCode } from './configuration.ts';
import type { OpenVSwitch, SwitchFacts } from './open-vswitch.ts';

/** The bridge on which the ports of OVN's networks are. */
export const integrationBridge = 'br-int';
/** As what the network provider of OVN is known to engines. Source: VDSM, capabilities, openstack_binding_host_ids. */
export const ovnPluginType = 'OVIRT_PROVIDER_OVN';

const controlScript = '/usr/share/ovn/scripts/ovn-ctl';
const systemdFolder = '/run/systemd/system';
const startTimeoutMs = 30_000;
const maximumRemoteLength = 1024;
const remotePattern = /^(?:tcp|ssl):(?:\[[0-9a-fA-F:.]+\]|[\w.-]+):\d{1,5}$/;

/** Files by which a chassis shows who it is, to databases that it reaches by TLS. */
export interface ChassisTls {
  keyFile: string;
  certFile: string;
  caFile: string;
}

export interface ChassisOptions {
  openVSwitch: OpenVSwitch;
  /** As what the host is known to OVN when nobody named it yet. */
  systemId: string;
  /** Where other hosts send its tunnels unless the engine says where. */
  tunnelAddress: string;
  tls: ChassisTls;
  /** Where the controller writes its log on a host without systemd. */
  logDirectory: string;
  /** Stands before every command, for a network namespace. */
  prefix: readonly string[];
}

/** What a host is to OVN: by which name it is known, and whether its guests can be on OVN's networks. Pure. */
export function chassisFacts(facts: SwitchFacts | undefined): { systemId: string; isConfigured: boolean } {
  const { 'system-id': systemId = '', 'ovn-remote': remote, 'ovn-encap-ip': address } = facts?.externalIds ?? {};
  const isConfigured = remote !== undefined && address !== undefined && systemId !== '' && hasIntegrationBridge(facts);
  return { systemId, isConfigured };
}

const hasIntegrationBridge = (facts: SwitchFacts | undefined): boolean =>
  facts?.bridges.some((bridge) => bridge.name === integrationBridge) === true;

/** The host as a chassis of OVN: which databases its controller follows, and where its tunnels end. */
export class Chassis {
  readonly #options: ChassisOptions;

  constructor(options: ChassisOptions) {
    this.#options = options;
  }

  /**
   * `Virgate.setupOvn {remote, tunnelAddress?}`: makes the host a chassis, as `vdsm-tool ovn-config` does on a host of oVirt, and starts its
   * controller. The same again changes nothing.
   * @throws VdsmError
   */
  async setup(params: Record<string, unknown>): Promise<void> {
    const { openVSwitch, systemId, tls } = this.#options;
    const remote = readText(params, 'remote', maximumRemoteLength);
    if (!remote.split(',').every((one) => remotePattern.test(one)))
      throw invalidParameter('remote', 'addresses of the southbound database are needed, such as ssl:192.0.2.1:6642');
    const asked = params['tunnelAddress'] === undefined ? '' : readText(params, 'tunnelAddress', maximumRemoteLength);
    const tunnelAddress = asked === '' ? this.#options.tunnelAddress : asked;
    if (isIP(tunnelAddress) === 0) throw invalidParameter('tunnelAddress', `an address of this host is needed, not ${tunnelAddress}`);
    const facts = await openVSwitch.facts();
    if (!facts) throw unable('This host runs no Open vSwitch: install openvswitch-switch and start it');
    if (!existsSync(controlScript)) throw unable('This host has no OVN: install ovn-host');
    const wanted = {
      'system-id': facts.externalIds['system-id'] ?? systemId,
      'ovn-remote': remote,
      'ovn-encap-type': 'geneve',
      'ovn-encap-ip': tunnelAddress,
      'ovn-bridge': integrationBridge,
      'ovn-bridge-datapath-type': await openVSwitch.datapath(),
    };
    const changed = Object.entries(wanted).filter(([name, value]) => facts.externalIds[name] !== value);
    const settings = changed.map(([name, value]) => `external_ids:${name}=${JSON.stringify(value)}`);
    if (settings.length > 0) await openVSwitch.run(['--', 'set', 'Open_vSwitch', '.', ...settings]);
    if (remote.includes('ssl:')) await openVSwitch.run(['--', 'set-ssl', tls.keyFile, tls.certFile, tls.caFile]);
    await this.#startController();
  }

  /** Starts what follows OVN's databases; one that runs goes on. */
  async #startController(): Promise<void> {
    const { prefix, logDirectory } = this.#options;
    const command = existsSync(systemdFolder)
      ? ['systemctl', 'start', 'ovn-controller']
      : ['env', `OVN_LOGDIR=${logDirectory}`, controlScript, 'start_controller'];
    await runCommand([...prefix, ...command], { timeoutMs: startTimeoutMs }).catch((error: unknown) => {
      throw new VdsmError(errorCode.general, `The controller of OVN does not start: ${String(error)}`, { cause: error });
    });
  }
}

const unable = (text: string): VdsmError => new VdsmError(networkErrorCode.failedInterfaceUp, text);
