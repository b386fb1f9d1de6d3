import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasVirtualization, probeBootSector } from './accelerator.ts';

test('the probe is a boot sector', () => {
  const sector = probeBootSector();
  assert.equal(sector.length, 512);
  assert.equal(sector.readUInt16LE(510), 0xaa55);
});

test("a processor's flags tell whether it runs guests", () => {
  assert.equal(hasVirtualization('model name\t: x\nflags\t\t: fpu vme svm lm\n'), true);
  assert.equal(hasVirtualization('flags\t\t: fpu vmx\n'), true);
  assert.equal(hasVirtualization('model name\t: vmx\nflags\t\t: fpu hypervisor\nvmx flags\t: ept\n'), false);
});
