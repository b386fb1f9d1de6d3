import unittest

import ovirtsdk4 as sdk
import ovirtsdk4.types as types
from engine import connection, eventually, names, new_vm, refused, system


class System(unittest.TestCase):
    def test_root(self):
        self.assertTrue(connection.test(raise_exception=True))
        api = system.get()
        self.assertTrue(api.product_info.version.major >= 4)
        self.assertEqual(api.special_objects.blank_template.id, '00000000-0000-0000-0000-000000000000')
        self.assertTrue(api.summary.hosts.active >= 2)
        self.assertEqual(connection.follow_link(system.get().special_objects.blank_template).name, 'Blank')
        system.reload_configurations()

    def test_events(self):
        events = system.events_service()
        last = events.list(max=1)[0]
        added = events.add(types.Event(origin='backup', severity=types.LogSeverity.WARNING, custom_id=7, description='a tape is full'))
        event = events.event_service(added.id)
        self.assertEqual((event.get().description, event.get().severity), ('a tape is full', types.LogSeverity.WARNING))
        self.assertIn('a tape is full', [one.description for one in events.list(from_=int(last.id))])
        self.assertEqual([one.id for one in events.list(search='severity=warning and message="a tape is full"')], [added.id])
        event.remove()
        with self.assertRaises(sdk.NotFoundError):
            event.get()
        events.undelete()

    def test_jobs(self):
        jobs = system.jobs_service()
        job = jobs.add(types.Job(description='a backup', auto_cleared=True))
        service = jobs.job_service(job.id)
        steps = service.steps_service()
        step = steps.add(types.Step(description='first tape', type=types.StepEnum.EXECUTING))
        self.assertEqual(steps.step_service(step.id).get().description, 'first tape')
        self.assertEqual(len(steps.list()), 1)
        steps.step_service(step.id).end(succeeded=True)
        self.assertEqual(steps.step_service(step.id).get().status, types.StepStatus.FINISHED)
        self.assertEqual(steps.step_service(step.id).statistics_service().list(), [])
        self.assertIn('a backup', [one.description for one in jobs.list()])
        service.end(succeeded=True)
        self.assertEqual(service.get().status, types.JobStatus.FINISHED)
        service.clear()

    def test_correlation(self):
        vm = system.vms_service().add(
            types.Vm(name='correlated', template=types.Template(name='Blank'), cluster=types.Cluster(name='Default')),
            query={'correlation_id': 'sdk-42'},
        )
        self.assertTrue(eventually('its event', lambda: system.events_service().list(search='correlation_id=sdk-42')))
        system.vms_service().vm_service(vm.id).remove()

    def test_catalogs(self):
        systems = system.operating_systems_service()
        linux = next(one for one in systems.list() if one.name == 'other_linux')
        self.assertEqual(systems.operating_system_service(linux.id).get().name, 'other_linux')
        icons = system.icons_service()
        icon = icons.list()[0]
        self.assertEqual(icons.icon_service(icon.id).get().media_type, icon.media_type)
        levels = system.cluster_levels_service()
        self.assertTrue(levels.level_service('4.7').get().cpu_types)
        self.assertIn('4.7', [one.id for one in levels.list()])
        self.assertTrue(system.options_service().option_service('MaxNumOfVmCpus').get().values)

    def test_bookmarks(self):
        bookmarks = system.bookmarks_service()
        added = bookmarks.add(types.Bookmark(name='down', value='vms: status=down'))
        service = bookmarks.bookmark_service(added.id)
        self.assertEqual(service.update(types.Bookmark(value='vms: status=up')).value, 'vms: status=up')
        self.assertEqual(service.get().name, 'down')
        self.assertIn('down', names(bookmarks.list()))
        with refused(self, 409):
            bookmarks.add(types.Bookmark(name='down', value='vms:'))
        service.remove()

    def test_many_at_once(self):
        vms = [new_vm(f'many-{index}') for index in range(3)]
        futures = [one.get(wait=False) for one in vms for _ in range(5)]
        self.assertEqual(sorted({future.wait().name for future in futures}), ['many-0', 'many-1', 'many-2'])
        for one in vms:
            one.remove()
