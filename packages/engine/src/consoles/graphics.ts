import type { GraphicsConsole, GraphicsType } from '@virgate/contract/generated/types';
import { backReference, changeDevices, ownerKinds, ownerOf, ownerSubject, type OwnerKind } from '../devices/owner.ts';
import { refused } from '../rest/fault.ts';
import type { Loaders } from '../rest/follow.ts';
import {
  collection,
  created,
  done,
  entity,
  type Context,
  type Entity,
  type Operation,
  type Service,
  type Services,
} from '../rest/operation.ts';
import { stateOf, wrongState } from '../vms/lock.ts';
import { proxyTicketOperation } from './proxy-ticket.ts';
import { consoleIdOf, consolesOf, consolesOfOwner, inOrder, oneConsole } from './read.ts';
import { ticketOperation } from './ticket.ts';
import { connectionFileOperation, viewerFile } from './viewer-file.ts';

/** Gives an owner a display, or takes one; a VM that runs has it from its next start on. */
function change(
  context: Context,
  kind: OwnerKind,
  owner: Entity,
  change: (there: GraphicsType[]) => GraphicsType[],
  job?: { action: string; description: string },
): Promise<string | undefined> {
  const id = owner.id ?? '';
  return changeDevices(
    context,
    kind,
    owner,
    async (trx) => {
      if (kind.type === 'vm') {
        const { status } = await stateOf(trx, id);
        if (status === 'image_locked') throw wrongState('edit', status);
      }
      const row = await trx.selectFrom('vm').select('graphics').where('id', '=', id).executeTakeFirstOrThrow();
      await trx
        .updateTable('vm')
        .set({ graphics: inOrder(change(row.graphics as GraphicsType[])) })
        .where('id', '=', id)
        .execute();
    },
    job,
  );
}

/** `POST …/graphicsconsoles`: one of each protocol at most. */
const addConsole = (kind: OwnerKind): Operation => ({
  permit: kind.permit,
  subjects: ownerSubject(kind),
  async run(context) {
    const owner = await ownerOf(context, kind);
    const protocol = (context.body as GraphicsConsole).protocol ?? 'vnc';
    await change(context, kind, owner, (there) => {
      if (there.includes(protocol))
        throw refused('ACTION_TYPE_FAILED_ONLY_ONE_DEVICE_WITH_THIS_GRAPHICS_ALLOWED', { VAR_ACTION: 'add', VAR_TYPE: 'Graphics Device' });
      return [...there, protocol];
    });
    return created('GraphicsConsole', { id: consoleIdOf(protocol), protocol, ...backReference(kind, owner.id ?? '') });
  },
});

/** `DELETE …/graphicsconsoles/{console}`: without any a VM is headless. */
const removeConsole = (kind: OwnerKind): Operation => ({
  permit: kind.permit,
  subjects: ownerSubject(kind),
  async run(context) {
    const { owner, console } = await oneConsole(context, kind);
    const job = await change(context, kind, owner, (there) => there.filter((protocol) => protocol !== console['protocol']), {
      action: 'RemoveGraphicsDevice',
      description: `Removing the ${String(console['protocol']).toUpperCase()} console of ${kind.word} ${String(owner['name'])}`,
    });
    return done(job);
  },
});

const collectionOf = (kind: OwnerKind): Service => ({
  list: {
    permit: null,
    async run(context) {
      const { consoles } = await consolesOfOwner(context, kind);
      return collection('GraphicsConsole', consoles.slice(0, context.parameters.max() ?? consoles.length));
    },
  },
  add: addConsole(kind),
});
const itemOf = (kind: OwnerKind): Service => ({
  get: { permit: null, run: async (context) => entity('GraphicsConsole', (await oneConsole(context, kind)).console) },
  remove: removeConsole(kind),
});

const vmConsoleService: Service = {
  ...itemOf(ownerKinds.vm),
  get: {
    permit: null,
    async run(context) {
      const { owner, console } = await oneConsole(context, ownerKinds.vm);
      if (context.accepts.includes('application/x-virt-viewer'))
        return {
          kind: 'file',
          mediaType: 'application/x-virt-viewer',
          body: await viewerFile(context, owner.id ?? '', String(console['protocol'])),
        };
      return entity('GraphicsConsole', console);
    },
  },
  ticket: ticketOperation,
  proxy_ticket: proxyTicketOperation,
  remote_viewer_connection_file: connectionFileOperation,
};

export const consoleServices: Services = {
  ...Object.fromEntries(
    Object.values(ownerKinds).flatMap((kind) => [
      [`${kind.service}GraphicsConsolesService`, collectionOf(kind)],
      [`${kind.service}GraphicsConsoleService`, itemOf(kind)],
    ]),
  ),
  VmGraphicsConsoleService: vmConsoleService,
};

export const consoleLoaders: Partial<Loaders> = {
  children: Object.fromEntries(Object.values(ownerKinds).map((kind) => [`${kind.service}.graphics_consoles`, consolesOf(kind)])),
};
