import { notFound } from '../rest/fault.ts';
import type { LoadChildren, Loaders } from '../rest/follow.ts';
import { one } from '../rest/listing.ts';
import { collection, entity, type Context, type Entity, type Operation, type Services } from '../rest/operation.ts';
import { readableVms } from '../vms/read.ts';
import { applicationsOf } from './applications.ts';
import { sessionsOf } from './sessions.ts';

async function ofVm(context: Context, load: LoadChildren): Promise<Entity[]> {
  const { id = '' } = await one(context, readableVms, context.path['vm']);
  return (await load(context, [id])).get(id) ?? [];
}

const listOf = (type: string, load: LoadChildren): Operation => ({
  permit: null,
  async run(context) {
    const all = await ofVm(context, load);
    return collection(type, all.slice(0, context.parameters.max() ?? all.length));
  },
});

const oneOf = (type: string, parameter: string, load: LoadChildren): Operation => ({
  permit: null,
  async run(context) {
    const found = (await ofVm(context, load)).find((member) => member.id === context.path[parameter]);
    if (!found) throw notFound();
    return entity(type, found);
  },
});

/** What guests and consoles tell of a VM's use. */
export const guestServices: Services = {
  VmApplicationsService: { list: listOf('Application', applicationsOf) },
  VmApplicationService: { get: oneOf('Application', 'application', applicationsOf) },
  VmSessionsService: { list: listOf('Session', sessionsOf) },
  VmSessionService: { get: oneOf('Session', 'session', sessionsOf) },
};

export const guestLoaders: Partial<Loaders> = { children: { 'Vm.applications': applicationsOf, 'Vm.sessions': sessionsOf } };
