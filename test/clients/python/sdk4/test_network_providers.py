import os
import unittest

import ovirtsdk4 as sdk
import ovirtsdk4.types as types
from engine import cluster, data_center, names, refused, system


class NetworkProviders(unittest.TestCase):
    def test_provider(self):
        providers = system.openstack_network_providers_service()
        added = providers.add(types.OpenStackNetworkProvider(
            name='ovn',
            type=types.OpenStackNetworkProviderType.EXTERNAL,
            url=os.environ['NORTHBOUND_URL'],
            requires_authentication=False,
            properties=[types.Property(name='southbound', value='ssl:192.0.2.1:6642')],
        ))
        service = providers.provider_service(added.id)
        self.assertEqual(service.get().external_plugin_type, 'OVIRT_PROVIDER_OVN')
        self.assertEqual(service.update(types.OpenStackNetworkProvider(description='overlay')).description, 'overlay')
        self.assertIn('ovn', names(providers.list()))
        service.test_connectivity()
        with refused(self, 409):
            providers.add(types.OpenStackNetworkProvider(name='ovn', url=os.environ['NORTHBOUND_URL'], properties=added.properties))

        networks = system.networks_service()
        default = types.DataCenter(id=data_center().id)
        network = networks.add(types.Network(name='overlay1', data_center=default, external_provider=types.OpenStackNetworkProvider(id=added.id)))
        self.assertEqual(networks.network_service(network.id).get().external_provider.id, added.id)
        with refused(self, 409):
            service.remove()
        there = [one for one in service.networks_service().list() if one.name == 'overlay1'][0]
        place = service.networks_service().network_service(there.id)
        self.assertEqual(place.get().name, 'overlay1')

        subnets = place.subnets_service()
        subnet = subnets.add(types.OpenStackSubnet(
            name='four', cidr='198.51.100.0/24', gateway='198.51.100.1', dns_servers=['198.51.100.53'], ip_version='v4',
        ))
        self.assertEqual(subnets.subnet_service(subnet.id).get().dns_servers, ['198.51.100.53'])
        self.assertEqual(names(subnets.list()), ['four'])
        with refused(self, 409):
            place.import_(data_center=default)
        subnets.subnet_service(subnet.id).remove()
        self.assertEqual(subnets.list(), [])

        clusters = system.clusters_service().cluster_service(cluster().id)
        clusters.update(types.Cluster(external_network_providers=[types.ExternalProvider(id=added.id)]))
        self.assertEqual(names(clusters.external_network_providers_service().list()), ['ovn'])
        clusters.update(types.Cluster(external_network_providers=[]))

        networks.network_service(network.id).remove()
        self.assertEqual(service.networks_service().list(), [])
        service.remove()
        with self.assertRaises(sdk.NotFoundError):
            service.get()
