import unittest

import ovirtsdk4.types as types
from engine import by_name, eventually, names, refused, system

hosts = system.hosts_service()


class Hosts(unittest.TestCase):
    def setUp(self):
        self.host = hosts.host_service(by_name(hosts, 'sim-2').id)

    def test_host(self):
        self.assertTrue({'sim-1', 'sim-2'} <= set(names(hosts.list())))
        host = self.host.get(follow='cluster,nics')
        self.assertEqual((host.status, host.cluster.name), (types.HostStatus.UP, 'Default'))
        self.assertTrue(host.nics and host.cpu.name and host.version.full_version)
        self.assertEqual(self.host.update(types.Host(comment='second')).comment, 'second')
        self.assertEqual(names(hosts.list(search='name=sim-2 and status=up')), ['sim-2'])
        self.host.refresh()
        with refused(self, 409):
            self.host.activate()
        with refused(self, 409):
            self.host.remove()
        with refused(self, 400):
            hosts.add(types.Host(name='without-an-address'))
        self.host.deactivate()
        eventually('it is in maintenance', lambda: self.host.get().status == types.HostStatus.MAINTENANCE)
        self.host.activate()
        eventually('it is up', lambda: self.host.get().status == types.HostStatus.UP)

    def test_parts(self):
        nics = self.host.nics_service()
        self.assertEqual(nics.nic_service(nics.list()[0].id).get().name, nics.list()[0].name)
        nodes = self.host.numa_nodes_service()
        self.assertEqual(nodes.node_service(nodes.list()[0].id).get().index, nodes.list()[0].index)
        statistics = self.host.statistics_service()
        memory = next(one for one in statistics.list() if one.name == 'memory.total')
        self.assertTrue(statistics.statistic_service(memory.id).get().values[0].datum > 0)
        self.assertTrue(nics.nic_service(nics.list()[0].id).statistics_service().list())
        self.assertTrue(self.host.storage_service().list() is not None)

    def test_networks(self):
        networks = system.networks_service()
        network = networks.add(types.Network(name='hostnet', data_center=types.DataCenter(name='Default'), vlan=types.Vlan(id=55)))
        system.clusters_service().cluster_service(self.host.get().cluster.id).networks_service().add(types.Network(id=network.id, required=False))
        nic = next(one for one in self.host.nics_service().list() if not one.vlan)
        self.host.setup_networks(
            check_connectivity=True,
            connectivity_timeout=60,
            modified_network_attachments=[
                types.NetworkAttachment(
                    network=types.Network(id=network.id),
                    host_nic=types.HostNic(name=nic.name),
                    ip_address_assignments=[types.IpAddressAssignment(assignment_method=types.BootProtocol.NONE)],
                )
            ],
        )
        attachments = self.host.network_attachments_service()
        attachment = eventually('the attachment', lambda: next((one for one in attachments.list() if one.network.id == network.id), None))
        self.assertTrue(attachments.attachment_service(attachment.id).get().in_sync)
        self.host.commit_net_config()
        attachments.attachment_service(attachment.id).remove()
        self.assertNotIn(network.id, [one.network.id for one in attachments.list()])
        networks.network_service(network.id).remove()

    def test_fence_agents(self):
        agents = self.host.fence_agents_service()
        added = agents.add(
            types.Agent(type='ipmilan', address='192.0.2.9', username='operator', password='secret', order=1, encrypt_options=False)
        )
        agent = agents.agent_service(added.id)
        self.assertEqual(agent.update(types.Agent(address='192.0.2.10')).address, '192.0.2.10')
        self.assertIsNone(agent.get().password)
        self.assertEqual(len(agents.list()), 1)
        agent.remove()
        self.assertEqual(agents.list(), [])
