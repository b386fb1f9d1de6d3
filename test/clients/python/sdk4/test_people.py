import unittest

import ovirtsdk4 as sdk
import ovirtsdk4.types as types
from engine import connect, names, new_vm, refused, secret, system


class People(unittest.TestCase):
    def test_domains(self):
        domains = system.domains_service()
        domain = next(one for one in domains.list() if one.name == 'internal-authz')
        service = domains.domain_service(domain.id)
        self.assertEqual(service.get().name, 'internal-authz')
        users = service.users_service()
        someone = next(one for one in users.list(search='usrname=somebody') if one.user_name.startswith('somebody'))
        self.assertTrue(users.user_service(someone.id).get().user_name.startswith('somebody'))
        self.assertTrue(service.groups_service().list() is not None)

    def test_user_and_permissions(self):
        users = system.users_service()
        somebody = next(one for one in users.list() if one.user_name.startswith('somebody'))
        service = users.user_service(somebody.id)
        self.assertEqual(service.get().id, somebody.id)
        vm = new_vm('shown')
        permissions = vm.permissions_service()
        with connect('somebody@internal', secret('USER_PASSWORD_FILE')) as limited:
            vms = limited.system_service().vms_service()
            self.assertEqual(vms.list(), [])
            with self.assertRaises(sdk.NotFoundError):
                vms.vm_service(vm.get().id).get()
            granted = permissions.add(types.Permission(user=types.User(id=somebody.id), role=types.Role(name='UserRole')))
            self.assertEqual(names(vms.list()), ['shown'])
            with self.assertRaises(sdk.AuthError) as caught:
                vms.vm_service(vm.get().id).remove()
            self.assertEqual(caught.exception.code, 403)
            with self.assertRaises(sdk.AuthError):
                limited.system_service().data_centers_service().add(types.DataCenter(name='theirs', local=False))
        self.assertIn(granted.id, [one.id for one in permissions.list()])
        self.assertEqual(permissions.permission_service(granted.id).get().user.id, somebody.id)
        permissions.permission_service(granted.id).remove()
        self.assertNotIn(granted.id, [one.id for one in permissions.list()])
        of_system = system.permissions_service()
        granted = of_system.add(types.Permission(user=types.User(id=somebody.id), role=types.Role(name='TagManager')))
        self.assertIn(granted.id, [one.id for one in of_system.list()])
        of_system.permission_service(granted.id).remove()

        keys = service.ssh_public_keys_service()
        key = keys.add(types.SshPublicKey(content='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1hY9mB6XkTqfEXd3ZxMnx5bQyTkXhmjV3gH5gUu0aB me@example'))
        self.assertIn('me@example', keys.key_service(key.id).get().content)
        self.assertEqual(len(keys.list()), 1)
        keys.key_service(key.id).remove()
        options = service.options_service()
        option = options.add(types.UserOption(name='confirmSuspendingVm', content='false'))
        self.assertEqual(options.option_service(option.id).get().content, 'false')
        self.assertEqual(len(options.list()), 1)
        options.option_service(option.id).remove()
        self.assertTrue(service.roles_service().list() is not None)
        vm.remove()

    def test_wrong_password(self):
        with self.assertRaises(sdk.AuthError):
            with connect('admin@internal', 'wrong') as wrong:
                wrong.system_service().get()

    def test_groups(self):
        groups = system.groups_service()
        everyone = next(one for one in groups.list() if one.name == 'Everyone')
        self.assertEqual(groups.group_service(everyone.id).get().name, 'Everyone')

    def test_roles(self):
        roles = system.roles_service()
        permits = {permit.name: permit.id for level in system.cluster_levels_service().list() for permit in level.permits or []}
        added = roles.add(
            types.Role(name='role1', administrative=False, permits=[types.Permit(id=permits['create_vm']), types.Permit(id=permits['login'])])
        )
        service = roles.role_service(added.id)
        self.assertEqual(service.update(types.Role(description='one')).description, 'one')
        self.assertTrue(service.get().mutable)
        of_role = service.permits_service()
        of_role.add(types.Permit(id=permits['edit_vm_properties']))
        self.assertTrue({'create_vm', 'edit_vm_properties'} <= set(names(of_role.list())))
        self.assertEqual(of_role.permit_service(permits['create_vm']).get().name, 'create_vm')
        of_role.permit_service(permits['create_vm']).remove()
        with refused(self, 409):
            roles.add(types.Role(name='role1', administrative=False, permits=[types.Permit(id=permits['login'])]))
        self.assertIn('role1', names(roles.list()))
        service.remove()

    def test_tags(self):
        tags = system.tags_service()
        parent = tags.add(types.Tag(name='parent'))
        child = tags.add(types.Tag(name='child', parent=types.Tag(id=parent.id)))
        service = tags.tag_service(child.id)
        self.assertEqual(service.get().parent.id, parent.id)
        self.assertEqual(service.update(types.Tag(description='one')).description, 'one')
        self.assertTrue({'parent', 'child'} <= set(names(tags.list())))
        vm = new_vm('tagged')
        assigned = vm.tags_service()
        assigned.add(types.Tag(name='child'))
        self.assertEqual(names(assigned.list()), ['child'])
        self.assertEqual(names(system.vms_service().list(search='tag=child')), ['tagged'])
        self.assertEqual(assigned.tag_service(child.id).get().name, 'child')
        assigned.tag_service(child.id).remove()
        self.assertEqual(assigned.list(), [])
        tags.tag_service(parent.id).remove()
        self.assertEqual([one for one in tags.list() if one.name == 'child'], [])
        vm.remove()
