import unittest

import ovirtsdk4 as sdk
import ovirtsdk4.types as types
from engine import by_name, cluster, data_center, names, new_vm, refused, system


class DataCenters(unittest.TestCase):
    def test_data_center(self):
        data_centers = system.data_centers_service()
        added = data_centers.add(types.DataCenter(name='dc1', local=False, version=types.Version(major=4, minor=7)))
        service = data_centers.data_center_service(added.id)
        self.assertEqual(service.get().status, types.DataCenterStatus.UNINITIALIZED)
        self.assertEqual(service.update(types.DataCenter(comment='mine', quota_mode=types.QuotaModeType.AUDIT)).quota_mode, types.QuotaModeType.AUDIT)
        self.assertIn('dc1', names(data_centers.list()))
        self.assertEqual(names(data_centers.list(search='name=dc1')), ['dc1'])
        with refused(self, 409):
            data_centers.add(types.DataCenter(name='dc1', local=False))
        with refused(self, 400):
            data_centers.add(types.DataCenter(description='without a name'))
        self.assertEqual(service.clusters_service().list(), [])
        service.remove()
        with self.assertRaises(sdk.NotFoundError):
            service.get()

    def test_cluster(self):
        clusters = system.clusters_service()
        added = clusters.add(types.Cluster(name='cluster1', data_center=types.DataCenter(name='Default'), cpu=types.Cpu(type='Intel Nehalem Family')))
        service = clusters.cluster_service(added.id)
        self.assertEqual(service.get().cpu.type, 'Intel Nehalem Family')
        self.assertEqual(service.update(types.Cluster(description='one', ballooning_enabled=True)).ballooning_enabled, True)
        self.assertIn('cluster1', names(clusters.list()))
        self.assertEqual(clusters.list(search='name=cluster1', follow='data_center,networks')[0].data_center.name, 'Default')
        service.sync_all_networks()
        service.remove()
        self.assertEqual(clusters.list(search='name=cluster1'), [])

    def test_networks(self):
        networks = system.networks_service()
        default = data_center()
        added = networks.add(types.Network(name='net1', data_center=types.DataCenter(id=default.id), vlan=types.Vlan(id=101), usages=[types.NetworkUsage.VM]))
        service = networks.network_service(added.id)
        self.assertEqual(service.get().vlan.id, 101)
        self.assertEqual(service.update(types.Network(mtu=9000)).mtu, 9000)
        self.assertIn('net1', names(networks.list(search='name=net1')))
        with refused(self, 409):
            networks.add(types.Network(name='net1', data_center=types.DataCenter(id=default.id)))

        below = system.data_centers_service().data_center_service(default.id).networks_service()
        second = below.add(types.Network(name='net2', vlan=types.Vlan(id=102)))
        self.assertTrue({'net1', 'net2', 'ovirtmgmt'} <= set(names(below.list())))
        below.network_service(second.id).update(types.Network(comment='below'))
        self.assertEqual(below.network_service(second.id).get().comment, 'below')
        below.network_service(second.id).remove()

        of_cluster = system.clusters_service().cluster_service(cluster().id).networks_service()
        if 'net1' not in names(of_cluster.list()):
            of_cluster.add(types.Network(id=added.id, required=False))
        of_cluster.network_service(added.id).update(types.Network(required=False, usages=[types.NetworkUsage.VM]))
        self.assertFalse(of_cluster.network_service(added.id).get().required)
        of_cluster.network_service(added.id).remove()
        self.assertNotIn('net1', names(of_cluster.list()))

        labels = service.network_labels_service()
        labels.add(types.NetworkLabel(id='blue'))
        self.assertEqual([one.id for one in labels.list()], ['blue'])
        self.assertEqual(labels.label_service('blue').get().id, 'blue')
        labels.label_service('blue').remove()

        profiles = system.vnic_profiles_service()
        of_network = service.vnic_profiles_service()
        profile = profiles.add(types.VnicProfile(name='profile1', network=types.Network(id=added.id)))
        profile_service = profiles.profile_service(profile.id)
        network_filter = system.network_filters_service().list()[0]
        self.assertEqual(system.network_filters_service().network_filter_service(network_filter.id).get().name, network_filter.name)
        profile_service.update(types.VnicProfile(port_mirroring=False, network_filter=types.NetworkFilter(id=network_filter.id)))
        self.assertEqual(profile_service.get().network_filter.id, network_filter.id)
        self.assertEqual(sorted(names(of_network.list())), ['net1', 'profile1'])
        third = of_network.add(types.VnicProfile(name='profile2'))
        self.assertEqual(of_network.profile_service(third.id).get().name, 'profile2')
        of_network.profile_service(third.id).remove()
        profile_service.remove()
        service.remove()
        self.assertEqual(networks.list(search='name=net1'), [])

    def test_mac_pools(self):
        pools = system.mac_pools_service()
        added = pools.add(types.MacPool(name='macs', allow_duplicates=False, ranges=[types.Range(from_='02:00:00:00:00:00', to='02:00:00:00:00:ff')]))
        service = pools.mac_pool_service(added.id)
        self.assertEqual(service.get().ranges[0].to, '02:00:00:00:00:ff')
        self.assertTrue(service.update(types.MacPool(allow_duplicates=True)).allow_duplicates)
        self.assertIn('macs', names(pools.list()))
        with refused(self, 400):
            pools.add(types.MacPool(name='none', ranges=[types.Range(from_='02:00:00:00:00:ff', to='02:00:00:00:00:00')]))
        service.remove()

    def test_qualities_and_profiles(self):
        qoss = system.data_centers_service().data_center_service(data_center().id).qoss_service()
        storage = qoss.add(types.Qos(name='slow', type=types.QosType.STORAGE, max_iops=100))
        cpu = qoss.add(types.Qos(name='half', type=types.QosType.CPU, cpu_limit=50))
        self.assertEqual(qoss.qos_service(storage.id).update(types.Qos(max_iops=200)).max_iops, 200)
        self.assertEqual(qoss.qos_service(cpu.id).get().cpu_limit, 50)
        self.assertTrue({'slow', 'half'} <= set(names(qoss.list())))

        disk_profiles = system.disk_profiles_service()
        domain = by_name(system.storage_domains_service(), 'data')
        profile = disk_profiles.add(types.DiskProfile(name='disk-profile', storage_domain=types.StorageDomain(id=domain.id), qos=types.Qos(id=storage.id)))
        service = disk_profiles.disk_profile_service(profile.id)
        service.update(types.DiskProfile(description='slow disks'))
        self.assertEqual(service.get().description, 'slow disks')
        self.assertIn('disk-profile', names(disk_profiles.list()))
        self.assertIn('disk-profile', names(system.storage_domains_service().storage_domain_service(domain.id).disk_profiles_service().list()))
        service.remove()

        cpu_profiles = system.cpu_profiles_service()
        profile = cpu_profiles.add(types.CpuProfile(name='cpu-profile', cluster=types.Cluster(id=cluster().id), qos=types.Qos(id=cpu.id)))
        service = cpu_profiles.profile_service(profile.id)
        service.update(types.CpuProfile(description='half a core'))
        self.assertEqual(service.get().qos.id, cpu.id)
        self.assertIn('cpu-profile', names(cpu_profiles.list()))
        service.remove()
        qoss.qos_service(storage.id).remove()
        qoss.qos_service(cpu.id).remove()

    def test_quotas(self):
        quotas = system.data_centers_service().data_center_service(data_center().id).quotas_service()
        added = quotas.add(types.Quota(name='quota', cluster_hard_limit_pct=20, storage_soft_limit_pct=80))
        service = quotas.quota_service(added.id)
        self.assertEqual(service.update(types.Quota(description='small')).description, 'small')
        self.assertEqual(service.get().cluster_hard_limit_pct, 20)
        of_clusters = service.quota_cluster_limits_service()
        limit = of_clusters.add(types.QuotaClusterLimit(memory_limit=2.0, vcpu_limit=4, cluster=types.Cluster(id=cluster().id)))
        self.assertEqual(of_clusters.limit_service(limit.id).get().vcpu_limit, 4)
        self.assertEqual(len(of_clusters.list()), 1)
        of_storage = service.quota_storage_limits_service()
        limit2 = of_storage.add(types.QuotaStorageLimit(limit=10, storage_domain=types.StorageDomain(name='data')))
        self.assertEqual(of_storage.limit_service(limit2.id).get().limit, 10)
        self.assertEqual(len(of_storage.list()), 1)
        of_storage.limit_service(limit2.id).remove()
        of_clusters.limit_service(limit.id).remove()
        self.assertIn('quota', names(quotas.list()))
        service.remove()

    def test_affinity(self):
        groups = system.clusters_service().cluster_service(cluster().id).affinity_groups_service()
        one, two = new_vm('together-1'), new_vm('together-2')
        host = system.hosts_service().list()[0]
        added = groups.add(
            types.AffinityGroup(
                name='group',
                vms_rule=types.AffinityRule(enabled=True, positive=True, enforcing=True),
                hosts_rule=types.AffinityRule(enabled=True, positive=True, enforcing=False),
                vms=[types.Vm(id=one.get().id)],
            )
        )
        service = groups.group_service(added.id)
        service.vms_service().add(types.Vm(id=two.get().id))
        self.assertEqual(sorted(vm.id for vm in service.vms_service().list()), sorted([one.get().id, two.get().id]))
        service.vms_service().vm_service(two.get().id).remove()
        service.hosts_service().add(types.Host(id=host.id))
        self.assertEqual([one.id for one in service.hosts_service().list()], [host.id])
        service.hosts_service().host_service(host.id).remove()
        self.assertEqual(service.update(types.AffinityGroup(description='close')).description, 'close')
        self.assertTrue(service.get().vms_rule.enforcing)
        self.assertIn('group', names(groups.list()))
        service.remove()

        labels = system.affinity_labels_service()
        label = labels.add(types.AffinityLabel(name='label'))
        service = labels.label_service(label.id)
        service.vms_service().add(types.Vm(id=one.get().id))
        service.hosts_service().add(types.Host(id=host.id))
        self.assertEqual(service.vms_service().vm_service(one.get().id).get().id, one.get().id)
        self.assertEqual(len(service.vms_service().list()), 1)
        self.assertEqual(service.hosts_service().host_service(host.id).get().id, host.id)
        self.assertEqual(len(service.hosts_service().list()), 1)
        self.assertEqual([one.id for one in one.affinity_labels_service().list()], [label.id])
        self.assertEqual(one.affinity_labels_service().label_service(label.id).get().name, 'label')
        one.affinity_labels_service().label_service(label.id).remove()
        one.affinity_labels_service().add(types.AffinityLabel(id=label.id))
        service.vms_service().vm_service(one.get().id).remove()
        service.hosts_service().host_service(host.id).remove()
        self.assertEqual(service.update(types.AffinityLabel(name='renamed')).name, 'renamed')
        self.assertEqual(service.get().name, 'renamed')
        self.assertIn('renamed', names(labels.list()))
        service.remove()
        one.remove()
        two.remove()

    def test_scheduling_policies(self):
        policies = system.scheduling_policies_service()
        added = policies.add(types.SchedulingPolicy(name='policy', properties=[types.Property(name='HighUtilization', value='70')]))
        service = policies.policy_service(added.id)
        service.update(types.SchedulingPolicy(description='mine'))
        self.assertEqual(service.get().description, 'mine')
        units = {unit.name: unit.id for unit in system.scheduling_policy_units_service().list()}
        service.filters_service().add(types.Filter(scheduling_policy_unit=types.SchedulingPolicyUnit(id=units['Memory']), position=0))
        self.assertEqual([one.id for one in service.filters_service().list()], [units['Memory']])
        self.assertIn('policy', names(policies.list()))
        service.remove()
