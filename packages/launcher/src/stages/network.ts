import { ProcessWatch } from '../process/watch.ts';
import type { Stage } from '../progress.ts';
import { ensureBridge, ensureNat } from '../system/bridge.ts';
import { ensureDhcp } from '../system/dhcp.ts';
import type { System } from '../system.ts';

/** The guests' own network behind this machine's address. */
export function networkStage(system: System): Stage {
  const { folder, say } = system;
  return {
    title: "guests' network",
    async run(report) {
      const network = await ensureBridge(folder);
      system.network = network;
      report.note(`${network.cidr} on ${network.bridge}`);
      const remark = await ensureNat(folder, network);
      if (remark !== undefined) report.note(remark);
      const pid = await ensureDhcp(folder, network);
      system.watches.push(new ProcessWatch({ title: 'dnsmasq', pid, say, restart: async () => ensureDhcp(folder, network) }));
    },
  };
}
