import unittest

import ovirtsdk4 as sdk
import ovirtsdk4.types as types
from engine import BLANK, MIB, by_name, disk_is_ok, eventually, names, new_vm, refused, system, vm_is

templates = system.templates_service()


class Templates(unittest.TestCase):
    def test_life_of_a_template(self):
        source = new_vm('template-source')
        added = templates.add(types.Template(name='template1', vm=types.Vm(id=source.get().id), description='first'))
        service = templates.template_service(added.id)
        eventually('it is ok', lambda: service.get().status == types.TemplateStatus.OK)
        self.assertEqual(service.update(types.Template(description='second', memory=96 * MIB)).memory, 96 * MIB)
        self.assertEqual(names(templates.list(search='name=template1')), ['template1'])
        nics = service.nics_service()
        nic = nics.add(types.Nic(name='nic1', vnic_profile=types.VnicProfile(id=system.vnic_profiles_service().list()[0].id)))
        nics.nic_service(nic.id).update(types.Nic(linked=False))
        self.assertFalse(nics.nic_service(nic.id).get().linked)
        self.assertEqual(names(nics.list()), ['nic1'])
        vm = new_vm('of-template1', template=types.Template(name='template1'), memory=None)
        self.assertEqual(vm.get().memory, 96 * MIB)
        self.assertEqual(names(vm.nics_service().list()), ['nic1'])
        with refused(self, 409):
            service.remove()
        vm.remove()
        nics.nic_service(nic.id).remove()
        service.remove()
        source.remove()
        with refused(self, 409):
            templates.template_service(BLANK).remove()
        with self.assertRaises(sdk.NotFoundError):
            service.get()

    def test_a_vm_of_a_template_with_a_disk(self):
        template = by_name(templates, 'template')
        attachments = templates.template_service(template.id).disk_attachments_service()
        self.assertEqual(attachments.attachment_service(attachments.list()[0].id).get().bootable, True)
        vm = new_vm('thin', template=types.Template(name='template'), memory=None)
        [attachment] = vm.disk_attachments_service().list()
        disk_is_ok(attachment.disk.id)
        vm.start()
        vm_is(vm, types.VmStatus.UP)
        vm.stop()
        vm_is(vm, types.VmStatus.DOWN)
        vm.remove()

    def test_sub_version(self):
        source = new_vm('version-source')
        vm = types.Vm(id=source.get().id)
        base = templates.add(types.Template(name='versions', vm=vm))
        eventually('it is ok', lambda: templates.template_service(base.id).get().status == types.TemplateStatus.OK)
        second = templates.add(
            types.Template(
                name='versions', vm=vm, version=types.TemplateVersion(base_template=types.Template(id=base.id), version_name='second')
            )
        )
        service = templates.template_service(second.id)
        eventually('it is ok', lambda: service.get().status == types.TemplateStatus.OK)
        self.assertEqual((service.get().version.version_number, service.get().version.version_name), (2, 'second'))
        service.remove()
        templates.template_service(base.id).remove()
        source.remove()

    def test_instance_types(self):
        instance_types = system.instance_types_service()
        self.assertTrue({'Tiny', 'Small', 'Medium', 'Large', 'XLarge'} <= set(names(instance_types.list())))
        added = instance_types.add(types.InstanceType(name='own', memory=80 * MIB, cpu=types.Cpu(topology=types.CpuTopology(sockets=1, cores=2, threads=1))))
        service = instance_types.instance_type_service(added.id)
        self.assertEqual(service.update(types.InstanceType(memory=96 * MIB)).memory, 96 * MIB)
        self.assertEqual(service.get().cpu.topology.cores, 2)
        service.remove()
        with self.assertRaises(sdk.NotFoundError):
            service.get()
