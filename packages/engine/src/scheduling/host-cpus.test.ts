import assert from 'node:assert/strict';
import { test } from 'node:test';
import { autoPinning, chooseCpus, hostCpusOf, type HostCpu, type RunPinning } from './host-cpus.ts';

/** A host of two sockets, each a NUMA node with four cores of two threads; the second threads are numbered behind all first ones. */
const host: HostCpu[] = Array.from({ length: 16 }, (_, id) => ({
  id,
  core: id % 4,
  socket: Math.trunc(id / 4) % 2,
  node: Math.trunc(id / 4) % 2,
}));

test('a VM gets all of its host but for a core of each socket', () => {
  assert.deepEqual(autoPinning(host, null), {
    topology: { sockets: 2, cores: 3, threads: 2 },
    cpus: [1, 9, 2, 10, 3, 11, 5, 13, 6, 14, 7, 15],
    nodes: [
      { index: 0, vcpus: [0, 1, 2, 3, 4, 5] },
      { index: 1, vcpus: [6, 7, 8, 9, 10, 11] },
    ],
  });
});

test('a VM that keeps its shape fills one socket before the next', () => {
  assert.deepEqual(autoPinning(host, { sockets: 1, cores: 4, threads: 1 }), {
    topology: { sockets: 1, cores: 4, threads: 1 },
    cpus: [1, 9, 2, 10],
    nodes: [{ index: 0, vcpus: [0, 1, 2, 3] }],
  });
  assert.equal(autoPinning(host, { sockets: 13, cores: 1, threads: 1 }), null, 'there are twelve');
  assert.equal(autoPinning([], null), null, 'a host that does not say what it has');
  assert.deepEqual(autoPinning([{ id: 0, core: 0, socket: 0, node: 0 }], null)?.cpus, [0], 'an only core is shared');
});

const reported = host.map(({ id, core, socket, node }) => ({ cpu_id: id, core_id: core, socket_id: socket, numa_cell_id: node }));
const hostWith = (agents: number[], ...vms: { chosen: RunPinning | null; pins: number[] }[]) => hostCpusOf(reported, agents, vms);
const chosen = (found: ReturnType<typeof chooseCpus>): RunPinning => {
  assert.ok(typeof found !== 'string', String(found));
  return found;
};

test('a VM gets CPUs for itself: the threads of its cores on one core, a socket of it on one socket', () => {
  const first = chosen(chooseCpus('dedicated', { sockets: 1, cores: 3, threads: 2 }, hostWith([0])));
  assert.deepEqual(first.cpus, [[1], [9], [2], [10], [3], [11]], 'the core of the agent has no two threads free');
  assert.deepEqual(first.cores, ['0/1', '0/2', '0/3']);
  const second = chosen(chooseCpus('dedicated', { sockets: 1, cores: 2, threads: 2 }, hostWith([0], { chosen: first, pins: [] })));
  assert.deepEqual(second.cpus, [[4], [12], [5], [13]], 'not those of the first');
  const apart = { chosen: second, pins: [] };
  assert.equal(
    chooseCpus('dedicated', { sockets: 1, cores: 3, threads: 2 }, hostWith([0], { chosen: first, pins: [] }, apart)),
    'VAR__DETAIL__VM_PINNING_DEDICATED_NOT_FIT',
  );
  assert.deepEqual(
    chosen(chooseCpus('dedicated', { sockets: 1, cores: 5, threads: 1 }, hostWith([0], { chosen: first, pins: [6] }, apart))).cpus.length,
    4 + 1,
    'what is left: one thread beside the agent, one beside the pinned CPU, and the last core',
  );
  assert.deepEqual(
    chosen(chooseCpus('dedicated', { sockets: 1, cores: 6, threads: 2 }, hostWith([]))).cpus.length,
    12,
    'over both sockets when one is too small',
  );
});

test('a VM that isolates its threads gets whole cores', () => {
  const found = chosen(chooseCpus('isolate_threads', { sockets: 2, cores: 1, threads: 1 }, hostWith([1])));
  assert.deepEqual(
    [found.cpus, found.cores],
    [
      [
        [0, 8],
        [2, 10],
      ],
      ['0/0', '0/2'],
    ],
  );
  assert.deepEqual(hostWith([], { chosen: found, pins: [] }).exclusive, new Set([0, 8, 2, 10]));
  assert.equal(
    chooseCpus('isolate_threads', { sockets: 1, cores: 8, threads: 1 }, hostWith([1])),
    'VAR__DETAIL__VM_PINNING_DEDICATED_NOT_FIT',
  );
});

test('a VM that follows its host goes on only where it would be the same machine', () => {
  const found = chosen(chooseCpus('resize_and_pin_numa', { sockets: 1, cores: 1, threads: 1 }, hostWith([])));
  assert.deepEqual(found.topology, { sockets: 2, cores: 3, threads: 2 });
  const small = hostCpusOf(reported.slice(0, 4), [], []);
  assert.equal(chosen(chooseCpus('resize_and_pin_numa', found.topology, small)).cpus.length, 3);
  assert.equal(chooseCpus('resize_and_pin_numa', found.topology, small, found), 'VAR__DETAIL__VM_PINNING_PCPU_DOES_NOT_EXIST');
  assert.equal(
    chooseCpus('resize_and_pin_numa', found.topology, hostCpusOf(reported.slice(0, 1), [], [])),
    'VAR__DETAIL__NOT_ENOUGH_CORES_PER_SOCKET_FOR_RESIZE_AND_PIN',
  );
  const pinned = chooseCpus('dedicated', { sockets: 1, cores: 9, threads: 1 }, hostWith([], { chosen: found, pins: [] }));
  assert.equal(pinned, 'VAR__DETAIL__VM_PINNING_DEDICATED_NOT_FIT', 'what others are pinned to is not taken from them');
  assert.equal(hostWith(host.map((cpu) => cpu.id)).agents.size, 0, 'an agent that is everywhere');
});
