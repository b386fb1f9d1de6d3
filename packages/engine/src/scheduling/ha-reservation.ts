/** A highly available VM by what another host would have to have for it. */
export interface HaVm {
  /** What it is guaranteed, or uses, whichever is more. */
  memoryBytes: number;
  /** Of the CPUs of the host that it runs on. */
  cpuPercent: number;
}

/** A host that is up, with what it still has. */
export interface HaHost {
  name: string;
  freeMemoryBytes: number;
  freeCpuPercent: number;
  vms: readonly HaVm[];
}

/** Whether the other hosts have room for all VMs of a host, each put onto the first that has. */
function isSafe(host: HaHost, hosts: readonly HaHost[]): boolean {
  const others = hosts.filter((one) => one !== host).map((one) => ({ memory: one.freeMemoryBytes, cpu: one.freeCpuPercent }));
  return host.vms.every((vm) => {
    const place = others.find((one) => one.memory >= vm.memoryBytes && one.cpu >= vm.cpuPercent);
    if (!place) return false;
    place.memory -= vm.memoryBytes;
    place.cpu -= vm.cpuPercent;
    return true;
  });
}

/**
 * Hosts of a cluster whose highly available VMs would find no room elsewhere if the host failed. Pure. A single host is one.
 * Source: scheduler, HA reservation check.
 */
export const unreservedHosts = (hosts: readonly HaHost[]): string[] =>
  hosts.filter((host) => hosts.length < 2 || !isSafe(host, hosts)).map((host) => host.name);
