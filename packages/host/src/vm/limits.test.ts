import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseXml } from '../domain-xml/parse.ts';
import { cpuQuota, saidCpuLimit } from './limits.ts';

test('a share of the host is divided among the CPUs of the guest', () => {
  assert.deepEqual(cpuQuota(50, 8, 4), { quotaUs: 100_000, periodUs: 100_000 });
  assert.deepEqual(cpuQuota(10, 2, 1), { quotaUs: 20_000, periodUs: 100_000 });
  const small = cpuQuota(1, 1, 16);
  assert.ok(small.quotaUs >= 1000, 'libvirt takes no less');
  assert.ok(Math.abs(small.quotaUs / small.periodUs - 0.01 / 16) < 1e-6, 'a longer period keeps the share');
});

test('the share is read of the metadata, unless it is none', () => {
  const said = (text: string) =>
    saidCpuLimit(parseXml(`<domain xmlns:t="http://ovirt.org/vm/tune/1.0"><metadata><t:qos>${text}</t:qos></metadata></domain>`));
  assert.equal(said('<t:vcpuLimit>25</t:vcpuLimit>'), 25);
  for (const text of ['', '<t:vcpuLimit>0</t:vcpuLimit>', '<t:vcpuLimit>much</t:vcpuLimit>', '<t:vcpuLimit>101</t:vcpuLimit>'])
    assert.equal(said(text), undefined, text);
});
