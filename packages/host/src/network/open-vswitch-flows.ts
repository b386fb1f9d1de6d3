import type { SwitchBridge, SwitchPort } from './open-vswitch.ts';

/** Frames that no rule is about are switched as ever. */
const everything = 'priority=0,actions=NORMAL';

const forged = (port: number): string => `priority=100,in_port=${port},actions=drop`;
const ownFrames = (port: number, address: string): string => `priority=110,in_port=${port},dl_src=${address},actions=NORMAL`;
const foreignArp = (port: number): string => `priority=120,in_port=${port},arp,actions=drop`;
const ownArp = (port: number, address: string): string =>
  `priority=130,in_port=${port},arp,dl_src=${address},arp_sha=${address},actions=NORMAL`;

/**
 * Network filters that hold on Open vSwitch, where libvirt's own do nothing: each as the flows of a port. Named like those of
 * libvirt which they stand for.
 */
const filters: Record<string, (port: number, address: string) => string[]> = {
  'vdsm-no-mac-spoofing': (port, address) => [forged(port), ownFrames(port, address), foreignArp(port), ownArp(port, address)],
  'no-mac-spoofing': (port, address) => [forged(port), ownFrames(port, address)],
  'no-arp-mac-spoofing': (port, address) => [foreignArp(port), `priority=130,in_port=${port},arp,arp_sha=${address},actions=NORMAL`],
};

/** Names of the network filters that NICs on Open vSwitch may have. */
export const switchFilters: ReadonlySet<string> = new Set(Object.keys(filters));

const flowsOfPort = ({ vmNic }: SwitchPort): string[] => {
  const flows = vmNic && vmNic.number > 0 ? filters[vmNic.profile] : undefined;
  return flows && vmNic && /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(vmNic.address) ? flows(vmNic.number, vmNic.address) : [];
};

/** The flows that a bridge is to have, so that the filters of the VMs' NICs on it hold. Pure. */
export const flowsOf = (bridge: SwitchBridge): string[] => [everything, ...bridge.ports.flatMap(flowsOfPort)];
