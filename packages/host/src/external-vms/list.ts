import { storageError } from '../storage-error.ts';
import { XmlError } from '../domain-xml/parse.ts';
import { isUuid } from '../uuid.ts';
import { describeVm, readSizes } from './describe.ts';
import type { ExternalVm } from './describe.ts';
import type { Virsh } from './virsh.ts';

/** Most VMs of a manager that are looked at. */
const maximumVms = 10_000;
/** How many are described at once; each is asked for over connections of its own. */
const together = 4;

/** Names of a manager's VMs by their ids. */
export async function listNames(virsh: Virsh): Promise<Map<string, string>> {
  const lines = (await virsh(['list', '--all', '--uuid', '--name'])).split('\n').slice(0, maximumVms);
  const names = new Map<string, string>();
  for (const line of lines) {
    const [, id, name] = /^\s*(\S+)\s+(.+?)\s*$/.exec(line) ?? [];
    if (id !== undefined && name !== undefined && isUuid(id)) names.set(id, name);
  }
  return names;
}

const idsOf = async (virsh: Virsh, ...states: string[]): Promise<Set<string>> =>
  new Set((await virsh(['list', '--uuid', ...states])).split(/\s+/).filter((text) => isUuid(text)));

/** The VM of a name that is down. @throws 100 when there is none, or it runs */
export async function findDown(virsh: Virsh, name: string): Promise<string> {
  const found = [...(await listNames(virsh))].find(([, known]) => known === name);
  if (found === undefined) throw storageError('GeneralException', `The other manager has no VM ${JSON.stringify(name)}`);
  if (!(await idsOf(virsh, '--all', '--state-shutoff')).has(found[0]))
    throw storageError('GeneralException', `VM ${JSON.stringify(name)} of the other manager is not shut down: shut it down, then repeat`);
  return found[0];
}

/** The VMs of a manager, or those of some names, as far as they can be described. */
export async function listVms(virsh: Virsh, names: readonly string[] | undefined): Promise<ExternalVm[]> {
  const wanted = names === undefined || names.length === 0 ? undefined : new Set(names);
  const ids = [...(await listNames(virsh))].filter(([, name]) => wanted?.has(name) ?? true).map(([id]) => id);
  const [off, withSnapshots] = await Promise.all([
    idsOf(virsh, '--all', '--state-shutoff'),
    // Not all kinds of managers can say.
    idsOf(virsh, '--all', '--with-snapshot').catch(() => new Set<string>()),
  ]);
  const found: ExternalVm[] = [];
  const describe = async (id: string): Promise<void> => {
    const xml = await virsh(['dumpxml', '--domain', id]);
    const sizes = readSizes(await virsh(['domblkinfo', '--domain', id, '--all']).catch(() => ''));
    try {
      found.push(describeVm(xml, { sizes, running: !off.has(id), snapshots: withSnapshots.has(id) }));
    } catch (error) {
      // One that cannot be read hides no other.
      if (!(error instanceof XmlError)) throw error;
    }
  };
  for (let at = 0; at < ids.length; at += together) await Promise.all(ids.slice(at, at + together).map(describe));
  return found.toSorted((one, other) => (one.vmName < other.vmName ? -1 : 1));
}
