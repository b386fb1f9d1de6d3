"""What the slides of 2012 do with the API of their time, by the SDK of version 3: slides.py URL USER PASSWORD_FILE CA_FILE TEMPLATE."""
import sys
import time

from ovirtsdk.api import API
from ovirtsdk.infrastructure import errors
from ovirtsdk.xml import params

url, user, password_file, ca_file, template = sys.argv[1:6]
with open(password_file) as file:
    password = file.read().strip()


def ok(what):
    print(f'ok {what}', flush=True)


def wait_for(state):
    deadline = time.monotonic() + 30
    while api.vms.get(name='python_vm').status.state != state:
        assert time.monotonic() < deadline, f'the VM is not {state}'
        time.sleep(0.1)
    ok(state)


try:
    API(url=url, username=user, password='wrong', ca_file=ca_file)
    raise AssertionError('a wrong password was taken')
except errors.RequestError as error:
    assert error.status == 401, error.status

# create proxy
api = API(url=url, username=user, password=password, ca_file=ca_file)
assert api.test(throw_exception=True)
assert api.get_product_info().version.major >= 4
assert api.get_summary().hosts.active == 1
ok('proxy')

vm = api.vms.add(
    params.VM(
        name='python_vm',
        memory=1073741824,
        cluster=api.clusters.get(name='Default'),
        template=api.templates.get(template),
        os=params.OperatingSystem(boot=[params.Boot(dev='network'), params.Boot(dev='hd')]),
        cpu=params.CPU(topology=params.CpuTopology(sockets=2, cores=1)),
    )
)
wait_for('down')
# list by query
vms = api.vms.list(query='name=python_vm')
assert [one.name for one in vms] == ['python_vm'], vms
assert len(api.vms.list(query='name=python_vm', max=10, case_sensitive=True)) == 1
assert api.vms.list(query='name=nobody') == []
ok('list by query')
# search vms by property constraint
vms = api.vms.list(memory=1073741824)
assert [one.id for one in vms] == [vm.id]
assert api.vms.list(memory=1) == []
ok('list by property')
# get by constraints
vm = api.vms.get(id=vm.id)
assert (vm.name, vm.memory, vm.cpu.topology.sockets) == ('python_vm', 1073741824, 2)
assert [boot.dev for boot in vm.os.boot] == ['network', 'hd']
assert api.vms.get(name='nobody') is None
ok('get')
# update stateless and more: the whole object as it was read
vm.stateless = True
vm.description = 'of the slides'
vm = vm.update()
assert (vm.stateless, vm.description) == (True, 'of the slides')
vm.stateless = False
assert vm.update().stateless is False
ok('update')

vm.start()
wait_for('up')
try:
    vm.start()
    raise AssertionError('a running VM was started')
except errors.RequestError as error:
    assert error.status == 409, error.status
    assert 'VM' in error.detail, error.detail
try:
    api.vms.get(id=vm.id).delete()
    raise AssertionError('a running VM was removed')
except errors.RequestError as error:
    assert error.status == 409, error.status
ok('refused')
api.vms.get(id=vm.id).stop()
wait_for('down')
assert isinstance(api.vms.get(id=vm.id).nics.list(), list)
assert isinstance(api.vms.get(id=vm.id).disks.list(), list)

vm.delete()
deadline = time.monotonic() + 30
while api.vms.get(id=vm.id) is not None:
    assert time.monotonic() < deadline, 'the VM is still there'
    time.sleep(0.1)
ok('delete')
for collection in (api.clusters, api.datacenters, api.hosts, api.networks, api.storagedomains, api.templates, api.users, api.roles, api.tags, api.events):
    assert isinstance(collection.list(), list)
assert api.hosts.list()[0].status.state == 'up'
ok('collections')
api.disconnect()
print('ok everything')
