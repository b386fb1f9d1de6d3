import unittest

import ovirtsdk4 as sdk
import ovirtsdk4.types as types
from engine import BLANK, GIB, MIB, cluster, disk_is_ok, eventually, names, new_disk, new_vm, refused, system, vm_is

vms = system.vms_service()


class Vms(unittest.TestCase):
    def test_life_of_a_vm(self):
        vm = vms.add(
            types.Vm(
                name='life',
                description='first',
                memory=128 * MIB,
                memory_policy=types.MemoryPolicy(guaranteed=64 * MIB, max=256 * MIB),
                cpu=types.Cpu(topology=types.CpuTopology(sockets=2, cores=1, threads=1)),
                os=types.OperatingSystem(type='other', boot=types.Boot(devices=[types.BootDevice.HD, types.BootDevice.NETWORK])),
                template=types.Template(id=BLANK),
                cluster=types.Cluster(id=cluster().id),
            )
        )
        service = vms.vm_service(vm.id)
        vm_is(service, types.VmStatus.DOWN)
        read = service.get()
        self.assertEqual((read.name, read.memory, read.cpu.topology.sockets), ('life', 128 * MIB, 2))
        self.assertEqual(read.memory_policy.guaranteed, 64 * MIB)
        self.assertEqual(read.os.boot.devices, [types.BootDevice.HD, types.BootDevice.NETWORK])
        self.assertIsNotNone(read.creation_time.tzinfo)
        self.assertEqual(names(vms.list(search='name=life and memory=128')), ['life'])
        self.assertEqual(vms.list(search='name=nobody'), [])
        self.assertEqual(len(vms.list(max=1)), 1)

        changed = service.update(types.Vm(description='second', memory=192 * MIB))
        self.assertEqual((changed.description, changed.memory), ('second', 192 * MIB))
        with refused(self, 409, 'life'):
            vms.add(types.Vm(name='life', template=types.Template(id=BLANK), cluster=types.Cluster(name='Default')))
        with refused(self, 400):
            service.update(types.Vm(memory=-1))

        service.start()
        vm_is(service, types.VmStatus.UP)
        running = service.get()
        self.assertIsNotNone(running.host.id)
        self.assertIsNotNone(running.start_time)
        with refused(self, 409):
            service.start()
        with refused(self, 409):
            service.remove()
        followed = vms.list(search='name=life', follow='host,cluster,template')[0]
        self.assertEqual((followed.cluster.name, followed.template.name), ('Default', 'Blank'))
        self.assertTrue(followed.host.name)
        service.reboot()
        vm_is(service, types.VmStatus.UP)
        service.reset()
        vm_is(service, types.VmStatus.UP)
        service.suspend()
        vm_is(service, types.VmStatus.SUSPENDED)
        service.start()
        vm_is(service, types.VmStatus.UP)
        service.shutdown()
        vm_is(service, types.VmStatus.DOWN)
        service.start(vm=types.Vm(run_once=True), pause=True)
        vm_is(service, types.VmStatus.PAUSED)
        service.stop()
        vm_is(service, types.VmStatus.DOWN)
        service.remove()
        with self.assertRaises(sdk.NotFoundError):
            service.get()

    def test_devices(self):
        service = new_vm('devices')
        vm_id = service.get().id
        nics = service.nics_service()
        profile = system.vnic_profiles_service().list()[0]
        nic = nics.add(types.Nic(name='nic1', interface=types.NicInterface.VIRTIO, vnic_profile=types.VnicProfile(id=profile.id)))
        self.assertEqual(names(nics.list()), ['nic1'])
        nic_service = nics.nic_service(nic.id)
        self.assertEqual(nic_service.get().vnic_profile.id, profile.id)
        self.assertFalse(nic_service.update(types.Nic(linked=False)).linked)
        self.assertEqual(nic_service.update(types.Nic(name='nic1', mac=types.Mac(address='56:6f:00:aa:bb:01'))).mac.address, '56:6f:00:aa:bb:01')
        nic_service.deactivate()
        self.assertFalse(nic_service.get().plugged)
        nic_service.activate()
        self.assertTrue(nic_service.get().plugged)
        self.assertEqual(nic_service.reported_devices_service().list(), [])
        filters = nic_service.network_filter_parameters_service()
        parameter = filters.add(types.NetworkFilterParameter(name='IP', value='192.0.2.1'))
        filters.parameter_service(parameter.id).update(types.NetworkFilterParameter(name='IP', value='192.0.2.2'))
        self.assertEqual([one.value for one in filters.list()], ['192.0.2.2'])
        self.assertEqual(filters.parameter_service(parameter.id).get().name, 'IP')
        filters.parameter_service(parameter.id).remove()

        attachments = service.disk_attachments_service()
        added = attachments.add(
            types.DiskAttachment(
                interface=types.DiskInterface.VIRTIO_SCSI,
                bootable=True,
                active=True,
                disk=types.Disk(
                    name='devices-disk', format=types.DiskFormat.COW, provisioned_size=GIB, storage_domains=[types.StorageDomain(name='data')]
                ),
            )
        )
        disk_is_ok(added.disk.id)
        attachment = attachments.attachment_service(added.id)
        self.assertTrue(attachment.get().bootable)
        self.assertEqual(attachment.update(types.DiskAttachment(interface=types.DiskInterface.VIRTIO)).interface, types.DiskInterface.VIRTIO)
        other = new_disk('devices-other')
        other_attachment = attachments.add(types.DiskAttachment(disk=types.Disk(id=other.get().id), interface=types.DiskInterface.SATA, active=True))
        self.assertEqual(len(attachments.list()), 2)
        attachments.attachment_service(other_attachment.id).remove(detach_only=True)
        self.assertEqual(other.get().name, 'devices-other')
        self.assertEqual(
            sorted(names(vms.list(search='name=devices', follow='disk_attachments.disk,nics')[0].nics)),
            ['nic1'],
        )
        followed = vms.vm_service(vm_id).get(follow='disk_attachments.disk')
        self.assertEqual(followed.disk_attachments[0].disk.name, 'devices-disk')

        watchdogs = service.watchdogs_service()
        watchdog = watchdogs.add(types.Watchdog(model=types.WatchdogModel.I6300ESB, action=types.WatchdogAction.RESET))
        self.assertEqual(len(watchdogs.list()), 1)
        watchdog_service = watchdogs.watchdog_service(watchdog.id)
        self.assertEqual(watchdog_service.update(types.Watchdog(action=types.WatchdogAction.POWEROFF)).action, types.WatchdogAction.POWEROFF)
        self.assertEqual(watchdog_service.get().model, types.WatchdogModel.I6300ESB)
        watchdog_service.remove()

        consoles = service.graphics_consoles_service()
        service.start()
        vm_is(service, types.VmStatus.UP)
        console = consoles.list(current=True)[0]
        self.assertTrue(console.port)
        self.assertEqual(consoles.console_service(console.id).get().protocol, console.protocol)
        self.assertTrue(consoles.console_service(console.id).ticket(ticket=types.Ticket(expiry=60)).value)
        self.assertTrue(service.ticket(ticket=types.Ticket(value='secret12')).value)
        self.assertTrue(service.reported_devices_service().list() is not None)
        statistics = eventually('statistics', lambda: service.statistics_service().list())
        self.assertEqual(service.statistics_service().statistic_service(statistics[0].id).get().name, statistics[0].name)
        service.stop()
        vm_is(service, types.VmStatus.DOWN)
        nic_service.remove()
        service.remove()
        with self.assertRaises(sdk.NotFoundError):
            system.disks_service().disk_service(added.disk.id).get()
        other.remove()

    def test_snapshots(self):
        service = new_vm('snapshots')
        disk = service.disk_attachments_service().add(
            types.DiskAttachment(
                interface=types.DiskInterface.VIRTIO,
                bootable=True,
                active=True,
                disk=types.Disk(name='snapshots-disk', format=types.DiskFormat.COW, provisioned_size=GIB, storage_domains=[types.StorageDomain(name='data')]),
            )
        )
        disk_is_ok(disk.id)
        snapshots = service.snapshots_service()
        added = snapshots.add(types.Snapshot(description='before', persist_memorystate=False))
        snapshot = snapshots.snapshot_service(added.id)
        eventually('the snapshot is ok', lambda: snapshot.get().snapshot_status == types.SnapshotStatus.OK)
        self.assertEqual(sorted(one.snapshot_type.value for one in snapshots.list()), ['active', 'regular'])
        self.assertEqual(len(snapshot.disks_service().list()), 1)
        self.assertEqual(snapshot.disks_service().disk_service(disk.id).get().name, 'snapshots-disk')
        self.assertEqual(snapshot.nics_service().list(), [])
        service.preview_snapshot(snapshot=types.Snapshot(id=added.id), async_=False)
        eventually('it is in preview', lambda: snapshot.get().snapshot_status == types.SnapshotStatus.IN_PREVIEW)
        service.undo_snapshot()
        eventually('the preview is over', lambda: snapshot.get().snapshot_status == types.SnapshotStatus.OK)
        service.preview_snapshot(snapshot=types.Snapshot(id=added.id))
        eventually('it is in preview', lambda: snapshot.get().snapshot_status == types.SnapshotStatus.IN_PREVIEW)
        service.commit_snapshot()
        vm_is(service, types.VmStatus.DOWN)
        added = snapshots.add(types.Snapshot(description='again', persist_memorystate=False))
        snapshot = snapshots.snapshot_service(added.id)
        eventually('the snapshot is ok', lambda: snapshot.get().snapshot_status == types.SnapshotStatus.OK)
        snapshot.restore(restore_memory=False)
        vm_is(service, types.VmStatus.DOWN)
        for one in snapshots.list():
            if one.snapshot_type == types.SnapshotType.REGULAR:
                snapshots.snapshot_service(one.id).remove()
        eventually('only the active snapshot is left', lambda: len(snapshots.list()) == 1)
        vm_is(service, types.VmStatus.DOWN)
        service.remove()

    def test_numa_and_labels(self):
        service = new_vm('pinned', cpu=types.Cpu(topology=types.CpuTopology(sockets=2, cores=1, threads=1)))
        nodes = service.numa_nodes_service()
        node = nodes.add(types.VirtualNumaNode(index=0, memory=32, cpu=types.Cpu(cores=[types.Core(index=0)])))
        self.assertEqual([one.index for one in nodes.list()], [0])
        node_service = nodes.node_service(node.id)
        self.assertEqual(node_service.get().memory, 32)
        node_service.update(types.VirtualNumaNode(memory=64))
        self.assertEqual(node_service.get().memory, 64)
        node_service.remove()
        service.remove()
