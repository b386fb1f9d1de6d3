"""The main kinds of objects and what lies below them, by the SDK of version 3: kinds.py URL USER PASSWORD_FILE CA_FILE TEMPLATE."""
import sys
import time

from ovirtsdk.api import API
from ovirtsdk.infrastructure import errors
from ovirtsdk.xml import params

url, user, password_file, ca_file, template = sys.argv[1:6]
with open(password_file) as file:
    api = API(url=url, username=user, password=file.read().strip(), ca_file=ca_file)


def ok(what):
    print(f'ok {what}', flush=True)


vm = api.vms.add(params.VM(name='python_vm', cluster=params.Cluster(name='Default'), template=params.Template(name='Blank'), memory=1 << 30))
assert vm.disks.list() == []
domain = api.storagedomains.get(name='data')
disk = vm.disks.add(
    params.Disk(
        name='python_disk',
        size=1 << 30,
        interface='virtio',
        format='cow',
        bootable=True,
        storage_domains=params.StorageDomains(storage_domain=[domain]),
    )
)
deadline = time.monotonic() + 30
while vm.disks.get(id=disk.id).status.state != 'ok':
    assert time.monotonic() < deadline, 'the disk is not made'
    time.sleep(0.1)
disk = vm.disks.get(name='python_disk')
assert (disk.size, disk.provisioned_size, disk.interface, disk.bootable, disk.active) == (1 << 30, 1 << 30, 'virtio', True, True)
assert disk.href.endswith(f'/vms/{vm.id}/disks/{disk.id}'), disk.href
assert isinstance(disk.statistics.list(), list) and isinstance(disk.permissions.list(), list)
disk.deactivate()
assert vm.disks.get(id=disk.id).active is False
disk.activate()
disk = vm.disks.get(id=disk.id)
assert disk.active is True
disk.description, disk.bootable, disk.size = 'changed', False, 2 << 30
disk.provisioned_size = 2 << 30
disk.update()
deadline = time.monotonic() + 30
while vm.disks.get(id=disk.id).size != 2 << 30:
    assert time.monotonic() < deadline, 'the disk has not grown'
    time.sleep(0.1)
disk = vm.disks.get(id=disk.id)
assert (disk.description, disk.bootable) == ('changed', False), (disk.description, disk.bootable)
disk.delete(action=params.Action(detach=True))
assert vm.disks.list() == []
assert api.disks.get(id=disk.id).description == 'changed'
vm.disks.add(params.Disk(id=disk.id, interface='virtio'))
assert [one.id for one in vm.disks.list()] == [disk.id]
assert [one.name for one in api.templates.get(template).disks.list()] is not None
vm.disks.get(id=disk.id).delete()
deadline = time.monotonic() + 30
while api.disks.get(id=disk.id) is not None:
    assert time.monotonic() < deadline, 'the disk is still there'
    time.sleep(0.1)
try:
    api.vms.get(id=vm.id).disks.add(params.Disk(size=1, interface='tape'))
    raise AssertionError('a wrong interface was taken')
except errors.RequestError as error:
    assert error.status == 400 and 'interface' in error.detail, (error.status, error.detail)
ok('disks')
nic = vm.nics.add(params.NIC(name='nic1', interface='virtio', network=params.Network(name='ovirtmgmt')))
nic = vm.nics.get(name='nic1')
assert nic.mac.address and nic.plugged is True, (nic.mac.address, nic.plugged)
nic.deactivate()
assert vm.nics.get(name='nic1').active is False
nic.name = 'nic2'
nic.update()
vm.nics.get(name='nic2').delete()
ok('NICs')
snapshot = vm.snapshots.add(params.Snapshot(description='before'))
deadline = time.monotonic() + 30
while vm.snapshots.get(id=snapshot.id).snapshot_status != 'ok':
    assert time.monotonic() < deadline, 'the snapshot is not made'
    time.sleep(0.1)
vm.snapshots.get(id=snapshot.id).delete()
deadline = time.monotonic() + 30
while any(one.id == snapshot.id for one in vm.snapshots.list()):
    assert time.monotonic() < deadline, 'the snapshot is still there'
    time.sleep(0.1)
ok('snapshots')
api.tags.add(params.Tag(name='python_tag'))
vm.tags.add(params.Tag(name='python_tag'))
assert [one.name for one in vm.tags.list()] == ['python_tag']
vm.tags.get(name='python_tag').delete()
api.tags.get(name='python_tag').delete()
role = api.roles.get(name='UserVmManager')
assert 'run_vm' in [one.name for one in role.permits.list()]
vm.permissions.add(params.Permission(role=role, user=api.users.list()[0]))
assert role.id in [one.role.id for one in vm.permissions.list()]
ok('tags, roles, permissions')
found = {one.name: one for one in vm.statistics.list()}
installed = found['memory.installed']
assert (installed.type_, installed.unit, installed.values.type_) == ('GAUGE', 'BYTES', 'INTEGER'), vars(installed)
assert installed.values.value[0].datum == 1073741824, installed.values.value[0].datum
assert {one.name for one in api.hosts.list()[0].statistics.list()} >= {'memory.total', 'cpu.current.user'}
ok('statistics')
events = api.events.list(query='severity=normal', max=5)
assert 0 < len(events) <= 5 and events[0].code > 0 and events[0].time is not None
assert len(api.events.list(from_event_id=events[-1].id)) >= len(events) - 1
ok('events')
cluster = api.clusters.get(name='Default')
cluster.memory_policy.overcommit.percent = 150
cluster.update()
assert api.clusters.get(name='Default').memory_policy.overcommit.percent == 150
assert isinstance(cluster.affinitygroups.list(), list) and isinstance(cluster.permissions.list(), list)
center = api.datacenters.get(name='Default')
network = center.networks.add(params.Network(name='python_net', data_center=center))
network = center.networks.get(name='python_net')
network.labels.add(params.Label(id='python_label'))
assert [one.id for one in network.labels.list()] == ['python_label']
assert isinstance(network.permissions.list(), list)
assert [one.name for one in network.vnicprofiles.list()] == ['python_net']
api.networks.get(name='python_net').delete()
ok('clusters, data centers, networks')
host = api.hosts.list()[0]
assert isinstance(host.nics.list(), list) and host.nics.list()[0].labels.list() == []
ok('hosts')

network = center.networks.add(params.Network(name='python_net', data_center=center))
cluster.networks.add(params.Network(id=network.id, required=False))


def networks_on(nic):
    return [one.network.id for one in host.nics.get(name=nic).networkattachments.list()]


free = [one.name for one in host.nics.list() if not one.networkattachments.list() and one.bonding is None]
assert len(free) >= 2, free
nic = host.nics.get(name=free[0])
nic.attach(params.Action(network=params.Network(name='python_net')))
assert networks_on(free[0]) == [network.id]
nic.detach(params.Action(network=params.Network(id=network.id)))
assert networks_on(free[0]) == []
nic = host.nics.get(name=free[0])
nic.network = params.Network(name='python_net')
nic.boot_protocol = 'static'
nic.ip = params.IP(address='192.0.2.7', netmask='255.255.255.0')
nic.update()
assert networks_on(free[0]) == [network.id]
address = host.nics.get(name=free[0]).networkattachments.list()[0].ip_address_assignments.ip_address_assignment[0]
assert (address.assignment_method, address.ip.address) == ('static', '192.0.2.7')
host.nics.get(name=free[0]).detach()
slaves = params.Slaves(host_nic=[params.HostNIC(name=one) for one in free[:2]])
options = params.Options(option=[params.Option(name='mode', value='1')])
bond = host.nics.add(
    params.HostNIC(name='bond7', network=params.Network(name='python_net'), bonding=params.Bonding(slaves=slaves, options=options))
)
assert (bond.name, len(bond.bonding.slaves.host_nic), networks_on('bond7')) == ('bond7', 2, [network.id])
host.nics.get(name='bond7').delete()
assert host.nics.get(name='bond7') is None
# All that the host shall have: what it has, and one network more; then without it.
wanted = [one for one in host.nics.list() if one.network is not None]
more = params.HostNIC(name=free[1], network=params.Network(name='python_net'), boot_protocol='none')
host.nics.setupnetworks(params.Action(host_nics=params.HostNics(host_nic=[*wanted, more]), check_connectivity=True))
assert networks_on(free[1]) == [network.id]
host.nics.setupnetworks(params.Action(host_nics=params.HostNics(host_nic=wanted)))
assert networks_on(free[1]) == []
try:
    host.nics.get(name=free[0]).attach(params.Action())
    raise AssertionError('no network was attached')
except errors.RequestError as error:
    assert error.status == 400 and 'network' in error.detail, (error.status, error.detail)
api.networks.get(name='python_net').delete()
ok('networks of hosts')

vm.delete()
api.disconnect()
print('ok everything')
