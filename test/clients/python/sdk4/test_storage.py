import unittest

import ovirtsdk4 as sdk
import ovirtsdk4.types as types
from engine import GIB, by_name, data_center, disk_is_ok, eventually, names, new_disk, new_vm, refused, storage_domain, system

domains = system.storage_domains_service()
disks = system.disks_service()


def nfs(name, **attributes):
    return types.StorageDomain(
        **{
            'name': name,
            'type': types.StorageDomainType.DATA,
            'host': types.Host(name='sim-1'),
            'storage': types.HostStorage(type=types.StorageType.NFS, address='storage.example', path=f'/export/{name}'),
            **attributes,
        }
    )


class Storage(unittest.TestCase):
    def test_life_of_a_domain(self):
        added = domains.add(nfs('domain1'))
        service = domains.storage_domain_service(added.id)
        self.assertEqual(service.get().status, types.StorageDomainStatus.UNATTACHED)
        self.assertEqual(service.update(types.StorageDomain(comment='mine', warning_low_space_indicator=7)).warning_low_space_indicator, 7)
        self.assertEqual(names(domains.list(search='name=domain1')), ['domain1'])
        with refused(self, 409, ''):
            domains.add(nfs('domain1'))
        with refused(self, 404):
            domains.add(nfs('nowhere', host=types.Host(name='nobody')))
        attached = system.data_centers_service().data_center_service(data_center().id).storage_domains_service()
        attached.add(types.StorageDomain(id=added.id))
        of_center = attached.storage_domain_service(added.id)
        eventually('it is active', lambda: of_center.get().status == types.StorageDomainStatus.ACTIVE)
        self.assertTrue({'data', 'domain1'} <= set(names(attached.list())))
        self.assertTrue(service.is_attached(host=types.Host(id=by_name(system.hosts_service(), 'sim-1').id)))
        service.update_ovf_store()
        with refused(self, 409):
            of_center.remove()
        of_center.deactivate()
        eventually('it is in maintenance', lambda: of_center.get().status == types.StorageDomainStatus.MAINTENANCE)
        of_center.activate()
        eventually('it is active', lambda: of_center.get().status == types.StorageDomainStatus.ACTIVE)
        of_center.deactivate()
        eventually('it is in maintenance', lambda: of_center.get().status == types.StorageDomainStatus.MAINTENANCE)
        of_center.remove()
        service.remove(host='sim-1', format=True)
        self.assertEqual(domains.list(search='name=domain1'), [])

    def test_life_of_a_disk(self):
        service = new_disk('disk1', description='first')
        disk_id = service.get().id
        self.assertEqual(service.update(types.Disk(description='second')).description, 'second')
        self.assertEqual(names(disks.list(search='name=disk1')), ['disk1'])
        self.assertEqual(disks.list(search='name=disk1', follow='storage_domains')[0].storage_domains[0].name, 'data')
        service.copy(disk=types.Disk(name='disk2'), storage_domain=types.StorageDomain(name='data'))
        copy = disk_is_ok(by_name(disks, 'disk2').id)
        below = domains.storage_domain_service(storage_domain().id).disks_service()
        self.assertTrue({'disk1', 'disk2'} <= set(names(below.list())))
        self.assertEqual(below.disk_service(disk_id).get().name, 'disk1')
        third = below.add(types.Disk(name='disk3', format=types.DiskFormat.RAW, sparse=True, provisioned_size=GIB))
        disk_is_ok(third.id)
        self.assertEqual(below.disk_service(third.id).update(types.Disk(name='disk3b')).name, 'disk3b')
        below.disk_service(third.id).sparsify()
        disk_is_ok(third.id)
        below.disk_service(third.id).remove()
        with refused(self, 400):
            disks.add(types.Disk(name='nothing', format=types.DiskFormat.COW, provisioned_size=GIB))
        with refused(self, 404):
            disks.add(
                types.Disk(name='nothing', format=types.DiskFormat.COW, provisioned_size=GIB, storage_domains=[types.StorageDomain(name='nowhere')])
            )
        eventually('statistics', lambda: service.statistics_service().list())
        copy.remove()
        service.remove()
        with self.assertRaises(sdk.NotFoundError):
            service.get()

    def test_a_disk_moves(self):
        attached = system.data_centers_service().data_center_service(data_center().id).storage_domains_service()
        second = domains.add(nfs('domain2'))
        attached.add(types.StorageDomain(id=second.id))
        service = new_disk('moving')
        service.move(storage_domain=types.StorageDomain(name='domain2'))
        eventually('it is there', lambda: service.get().storage_domains[0].id == second.id)
        disk_is_ok(service.get().id)
        service.remove()
        eventually('the domain goes down', lambda: attached.storage_domain_service(second.id).deactivate() or True)
        attached.storage_domain_service(second.id).remove()
        domains.storage_domain_service(second.id).remove(host='sim-1', format=True)

    def test_connections(self):
        connections = system.storage_connections_service()
        added = connections.add(
            types.StorageConnection(type=types.StorageType.NFS, address='storage.example', path='/export/other'),
        )
        service = connections.storage_connection_service(added.id)
        self.assertEqual(service.get().path, '/export/other')
        service.update(types.StorageConnection(path='/export/another'))
        self.assertIn('/export/another', [one.path for one in connections.list()])
        of_domain = domains.storage_domain_service(storage_domain().id).storage_connections_service()
        own = of_domain.list()[0]
        self.assertEqual(of_domain.connection_service(own.id).get().path, '/export/data')
        service.remove()
        with self.assertRaises(sdk.NotFoundError):
            service.get()

    def test_what_lies_on_a_domain(self):
        service = domains.storage_domain_service(storage_domain().id)
        vm = new_vm('stored')
        self.assertEqual(service.vms_service().list(unregistered=True), [])
        self.assertIn('template', names(service.templates_service().list()))
        template = by_name(system.templates_service(), 'template')
        self.assertEqual(service.templates_service().template_service(template.id).get().name, 'template')
        snapshots = service.disk_snapshots_service().list()
        self.assertTrue(snapshots is not None)
        vm.remove()

    def test_image_transfer(self):
        disk = new_disk('uploaded', format=types.DiskFormat.RAW, sparse=True)
        transfers = system.image_transfers_service()
        added = transfers.add(types.ImageTransfer(disk=types.Disk(id=disk.get().id), direction=types.ImageTransferDirection.UPLOAD))
        service = transfers.image_transfer_service(added.id)
        eventually('it is transferring', lambda: service.get().phase == types.ImageTransferPhase.TRANSFERRING)
        self.assertTrue(service.get().transfer_url.startswith('https://'))
        self.assertIn(added.id, [one.id for one in transfers.list()])
        service.extend()
        service.pause()
        eventually('it is paused', lambda: service.get().phase == types.ImageTransferPhase.PAUSED_USER)
        service.resume()
        eventually('it is transferring', lambda: service.get().phase == types.ImageTransferPhase.TRANSFERRING)
        service.cancel()
        disks = system.disks_service()
        eventually('the disk is gone or ok', lambda: all(one.status == types.DiskStatus.OK for one in disks.list(search='name=uploaded')))
        for one in disks.list(search='name=uploaded'):
            disks.disk_service(one.id).remove()
