import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serialize } from './element.ts';
import { cpuRanges, numaCells, numaTuneElement, type VirtualNumaCell } from './numa.ts';

const mib = 1024 ** 2;
const node = (index: number, cpus: number[], pins: number[] = []): VirtualNumaCell => ({
  index,
  memoryBytes: 256 * mib,
  cpus,
  pins,
  tuneMode: 'strict',
});

test('CPUs are listed as ranges', () => {
  assert.equal(cpuRanges([3, 0, 1, 2, 6]), '0-3,6');
  assert.equal(cpuRanges([]), '');
});

test('a guest without virtual nodes has one cell of everything', () => {
  assert.deepEqual(numaCells([], 32, 512 * mib).map(serialize), ['<cell id="0" cpus="0-31" memory="524288"/>']);
  assert.equal(numaTuneElement([]), null);
});

test('the last node gets the CPUs that can be plugged and the rest of the memory', () => {
  assert.deepEqual(numaCells([node(0, [0, 1]), node(1, [2, 3])], 8, 600 * mib).map(serialize), [
    '<cell id="0" cpus="0-1" memory="262144"/>',
    '<cell id="1" cpus="2-7" memory="352256"/>',
  ]);
});

test('memory of pinned nodes is bound to nodes of the host', () => {
  const tune = numaTuneElement([node(0, [0], [1]), node(1, [1])]);
  assert.equal(tune === null ? '' : serialize(tune), '<numatune><memnode cellid="0" mode="strict" nodeset="1"/></numatune>');
});
