/** What `--wait` without a status waits for, by type and verb. Of everything else: until its job has ended. */
const goals: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>> = {
  Vm: { start: 'up', stop: 'down', shutdown: 'down', suspend: 'suspended', reboot: 'up', reset: 'up', migrate: 'up', add: 'down' },
  Host: { activate: ['up', 'non_operational'], deactivate: 'maintenance', approve: 'up', add: ['up', 'install_failed', 'non_operational'] },
  Disk: { add: 'ok', copy: 'ok', move: 'ok', sparsify: 'ok' },
  Template: { add: 'ok' },
  StorageDomain: { activate: 'active', deactivate: 'maintenance' },
};

/** Verbs after which the object is in a state of its own, told by `status`. */
export function goalOf(type: string, verb: string): string | readonly string[] {
  if (verb === 'remove') return 'gone';
  return goals[type]?.[verb] ?? 'job';
}
