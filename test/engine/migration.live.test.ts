// Budget: 75 s
/** VMs move between hosts: asked for, cancelled, refused, with hosts that fail, for maintenance, and by rules. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { eventTable } from '@virgate/contract/generated/events';
import { Installation, defaultClusterId, eventually, expectStatus, refused } from './installation.ts';
import { whole, type Answer, type Json } from './rest-client.ts';

const nameOfCode = new Map<number, string>(eventTable.map(([name, code]) => [code, name]));
let installation: Installation;
let template: { id: string };

before(async () => {
  installation = await Installation.start({ hosts: 3, bootDelayMs: 30 });
  await installation.addStorage();
  template = await installation.addTemplate();
});
after(() => installation?.stop());

const vmOf = async (id: string): Promise<Json> => expectStatus(await installation.rest.get(`/vms/${id}`), 200);
const hostNamed = (name: string): { id: string; address: string } => {
  const host = installation.hosts.find((one) => one.name === name);
  if (!host) throw new Error(`no host ${name}`);
  return host;
};
const nameOf = (hostId: string): string => installation.hosts.find((host) => host.id === hostId)?.name ?? '';

async function startVm(name: string, more: Json = {}): Promise<{ id: string; host: string }> {
  const { rest } = installation;
  const vm = expectStatus(
    await rest.post('/vms', { name, cluster: { name: 'Default' }, template: { id: template.id }, memory: 64 * 1024 ** 2, ...more }, whole),
    201,
  );
  expectStatus(await rest.post(`/vms/${vm.id}/start`, {}), 200);
  const up = await installation.vmStatus(vm.id as string, 'up');
  return { id: vm.id as string, host: nameOf(up.host.id as string) };
}

/** Where QEMU runs a VM, and what hosts say of it; exactly one runs. */
async function places(vmId: string): Promise<{ runsOn: string[]; said: string[] }> {
  const { vms } = await installation.look();
  const own = vms.filter((vm) => vm.vmId === vmId);
  return { runsOn: own.filter((vm) => vm.running).map((vm) => vm.host), said: own.map((vm) => `${vm.host} ${vm.status}`) };
}

/** Waits until engine and hosts agree that a VM is up in one place. @returns the host's name */
const settled = (vmId: string): Promise<string> =>
  eventually('the VM is up in one place', async () => {
    const vm = await vmOf(vmId);
    const { runsOn, said } = await places(vmId);
    const locks = await installation.rows('select 1 from object_lock where object_id = $1', [vmId]);
    const host = vm.status === 'up' && runsOn.length === 1 && said.length === 1 && locks.length === 0 ? runsOn[0] : undefined;
    return host !== undefined && nameOf(vm.host.id) === host ? host : undefined;
  });

async function eventNames(vmId: string): Promise<string[]> {
  const rows = await installation.rows('select code from audit_log where vm_id = $1 order by id', [vmId]);
  return rows.map((row) => nameOfCode.get(row.code as number) ?? String(row.code));
}

async function remove(vmId: string): Promise<void> {
  expectStatus(await installation.rest.post(`/vms/${vmId}/stop`, {}), 200);
  await installation.vmStatus(vmId, 'down');
  expectStatus(await installation.rest.delete(`/vms/${vmId}`), 200);
}

/** Gives all migrations so many Mbit/s; undefined: as fast as they can. */
async function limit(mbps: number | undefined): Promise<void> {
  const bandwidth = mbps === undefined ? { assignment_method: 'auto' } : { assignment_method: 'custom', custom_value: mbps };
  const { migration } = expectStatus(await installation.rest.get(`/clusters/${defaultClusterId}`), 200);
  expectStatus(await installation.rest.put(`/clusters/${defaultClusterId}`, { migration: { ...migration, bandwidth } }), 200);
}

const faultOf = (answer: Answer): string => String(answer.body?.fault?.detail ?? answer.body?.detail ?? answer.text);

test('a VM goes to the host that is wanted and back, and to one that the scheduler chooses', async () => {
  const { rest } = installation;
  const { id, host } = await startVm('traveller');
  const other = host === 'sim-1' ? 'sim-2' : 'sim-1';
  expectStatus(await rest.post(`/vms/${id}/migrate`, { host: { id: hostNamed(other).id } }), 200);
  assert.equal(await settled(id), other);
  const { vms } = await installation.look();
  const order = vms.find((vm) => vm.vmId === id);
  assert.equal(order?.status, 'Up');
  expectStatus(await rest.post(`/vms/${id}/migrate`, { host: { name: host } }), 200);
  assert.equal(await settled(id), host);
  expectStatus(await rest.post(`/vms/${id}/migrate`, { cluster: { name: 'Default' } }), 200);
  assert.notEqual(await settled(id), host);
  assert.deepEqual(
    (await eventNames(id)).filter((name) => name.startsWith('VM_MIGRATION')),
    ['VM_MIGRATION_START', 'VM_MIGRATION_DONE', 'VM_MIGRATION_START', 'VM_MIGRATION_DONE', 'VM_MIGRATION_START', 'VM_MIGRATION_DONE'],
  );
  const jobs = await installation.rows(`select status from saga where name = 'MigrateVm' and params->>'vmId' = $1`, [id]);
  assert.deepEqual(
    jobs.map((job) => job.status as string),
    ['succeeded', 'succeeded', 'succeeded'],
  );
  const placements = expectStatus(await rest.get(`/virgate/api/vms/${id}/placements`), 200) as unknown as Json[];
  assert.equal(placements[0].refusals.length, 0);
  await remove(id);
});

test('one under way is shown with its progress and what was asked for, refuses another, and can be cancelled', async () => {
  const { rest } = installation;
  const { id, host } = await startVm('slow');
  await limit(64);
  expectStatus(await rest.post(`/vms/${id}/migrate`, {}), 200);
  assert.equal((await vmOf(id)).status, 'migrating');
  assert.match(faultOf(await rest.post(`/vms/${id}/migrate`, {})), /being migrated already/);
  const source = await eventually('the host is asked', async () => {
    const { vms } = await installation.look();
    return vms.find((vm) => vm.vmId === id && vm.status === 'Migration Source');
  });
  const asked = source.migrationOrder ?? {};
  assert.deepEqual(
    [asked['maxBandwidth'], asked['autoConverge'], asked['incomingLimit'], asked['outgoingLimit'], asked['tunneled']],
    [4, 'true', 2, 2, 'false'],
  );
  assert.deepEqual((asked['convergenceSchedule'] as Json).init, [{ name: 'setDowntime', params: ['100'] }]);
  assert.deepEqual((asked['convergenceSchedule'] as Json).stalling.at(-1), { limit: -1, action: { name: 'abort', params: [] } });
  const [row] = await installation.rows('select migrating_to_host_id from vm_state where vm_id = $1', [id]);
  assert.ok(row.migrating_to_host_id);
  expectStatus(await rest.post(`/vms/${id}/cancelmigration`, {}), 200);
  assert.equal(await settled(id), host);
  const names = await eventNames(id);
  assert.ok(
    names.includes('VM_CANCEL_MIGRATION') && names.includes('VM_MIGRATION_ABORT') && !names.includes('VM_MIGRATION_DONE'),
    String(names),
  );
  assert.equal((await rest.post(`/vms/${id}/cancelmigration`, {})).status, 409);
  await limit(undefined);
  await remove(id);
});

test('what cannot move is refused with its reason', async () => {
  const { rest } = installation;
  const { id } = await startVm('by-hand', { placement_policy: { affinity: 'user_migratable' } });
  assert.equal((await rest.post(`/vms/${id}/migrate`, {})).status, 409);
  expectStatus(await rest.post(`/vms/${id}/migrate`, { force: true }), 200);
  const host = await settled(id);
  const answer = await rest.post(`/hosts/${hostNamed(host).id}/deactivate`, {});
  assert.equal(answer.status, 409);
  assert.match(faultOf(answer), /cannot be moved.*by-hand/);
  assert.equal((await rest.post(`/vms/${id}/migrate`, { host: { id: hostNamed(host).id }, force: true })).status, 409);
  await remove(id);
});

test('a host that fails is followed by the next; when none takes it, the VM stays and the reason is told', async () => {
  const { rest } = installation;
  const { id, host } = await startVm('tries');
  const others = installation.hosts.map((one) => one.name).filter((name) => name !== host);
  const noImage = { verb: 'VM.migrationCreate', action: { kind: 'error', code: 9, message: 'no image' } } as const;
  for (const name of others) await installation.plan(noImage, name);
  expectStatus(await rest.post(`/vms/${id}/migrate`, {}), 200);
  await eventually('it is told', async () => (await eventNames(id)).includes('VM_MIGRATION_FAILED'));
  assert.equal(await settled(id), host);
  assert.equal((await eventNames(id)).filter((name) => name === 'VM_MIGRATION_TRYING_RERUN').length, 1);
  await installation.plan(noImage, others[0]);
  await installation.plan(noImage, others[1]);
  expectStatus(await rest.post(`/vms/${id}/migrate`, { host: { name: others[0] } }), 200);
  await eventually('it is told', async () => (await eventNames(id)).includes('VM_MIGRATION_TO_SERVER_FAILED'));
  assert.equal(await settled(id), host);
  expectStatus(await rest.post(`/vms/${id}/migrate`, {}), 200);
  const now = await settled(id);
  assert.equal(now, others[0], 'the second one refuses once more');
  await installation.plan({ verb: 'VM.migrate', action: { kind: 'error', code: 12, message: 'not now' } }, now);
  expectStatus(await rest.post(`/vms/${id}/migrate`, { host: { name: host } }), 200);
  await eventually(
    'it is told',
    async () => (await eventNames(id)).filter((name) => name === 'VM_MIGRATION_TO_SERVER_FAILED').length === 2,
  );
  assert.equal(await settled(id), now);
  await installation.plan({ verb: 'VM.migrate', when: 'after', action: { kind: 'drop' } }, now);
  expectStatus(await rest.post(`/vms/${id}/migrate`, { host: { name: host } }), 200);
  assert.equal(await settled(id), host);
  await remove(id);
});

test('a destination whose agent dies half-way leaves one VM', async () => {
  const { rest } = installation;
  const { id, host } = await startVm('half-way');
  const other = host === 'sim-1' ? 'sim-2' : 'sim-1';
  await installation.plan({ verb: 'Simulated.arrive', action: { kind: 'restart', downMs: 100 } }, other);
  expectStatus(await rest.post(`/vms/${id}/migrate`, { host: { name: other } }), 200);
  await eventually('it is told', async () => (await eventNames(id)).includes('VM_MIGRATION_TO_SERVER_FAILED'));
  assert.equal(await settled(id), host);
  await remove(id);
});

test('NICs that are virtual functions bind a VM to its host, or leave it before it moves and come back', async () => {
  const { rest } = installation;
  const dataCenter = { name: 'Default' };
  const fast = expectStatus(await rest.post('/networks', { name: 'fast', data_center: dataCenter, vlan: { id: 33 } }), 201);
  expectStatus(await rest.post(`/clusters/${defaultClusterId}/networks`, { id: fast.id, required: false }), 201);
  const passes = { pass_through: { mode: 'enabled' } };
  const profile = expectStatus(
    await rest.post('/vnicprofiles', { name: 'direct', network: { id: fast.id }, migratable: false, ...passes }),
    201,
  );
  const placement = { affinity: 'migratable', hosts: { host: [{ id: hostNamed('sim-1').id }] } };
  const { id } = await startVm('with-functions', { placement_policy: placement });
  expectStatus(await rest.post(`/vms/${id}/nics`, { name: 'f1', vnic_profile: { id: profile.id } }), 201);
  const second = expectStatus(await rest.post(`/vms/${id}/nics`, { name: 'f2', vnic_profile: { id: profile.id } }), 201);
  const functions = async (): Promise<string[]> => {
    const xml = (await installation.domainOf(id)) ?? '';
    return [...xml.matchAll(/<interface type="hostdev".*?slot="0x1[56]" function="(0x.)".*?<\/interface>/g)]
      .map((match) => match[1] ?? '')
      .toSorted();
  };
  const plugged = async (): Promise<string[]> =>
    (expectStatus(await rest.get(`/vms/${id}/nics`), 200).nic as Json[]).map((nic) => `${nic.name} ${nic.plugged}`);
  const holders = async (host: string): Promise<number> => {
    const { host_device: devices } = expectStatus(await rest.get(`/hosts/${hostNamed(host).id}/devices`), 200);
    return (devices as Json[]).filter((device) => device.vm?.id === id).length;
  };
  assert.deepEqual([await functions(), await holders('sim-1')], [['0x0', '0x1'], 2]);

  const stuck = await rest.post(`/vms/${id}/migrate`, { force: true });
  assert.match(faultOf(stuck), /virtual functions.*f1, f2/);
  assert.match(faultOf(await rest.post(`/hosts/${hostNamed('sim-1').id}/deactivate`, {})), /cannot be moved.*with-functions/);
  await installation.rows(`update host_state set status = 'non_operational', status_changed_at = now() where host_id = $1`, [
    hostNamed('sim-1').id,
  ]);
  await delay(2500);
  assert.equal(await settled(id), 'sim-1', 'nor does the engine move it');
  expectStatus(await rest.post(`/hosts/${hostNamed('sim-1').id}/activate`, {}), 200);
  await installation.hostsUp();

  expectStatus(await rest.put(`/vnicprofiles/${profile.id}`, { migratable: true }), 200);
  expectStatus(await rest.post(`/vms/${id}/migrate`, { host: { name: 'sim-2' } }), 200);
  assert.equal(await settled(id), 'sim-2');
  assert.deepEqual([await functions(), await holders('sim-1'), await holders('sim-2')], [['0x0', '0x1'], 0, 2]);

  // The new host refuses, the guest does not let a NIC go, the agent forgets what it was told: it is as it was.
  await installation.plan({ verb: 'VM.migrationCreate', action: { kind: 'error', code: 9, message: 'no image' } }, 'sim-1');
  expectStatus(await rest.post(`/vms/${id}/migrate`, { host: { name: 'sim-1' } }), 200);
  assert.equal(await settled(id), 'sim-2');
  assert.deepEqual([await functions(), await plugged(), await holders('sim-2')], [['0x0', '0x1'], ['f1 true', 'f2 true'], 2]);
  await installation.plan({ verb: 'VM.hotunplugNic', action: { kind: 'error', code: 50, message: 'the guest keeps it' } }, 'sim-2');
  expectStatus(await rest.post(`/vms/${id}/migrate`, { host: { name: 'sim-1' } }), 200);
  assert.equal(await settled(id), 'sim-2');
  assert.deepEqual(await functions(), ['0x0', '0x1']);
  const [failed] = await installation.rows('select description from audit_log where vm_id = $1 and code = 120 order by id desc', [id]);
  assert.match(String(failed?.description), /f1: .*the guest keeps it/);

  // Every word of the old host's is lost once: what it did is not done again.
  for (const verb of ['VM.hotunplugNic', 'VM.migrate']) await installation.plan({ verb, when: 'after', action: { kind: 'drop' } }, 'sim-2');
  await installation.plan({ verb: 'VM.hotplugNic', action: { kind: 'error', code: 49, message: 'no PCI slot is left' } }, 'sim-1');
  expectStatus(await rest.post(`/vms/${id}/migrate`, { host: { name: 'sim-1' } }), 200);
  assert.equal(await settled(id), 'sim-1');
  assert.deepEqual([(await functions()).length, await plugged()], [1, ['f1 false', 'f2 true']]);
  assert.ok((await eventNames(id)).includes('VM_MIGRATION_NOT_ALL_VM_NICS_WERE_PLUGGED_BACK'));
  expectStatus(await rest.post(`/vms/${id}/nics/${second.id}/deactivate`, {}), 200);
  await remove(id);
  expectStatus(await rest.delete(`/networks/${fast.id}`), 200);
});

/** Starts VMs that would rather be on a host, and are. */
async function startOn(host: string, vms: Record<string, Json>): Promise<Record<string, string>> {
  const hosts = { host: [{ id: hostNamed(host).id }] };
  const made = await Promise.all(
    Object.entries(vms).map(async ([name, more]) => {
      const vm = await startVm(name, { ...more, placement_policy: { affinity: 'migratable', ...more['placement_policy'], hosts } });
      assert.equal(vm.host, host, name);
      return [name, vm.id] as const;
    }),
  );
  return Object.fromEntries(made);
}

async function onError(action: string): Promise<void> {
  expectStatus(await installation.rest.put(`/clusters/${defaultClusterId}`, { error_handling: { on_error: action } }), 200);
}

test('VMs leave a host that is not operational as their cluster says, bound ones too, and follow rules of affinity', async () => {
  const { rest } = installation;
  await onError('migrate_highly_available');
  const bound = await startOn('sim-1', {
    available: { high_availability: { enabled: true } },
    plain: {},
    fixed: { placement_policy: { affinity: 'user_migratable' } },
  });
  const { available = '', plain = '', fixed = '' } = bound;
  const group = { name: 'together', vms_rule: { positive: true, enforcing: true }, vms: { vm: [{ id: available }, { id: plain }] } };
  const groups = `/clusters/${defaultClusterId}/affinitygroups`;
  const { id: groupId } = expectStatus(await rest.post(groups, group), 201) as { id: string };
  await installation.rows(`update host_state set status = 'non_operational', status_changed_at = now() where host_id = $1`, [
    hostNamed('sim-1').id,
  ]);
  await eventually('the highly available VM has left', async () => nameOf((await vmOf(available)).host.id) !== 'sim-1');
  const home = await settled(available);
  assert.equal(nameOf((await vmOf(plain)).host.id), 'sim-1');
  await onError('migrate');
  await eventually('the other one has left', async () => nameOf((await vmOf(plain)).host.id) !== 'sim-1');
  assert.equal(await settled(plain), home);
  assert.equal(await settled(fixed), 'sim-1');
  const told = await installation.rows('select description from audit_log where vm_id = $1 and code = 67', [plain]);
  assert.match(told.map((row) => String(row.description)).join(), /its host is not operational/);
  expectStatus(await rest.post(`/hosts/${hostNamed('sim-1').id}/activate`, {}), 200);
  await installation.hostsUp();

  // Bound together, one cannot go alone.
  const targetsOf = async (query: string): Promise<string[]> =>
    ((expectStatus(await rest.get(`/hosts?migration_target_of=${query}`), 200).host ?? []) as Json[]).map((one) => one.name as string);
  const others = installation.hosts.map((one) => one.name).filter((name) => name !== home);
  assert.deepEqual(await targetsOf(plain), []);
  for (const query of [`${plain}&check_vms_in_affinity_closure=true`, `${plain},${available}`])
    assert.deepEqual(await targetsOf(query), others);
  assert.deepEqual(await targetsOf(`${plain},${available}&search=name%3D${others[0]}`), [others[0]]);
  assert.equal((await rest.get('/hosts?migration_target_of=nonsense')).status, 400);
  assert.equal((await rest.get(`/hosts?migration_target_of=${groupId}`)).status, 404);
  const there = { host: { name: others[1] } };
  assert.equal((await rest.post(`/vms/${plain}/migrate`, there)).status, 409);
  expectStatus(await rest.post(`/vms/${plain}/migrate`, { ...there, migrate_vms_in_affinity_closure: true }), 200);
  assert.deepEqual([await settled(available), await settled(plain)], [others[1], others[1]]);

  // Rules that change while the VMs run: to be apart, then both on one host. What was moved last says why.
  const path = `${groups}/${groupId}`;
  expectStatus(await rest.put(path, { vms_rule: { positive: false, enforcing: true } }), 200);
  await eventually('they are apart', async () => (await vmOf(plain)).host.id !== (await vmOf(available)).host.id);
  await Promise.all([settled(plain), settled(available)]);
  expectStatus(await rest.put(path, { vms_rule: { enabled: false }, hosts_rule: { positive: true, enforcing: false } }), 200);
  expectStatus(await rest.post(`${path}/hosts`, { name: 'sim-1' }), 201);
  await eventually('they are where they should be', async () => expectStatus(await rest.get(path), 200).broken === 'false');
  assert.deepEqual([await settled(plain), await settled(available)], ['sim-1', 'sim-1']);
  const [last] = await installation.rows('select description from audit_log where vm_id = $1 and code = 67 order by id desc', [plain]);
  assert.match(String(last?.description), /affinity rules are enforced/);
  expectStatus(await rest.delete(path), 200);
  for (const id of Object.values(bound)) await remove(id);
});

test('a host that goes into maintenance sends its VMs away; what cannot go keeps it, and is named', async () => {
  const { rest } = installation;
  const { id: hostId } = hostNamed('sim-1');
  const vms = await Promise.all(
    ['one', 'two', 'three'].map((name) =>
      startVm(name, { placement_policy: { affinity: 'migratable', hosts: { host: [{ id: hostId }] } } }),
    ),
  );
  const there = vms.filter((vm) => vm.host === 'sim-1');
  assert.ok(there.length > 0, JSON.stringify(vms));
  expectStatus(await rest.post(`/hosts/${hostId}/deactivate`, {}), 200);
  const hostStatus = async (): Promise<string> => expectStatus(await rest.get(`/hosts/${hostId}`), 200).status as string;
  await eventually('the host is in maintenance', async () => (await hostStatus()) === 'maintenance');
  for (const { id } of there) assert.notEqual(await settled(id), 'sim-1');
  assert.ok((await eventNames(there[0]?.id ?? '')).includes('VM_MIGRATION_START_SYSTEM_INITIATED'));
  expectStatus(await rest.post(`/hosts/${hostId}/activate`, {}), 200);
  await installation.hostsUp();

  const [first] = vms;
  const host = await settled(first?.id ?? '');
  await installation.plan({ verb: 'VM.migrationCreate', times: 12, action: { kind: 'error', code: 9, message: 'no image' } });
  expectStatus(await rest.post(`/hosts/${hostNamed(host).id}/deactivate`, {}), 200);
  const [told] = await eventually('it is told', async () => {
    const rows = await installation.rows('select description from audit_log where code = 602');
    return rows.length > 0 ? rows : undefined;
  });
  assert.match(told?.description as string, new RegExp(`${host}.*(one|two|three)`));
  assert.ok((await eventNames(first?.id ?? '')).includes('VM_MIGRATION_FAILED_DURING_MOVE_TO_MAINTENANCE'));
  assert.equal(expectStatus(await rest.get(`/hosts/${hostNamed(host).id}`), 200).status, 'preparing_for_maintenance');
  expectStatus(await rest.post(`/hosts/${hostNamed(host).id}/activate`, {}), 200);
  await installation.hostsUp();
  for (const { id } of vms) await settled(id);
});

test('a VM that does not come up on the host that took it is started on another, and at last told of', async () => {
  const { rest } = installation;
  const body = { name: 'reluctant', cluster: { name: 'Default' }, template: { id: template.id }, memory: 64 * 1024 ** 2 };
  const vm = expectStatus(await rest.post('/vms', body, whole), 201);
  const id = vm.id as string;
  const dies = { verb: 'VM.create', when: 'after', action: { kind: 'crash-guest' }, containing: id } as const;
  const chosen = async (): Promise<string> => {
    expectStatus(await rest.post(`/vms/${id}/start`, {}), 200);
    const host = await settled(id);
    expectStatus(await rest.post(`/vms/${id}/stop`, {}), 200);
    await installation.vmStatus(id, 'down');
    return host;
  };
  const first = await chosen();
  await installation.plan(dies, first);
  assert.notEqual(await chosen(), first);
  const tried = (await eventNames(id)).filter((name) => name === 'VM_DOWN_ERROR').length;
  assert.equal((await eventNames(id)).filter((name) => name === 'USER_INITIATED_RUN_VM_FAILED').length, tried);
  assert.equal(tried, 1);

  // The job tells where it was tried, in vain and at last.
  const [placement] = expectStatus(await rest.get(`/virgate/api/vms/${id}/placements`), 200) as unknown as Json[];
  assert.match(JSON.stringify(placement?.refusals), new RegExp(`${first}: `));
  assert.notEqual(placement?.host, hostNamed(first).id);

  await installation.plan(dies);
  refused(await rest.post(`/vms/${id}/start`, {}), 409, /sim-\d: .*; sim-\d: .*; sim-\d: /);
  const [job] = await installation.rows(`select status from saga where name = 'RunVm' order by created_at desc limit 1`);
  assert.equal(job?.status, 'failed');
  const [vain] = expectStatus(await rest.get(`/virgate/api/vms/${id}/placements`), 200) as unknown as Json[];
  assert.deepEqual([vain?.host, vain?.refusals.length], [null, 3], 'the placement tells of each host');
  await eventually('it is given up', async () => (await eventNames(id)).includes('USER_FAILED_RUN_VM'));
  const end = (await eventNames(id)).filter((name) => name === 'VM_DOWN_ERROR').length;
  assert.equal(end - tried, 3, 'each host was tried once');
  assert.equal((await vmOf(id)).status, 'down');
  assert.deepEqual(await installation.rows('select 1 from vm_restart'), []);
});
