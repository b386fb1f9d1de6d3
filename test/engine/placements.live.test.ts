// Budget: 60 s
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultClusterId, expectStatus, Installation } from './installation.ts';
import type { Json } from './rest-client.ts';

test('a start leaves what the scheduler thought of every host, and a refused one does too', async (t) => {
  const installation = await Installation.start({ hosts: 2 });
  t.after(() => installation.stop());
  const { rest } = installation;
  const vm = expectStatus(
    await rest.post('/vms', { name: 'placed', memory: '268435456', cluster: { id: defaultClusterId }, template: { name: 'Blank' } }),
    201,
    202,
  );
  const placements = async () => expectStatus(await rest.get(`/virgate/api/vms/${vm.id}/placements`), 200) as unknown as Json[];
  assert.deepEqual(await placements(), []);
  expectStatus(await rest.post(`/vms/${vm.id}/start`, {}), 200, 202);
  const [first] = await placements();
  assert.equal(first?.hosts.length, 2);
  const chosen = first?.hosts.find((host: { place: number }) => host.place === 1);
  assert.deepEqual([first?.host, chosen.accepted, chosen.reasons], [chosen.id, true, []]);
  assert.ok(first?.weights.length > 0 && chosen.scores.length > 0);
  assert.deepEqual(first?.weights.map((one: { unit: string }) => one.unit).includes(chosen.scores[0].unit), true);
  expectStatus(await rest.post(`/vms/${vm.id}/stop`, {}), 200, 202);

  for (const host of installation.hosts) expectStatus(await rest.post(`/hosts/${host.id}/deactivate`, {}), 200, 202);
  const refused = await rest.post(`/vms/${vm.id}/start`, {});
  assert.equal(refused.status, 400, refused.text);
  const [second, ...others] = await placements();
  assert.deepEqual([second?.host, second?.code, others.length], [null, 'SCHEDULING_NO_HOSTS', 1]);
  assert.deepEqual(
    second?.hosts.map((host: { accepted: boolean; reasons: { code: string }[] }) => [host.accepted, host.reasons[0]?.code]),
    [
      [false, 'HOST_NOT_UP'],
      [false, 'HOST_NOT_UP'],
    ],
  );
  assert.equal((await rest.as(null).get(`/virgate/api/vms/${vm.id}/placements`)).status, 401);
});

test('VMs that have CPUs for themselves get others than those that run, or no host', async (t) => {
  const installation = await Installation.start({ hosts: 1 });
  t.after(() => installation.stop());
  const { rest } = installation;
  const [host] = installation.hosts;
  const addVm = async (name: string, policy: string, cores: number): Promise<string> =>
    expectStatus(
      await rest.post('/vms', {
        name,
        memory: '268435456',
        cluster: { id: defaultClusterId },
        template: { name: 'Blank' },
        cpu_pinning_policy: policy,
        cpu: { topology: { cores } },
      }),
      201,
      202,
    ).id as string;
  const start = async (id: string) => rest.post(`/vms/${id}/start`, {});
  const dynamicCpus = async (id: string): Promise<string[]> =>
    ((await rest.get(`/vms/${id}`)).body.dynamic_cpu?.cpu_tune?.vcpu_pins?.vcpu_pin ?? []).map((pin: Json) => pin.cpu_set);
  const [first, second, third] = [
    await addVm('first', 'dedicated', 6),
    await addVm('second', 'isolate_threads', 6),
    await addVm('third', 'dedicated', 6),
  ];
  // Two at once: neither gets what the other has.
  const answers = await Promise.all([start(first), start(second)]);
  for (const answer of answers) expectStatus(answer, 200, 202);
  const cpus = [...(await dynamicCpus(first)), ...(await dynamicCpus(second))];
  assert.equal(new Set(cpus).size, 12, cpus.join());
  const domain = (await installation.domainOf(second)) ?? '';
  const pins = [...domain.matchAll(/<vcpupin vcpu="(\d+)" cpuset="(\d+)"\/>/g)].map(([, , cpu]) => cpu);
  assert.deepEqual(pins, await dynamicCpus(second));
  assert.match(domain, /<ovirt-vm:cpuPolicy>isolate-threads</);
  const units = (await rest.get(`/hosts/${host?.id}/cpuunits`)).body.host_cpu_unit as Json[];
  assert.deepEqual(
    units.filter((unit) => unit.vms?.vm?.[0]?.id === first).map((unit) => unit.cpu_id),
    (await dynamicCpus(first)).toSorted((a, b) => Number(a) - Number(b)),
  );

  const refused = await start(third);
  assert.deepEqual([refused.status, /CpuPinning: it has too few free CPUs/.test(refused.text)], [409, true], refused.text);
  const [placement] = (await rest.get(`/virgate/api/vms/${third}/placements`)).body as unknown as Json[];
  assert.deepEqual(
    placement?.hosts[0].reasons.map((reason: Json) => reason.code),
    ['VAR__DETAIL__VM_PINNING_DEDICATED_NOT_FIT'],
  );
  const shared = await addVm('shared', 'none', 5);
  assert.match((await start(shared)).text, /CPU: it has too few CPUs for the VM: 4/, 'four are left to share');

  // No processor is plugged into such a VM, and none stays taken when it is down.
  await installation.vmStatus(first, 'up');
  const plug = await rest.put(`/vms/${first}`, { cpu: { topology: { sockets: 2 } } });
  assert.deepEqual([plug.status, /has its CPUs for itself/.test(plug.text)], [400, true], plug.text);
  expectStatus(await rest.post(`/vms/${first}/stop`, {}), 200, 202);
  await installation.vmStatus(first, 'down');
  assert.deepEqual(await dynamicCpus(first), []);
  expectStatus(await start(third), 200, 202);

  // One that follows its host does not run beside them; alone it has all but a core.
  const whole = await addVm('whole', 'resize_and_pin_numa', 1);
  assert.match((await start(whole)).text, /CpuPinning: other VMs have CPUs of it for themselves/);
  for (const id of [second, third]) {
    expectStatus(await rest.post(`/vms/${id}/stop`, {}), 200, 202);
    await installation.vmStatus(id, 'down');
  }
  const flags = [{ name: 'extra_cpu_flags', value: '+md-clear' }];
  expectStatus(await rest.put(`/vms/${whole}`, { custom_properties: { custom_property: flags } }), 200);
  expectStatus(await start(whole), 200, 202);
  const shown = (await rest.get(`/vms/${whole}`)).body;
  assert.deepEqual([shown.cpu.topology.cores, shown.dynamic_cpu.topology.cores, (await dynamicCpus(whole)).length], ['1', '15', 15]);
  const resized = (await installation.domainOf(whole)) ?? '';
  assert.match(resized, /<vcpu current="15">240<[^]*<topology sockets="16" cores="15" threads="1"\/>[^]*<vcpupin vcpu="14" cpuset="15"\/>/);
  assert.match(resized, /<feature name="md-clear" policy="require"\/><numa>/);
  assert.match(resized, /<ovirt-vm:cpuPolicy>manual</);

  // Pages that the host does not keep, and a program that it does not have.
  const known = { value: 'localdisk=^(lvm|lvmthin)$', version: '4.7' };
  expectStatus(await rest.put('/virgate/api/options/UserDefinedVMProperties', known), 204);
  expectStatus(await rest.post('/reloadconfigurations', {}), 200);
  const special = [
    { name: 'hugepages', value: '2048' },
    { name: 'localdisk', value: 'lvm' },
  ];
  expectStatus(await rest.put(`/vms/${second}`, { cpu_pinning_policy: 'none', custom_properties: { custom_property: special } }), 200);
  assert.match(
    (await start(second)).text,
    /HugePages: it has 0 huge pages of 2048 KiB free, and 128 are needed; Host-hooks: it does not have these hooks: /,
  );

  const numa = expectStatus(
    await rest.post(`/vms/${third}/numanodes`, { index: 0, memory: 256, cpu: { cores: { core: [{ index: 0 }] } } }),
    201,
  );
  const bound = await rest.put(`/vms/${third}/numanodes/${numa.id}`, { numa_node_pins: { numa_node_pin: [{ index: 0 }] } });
  assert.match(bound.text, /cpu_pinning_policy: a VM whose NUMA nodes are pinned/);
  expectStatus(await rest.put(`/vms/${third}`, { cpu_pinning_policy: 'none' }), 200);
  expectStatus(await rest.put(`/vms/${third}/numanodes/${numa.id}`, { numa_node_pins: { numa_node_pin: [{ index: 0 }] } }), 200);
  const again = await rest.put(`/vms/${third}`, { cpu_pinning_policy: 'dedicated' });
  assert.match(again.text, /cpu_pinning_policy: a VM whose NUMA nodes are pinned/);
});
