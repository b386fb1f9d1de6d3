import { access } from 'node:fs/promises';
import type { AgentLog } from '../log.ts';
import type { Hypervisor } from './hypervisor.ts';

/** Where libvirt finds the tool that its network filters need. */
const filterTools = ['/usr/sbin/ebtables', '/sbin/ebtables', '/usr/bin/ebtables'];

/** The filter that vNIC profiles use unless they say otherwise: a guest sends with its own MAC address only. */
const noMacSpoofing = `<filter name='vdsm-no-mac-spoofing' chain='root'>
  <rule action='drop' direction='out' priority='300'><mac match='no' srcmacaddr='$MAC'/></rule>
  <rule action='drop' direction='out' priority='350'><arp match='no' arpsrcmacaddr='$MAC'/></rule>
</filter>`;

async function hasFilterTool(): Promise<boolean> {
  const found = await Promise.all(
    filterTools.map((path) =>
      access(path).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

/** Defines the filter that engines expect of every host, and gives the names of all that guests' NICs may have here. */
export async function prepareNetworkFilters(hypervisor: Hypervisor, log: AgentLog): Promise<Set<string>> {
  if (!(await hasFilterTool())) {
    log.warn({}, 'ebtables is not installed: VMs whose NICs have a network filter will not start');
    return new Set();
  }
  return await hypervisor.run('control', async (connection) => {
    const list = async (): Promise<Set<string>> =>
      new Set((await connection.call('CONNECT_LIST_ALL_NWFILTERS', { need_results: 1, flags: 0 })).filters.map((filter) => filter.name));
    const names = await list();
    if (names.has('vdsm-no-mac-spoofing')) return names;
    await connection.call('NWFILTER_DEFINE_XML', { xml: noMacSpoofing });
    return await list();
  });
}
