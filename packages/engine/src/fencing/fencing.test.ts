import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configOptions } from '@virgate/contract/generated/config-options';
import type { HostStatus } from '@virgate/contract/generated/types';
import { defaultOf, general } from '../options/values.ts';
import { agentParameters, type FenceAgent, type FenceConfiguration } from './agent-parameters.ts';
import { decideFencing, type Reason, type Situation } from './decision.ts';
import { orderProxies, preferencesOf, type ProxyCandidate } from './proxies.ts';

const contract = (name: keyof FenceConfiguration, version = general): string => {
  const option = configOptions.find((one) => one.name === name);
  assert.ok(option, name);
  return defaultOf(option, version);
};
const configuration: FenceConfiguration = {
  FenceAgentMapping: contract('FenceAgentMapping'),
  CustomFenceAgentMapping: contract('CustomFenceAgentMapping'),
  VdsFenceOptionMapping: contract('VdsFenceOptionMapping', '4.7'),
  CustomVdsFenceOptionMapping: contract('CustomVdsFenceOptionMapping'),
  FenceAgentDefaultParams: contract('FenceAgentDefaultParams'),
  CustomFenceAgentDefaultParams: contract('CustomFenceAgentDefaultParams'),
  VdsFenceOptionTypes: contract('VdsFenceOptionTypes'),
};
const agent = (more: Partial<FenceAgent>): FenceAgent => ({
  id: 'a',
  type: 'ipmilan',
  address: '192.0.2.1',
  port: null,
  username: 'admin',
  password: 'secret',
  encryptOptions: false,
  options: [],
  ...more,
});

const parameterTable: { it: string; given: Partial<FenceAgent>; is: { agent: string; port: number; options: string } }[] = [
  { it: 'an agent without options', given: {}, is: { agent: 'ipmilan', port: 0, options: '' } },
  {
    it: 'a port by the name that the program gives it',
    given: { port: 6230 },
    is: { agent: 'ipmilan', port: 0, options: 'ipport=6230\n' },
  },
  { it: 'a port that has no such name', given: { type: 'rsb', port: 99 }, is: { agent: 'rsb', port: 99, options: '' } },
  {
    it: 'options by the names that the program gives them',
    given: {
      type: 'apc',
      port: 161,
      options: [
        { name: 'slot', value: '7' },
        { name: 'secure', value: 'true' },
      ],
    },
    is: { agent: 'apc', port: 0, options: 'ipport=161\nport=7\nsecure=1\n' },
  },
  {
    it: 'a switch that is off',
    given: { type: 'apc', options: [{ name: 'secure', value: 'false' }] },
    is: { agent: 'apc', port: 0, options: '' },
  },
  {
    it: 'a type that is another program with defaults of its own',
    given: { type: 'drac7', options: [{ name: 'delay', value: '1' }] },
    is: { agent: 'ipmilan', port: 0, options: 'privlvl=OPERATOR\nlanplus=1\ndelay=1\n' },
  },
  {
    it: 'an option that only the program knows',
    given: { options: [{ name: 'cipher', value: '3' }] },
    is: { agent: 'ipmilan', port: 0, options: 'cipher=3\n' },
  },
  {
    it: 'encrypted options',
    given: { type: 'apc_snmp', encryptOptions: true },
    is: { agent: 'apc_snmp', port: 0, options: 'encrypt_options=1\n' },
  },
];
for (const { it, given, is } of parameterTable)
  test(`parameters: ${it}`, () => {
    const { agent: program, port, options, password } = agentParameters(agent(given), configuration);
    assert.deepEqual({ agent: program, port, options, password }, { ...is, password: 'secret' });
  });

const candidate = (name: string, clusterId: string, dataCenterId: string | null, status: HostStatus = 'up'): ProxyCandidate => ({
  id: name,
  name,
  status,
  clusterId,
  dataCenterId,
});
const target = { id: 'target', clusterId: 'c1', dataCenterId: 'd1' };
const candidates = [
  candidate('target', 'c1', 'd1'),
  candidate('far', 'c9', 'd9'),
  candidate('near-ill', 'c1', 'd1', 'non_operational'),
  candidate('near', 'c1', 'd1'),
  candidate('same-dc', 'c2', 'd1'),
  candidate('away', 'c1', 'd1', 'non_responsive'),
  candidate('resting', 'c1', 'd1', 'maintenance'),
];

test('proxies come in the order of the preferences, those that are up first', () => {
  const names = (preferences: Parameters<typeof orderProxies>[2]): string[] =>
    orderProxies(target, candidates, preferences).map((one) => one.name);
  assert.deepEqual(names(['cluster', 'dc']), ['near', 'near-ill', 'same-dc']);
  assert.deepEqual(names(['dc', 'cluster', 'other_dc']), ['same-dc', 'near', 'near-ill', 'far']);
  assert.deepEqual(names([]), []);
});

test('a host without preferences has those of the configuration', () => {
  assert.deepEqual(preferencesOf([], 'cluster, dc,moon'), ['cluster', 'dc']);
  assert.deepEqual(preferencesOf([{ type: 'other_dc' }, { type: 'other_dc' }], 'cluster'), ['other_dc']);
});

const normal: Situation = {
  status: 'non_responsive',
  externalStatusOk: true,
  powerManagement: 'automatic',
  policy: { enabled: true },
  engineUpMs: 600_000,
  quietAtStartMs: 300_000,
  clusterHosts: 4,
  clusterHostsAway: 1,
  allHosts: 8,
  allHostsAway: 1,
};
const decisions: { it: string; when: Partial<Situation>; because: Reason | null }[] = [
  { it: 'one host is away', when: {}, because: null },
  { it: 'the host has come back', when: { status: 'up' }, because: 'host_answers' },
  { it: 'the host is just being looked for', when: { status: 'connecting' }, because: 'host_answers' },
  { it: 'the engine has just started', when: { engineUpMs: 299_999 }, because: 'just_started' },
  { it: 'the policy of the cluster forbids it', when: { policy: { enabled: false } }, because: 'disabled_by_policy' },
  {
    it: 'half of the cluster is away',
    when: { clusterHostsAway: 2, policy: { skip_if_connectivity_broken: { enabled: true, threshold: 50 } } },
    because: 'connectivity_broken',
  },
  {
    it: 'less than the threshold is away',
    when: { policy: { skip_if_connectivity_broken: { enabled: true, threshold: 50 } } },
    because: null,
  },
  { it: 'the threshold is not asked for', when: { clusterHostsAway: 3, allHostsAway: 3 }, because: null },
  { it: 'all hosts are away at once', when: { clusterHostsAway: 4, allHostsAway: 8 }, because: 'engine_is_cut_off' },
  { it: 'the only host is away', when: { clusterHosts: 1, clusterHostsAway: 1, allHosts: 1, allHostsAway: 1 }, because: null },
  { it: 'it has no power management', when: { powerManagement: 'none' }, because: 'no_power_management' },
  { it: 'its power management is for people only', when: { powerManagement: 'manual' }, because: 'manual_power_management' },
  { it: 'an outside system says that it is ill', when: { externalStatusOk: false }, because: 'external_status' },
];
for (const { it, when, because } of decisions)
  test(`fencing: ${it}`, () => {
    const decision = decideFencing({ ...normal, ...when });
    assert.deepEqual(decision, because === null ? { fence: true, unlessActiveOnStorage: false } : { fence: false, because });
  });

test('however many hosts an installation has, losing all of them fences none', () => {
  for (let hosts = 2; hosts < 40; hosts += 1)
    for (let clusterHosts = 1; clusterHosts <= hosts; clusterHosts += 1)
      assert.equal(
        decideFencing({ ...normal, clusterHosts, clusterHostsAway: clusterHosts, allHosts: hosts, allHostsAway: hosts }).fence,
        false,
      );
});

test('storage is asked first where the policy says so', () => {
  assert.deepEqual(decideFencing({ ...normal, policy: { skip_if_sd_active: { enabled: true } } }), {
    fence: true,
    unlessActiveOnStorage: true,
  });
});
