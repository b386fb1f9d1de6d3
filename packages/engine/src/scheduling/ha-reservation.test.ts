import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unreservedHosts, type HaHost } from './ha-reservation.ts';

const gib = 1024 ** 3;
const vm = (gibibytes: number, cpuPercent = 1) => ({ memoryBytes: gibibytes * gib, cpuPercent });
const host = (name: string, freeGib: number, vms: HaHost['vms'] = [], freeCpuPercent = 90): HaHost => ({
  name,
  freeMemoryBytes: freeGib * gib,
  freeCpuPercent,
  vms,
});

test('highly available VMs of a host that fails must find room on the others', () => {
  const cases: readonly (readonly [string, HaHost[], string[]])[] = [
    ['no host', [], []],
    ['one host has none beside it', [host('a', 100)], ['a']],
    ['nothing to reserve', [host('a', 0), host('b', 0)], []],
    ['room on the other', [host('a', 8, [vm(4)]), host('b', 4)], []],
    ['its own room does not count', [host('a', 8, [vm(4)]), host('b', 3)], ['a']],
    ['what one VM takes another has not', [host('a', 0, [vm(4), vm(4)]), host('b', 6)], ['a']],
    ['spread over two', [host('a', 0, [vm(4), vm(4)]), host('b', 6), host('c', 4)], []],
    ['each host is looked at alone', [host('a', 4, [vm(4)]), host('b', 4, [vm(4)])], []],
    ['CPUs count as well', [host('a', 8, [vm(1, 50)]), host('b', 8, [], 40)], ['a']],
  ];
  for (const [what, hosts, expected] of cases) assert.deepEqual(unreservedHosts(hosts), expected, what);
});
