"""The connection that all checks share, what they all need, and a count of what they called."""
import atexit
import contextlib
import functools
import inspect
import json
import os
import time

import ovirtsdk4 as sdk
import ovirtsdk4.services as services
import ovirtsdk4.types as types

MIB = 2**20
GIB = 2**30
BLANK = '00000000-0000-0000-0000-000000000000'
EVERYONE = 'eee00000-0000-0000-0000-123456789eee'

#: Methods of the contract that were answered without a fault: service -> methods.
answered = {}


def count(method):
    """Notes each call of an SDK's method that was answered, under the class of its service."""

    @functools.wraps(method)
    def counted(self, *args, **kwargs):
        result = method(self, *args, **kwargs)
        answered.setdefault(type(self).__name__, set()).add(method.__name__)
        return result

    return counted


for _, service in inspect.getmembers(services, inspect.isclass):
    for name, function in list(vars(service).items()):
        if service.__module__ == services.__name__ and inspect.isfunction(function) and not name.startswith('_') and not name.endswith('service'):
            setattr(service, name, count(function))


def connect(user, password):
    return sdk.Connection(url=os.environ['ENGINE_URL'] + '/ovirt-engine/api', username=user, password=password, ca_file=os.environ['ENGINE_CA'])


def secret(variable):
    with open(os.environ[variable]) as file:
        return file.read().strip()


connection = connect('admin@internal', secret('ENGINE_PASSWORD_FILE'))
system = connection.system_service()


@atexit.register
def tell():
    connection.close()
    with open(os.environ['ANSWERED_FILE'], 'w') as file:
        json.dump({service: sorted(methods) for service, methods in answered.items()}, file)


def eventually(what, check, seconds=30):
    """Waits until `check` gives something, and gives it back."""
    deadline = time.monotonic() + seconds
    while True:
        found = check()
        if found:
            return found
        assert time.monotonic() < deadline, f'{what}: not so after {seconds} s'
        time.sleep(0.05)


@contextlib.contextmanager
def refused(test, code, text=''):
    """The engine refuses with this status, and its fault says this."""
    with test.assertRaises(sdk.Error) as caught:
        yield caught
    error = caught.exception
    test.assertEqual(error.code, code, str(error))
    test.assertIn(text, (error.fault.detail if error.fault else ''))


def by_name(service, name):
    found = [one for one in service.list(search=f'name={name}')]
    assert len(found) == 1, f'{len(found)} are called {name}'
    return found[0]


def names(entities):
    return [one.name for one in entities]


def data_center():
    return by_name(system.data_centers_service(), 'Default')


def cluster():
    return by_name(system.clusters_service(), 'Default')


def storage_domain(name='data'):
    return by_name(system.storage_domains_service(), name)


def new_vm(name, **attributes):
    """A VM without disks, or with what its template gives it; it is down."""
    vm = system.vms_service().add(
        types.Vm(**{'name': name, 'memory': 64 * MIB, 'template': types.Template(name='Blank'), 'cluster': types.Cluster(name='Default'), **attributes})
    )
    service = system.vms_service().vm_service(vm.id)
    vm_is(service, types.VmStatus.DOWN)
    return service


def vm_is(service, status):
    return eventually(f'the VM is {status.value}', lambda: service.get().status == status)


def disk_is_ok(disk_id):
    service = system.disks_service().disk_service(disk_id)
    eventually('the disk is ok', lambda: service.get().status == types.DiskStatus.OK)
    return service


def new_disk(name, **attributes):
    disk = system.disks_service().add(
        types.Disk(
            **{
                'name': name,
                'format': types.DiskFormat.COW,
                'provisioned_size': GIB,
                'storage_domains': [types.StorageDomain(name='data')],
                **attributes,
            }
        )
    )
    return disk_is_ok(disk.id)
