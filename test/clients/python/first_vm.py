"""The first virtual machine through oVirt's own Python SDK, unmodified. Arguments: URL, user, password file, template, cluster, wait for an address."""
import sys
import time
import urllib.request
import ssl

import ovirtsdk4 as sdk
import ovirtsdk4.types as types

url, user, password_file, template, cluster, wants_address = sys.argv[1:7]
insecure = ssl._create_unverified_context()  # only for the CA itself: everything after is verified with it
pki = url.replace('/ovirt-engine/api', '/ovirt-engine/services/pki-resource?resource=ca-certificate&format=X509-PEM-CA')
with open('ca.pem', 'wb') as ca:
    ca.write(urllib.request.urlopen(pki, context=insecure).read())
with open(password_file) as file:
    password = file.read().strip()


def wait_for(what, check, seconds=180):
    deadline = time.time() + seconds
    while not check():
        assert time.time() < deadline, f'{what} took more than {seconds} s'
        time.sleep(0.5)
    print(f'ok {what}', flush=True)


with sdk.Connection(url=url, username=user, password=password, ca_file='ca.pem') as connection:
    assert connection.test(raise_exception=True)
    system = connection.system_service()
    vms = system.vms_service()
    print('ok connected to', system.get().product_info.name, 'with', len(vms.list()), 'VMs')
    assert any(one.name == template for one in system.templates_service().list(search=f'name={template}'))
    vm = vms.add(types.Vm(name='sdk-vm', memory=128 * 2**20, template=types.Template(name=template), cluster=types.Cluster(name=cluster)))
    service = vms.vm_service(vm.id)
    attachment = service.disk_attachments_service().list()[0]
    disk = system.disks_service().disk_service(attachment.disk.id)
    wait_for('the disk', lambda: disk.get().status == types.DiskStatus.OK and service.get().status == types.VmStatus.DOWN)
    service.start()
    wait_for('up', lambda: service.get().status == types.VmStatus.UP)
    if wants_address == 'yes':
        wait_for('an address', lambda: any(device.ips for device in service.reported_devices_service().list()))
    console = service.graphics_consoles_service().list(current=True)[0]
    ticket = service.graphics_consoles_service().console_service(console.id).ticket(ticket=types.Ticket(expiry=120))
    assert ticket.value and console.port, 'a console has a port, and its ticket a value'
    print('ok console', console.protocol.value, 'on port', console.port)
    service.stop()
    wait_for('down', lambda: service.get().status == types.VmStatus.DOWN)
    service.remove()
    wait_for('removed', lambda: not vms.list(search='name=sdk-vm'))
print('ok everything')
