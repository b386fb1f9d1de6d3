import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { VmStatus } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import { authenticate } from '../access/authenticate.ts';
import { holdsPermit } from '../access/permissions.ts';
import type { Engine } from '../engine.ts';
import { notFound } from '../rest/fault.ts';
import { isUuid } from '../rest/listing.ts';
import { notRunning, wrongState } from './lock.ts';
import { powerActions } from './power.ts';

/** Whether an action of a VM is possible now, and if not why: what a user interface shows instead of hiding a button. */
export interface AllowedAction {
  action: string;
  allowed: boolean;
  reason?: string;
}

const states: Record<string, { permit: string; verb: string; allows(status: VmStatus): boolean }> = {
  start: { permit: 'run_vm', verb: 'run', allows: (status) => status === 'down' || status === 'suspended' || status === 'paused' },
  ...Object.fromEntries(
    (['stop', 'shutdown', 'reboot', 'reset'] as const).map((name) => {
      const action = powerActions[name];
      const forbidden: readonly VmStatus[] = action.forbidden;
      return [
        name,
        {
          permit: action.permit,
          verb: action.verb,
          allows: (status: VmStatus) =>
            (!notRunning.has(status) && !forbidden.includes(status)) || (name === 'stop' && status === 'suspended'),
        },
      ];
    }),
  ),
  suspend: { permit: 'hibernate_vm', verb: 'suspend', allows: (status) => status === 'up' },
  console: { permit: 'connect_to_vm', verb: 'open the console of', allows: (status) => !notRunning.has(status) && status !== 'unknown' },
  edit: { permit: 'edit_vm_properties', verb: 'edit', allows: (status) => status !== 'image_locked' },
  remove: { permit: 'delete_vm', verb: 'remove', allows: (status) => status === 'down' },
};

async function answer(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const user = await authenticate(engine, request, reply);
  const { id = '' } = request.params as { id?: string };
  const found = isUuid(id)
    ? await sql<{ status: VmStatus; protected: boolean; job: string | null }>`
    select s.status, t.delete_protected as protected, (select g.description from object_lock l join saga g on g.id = l.saga_id where l.object_id = t.id::text and l.lock_group = 'VM' and l.exclusive limit 1) as job
    from vm t join vm_state s on s.vm_id = t.id where t.id = ${id}::uuid`.execute(engine.db)
    : null;
  const vm = found?.rows[0];
  if (!vm || !(await holdsPermit(engine.db, user, 'login', { type: 'vm', id }))) throw notFound();
  const actions: AllowedAction[] = [];
  for (const [action, rule] of Object.entries(states)) {
    const permitted = await holdsPermit(engine.db, user, rule.permit, { type: 'vm', id });
    const reason = !permitted
      ? `The permit "${rule.permit}" is needed.`
      : vm.job !== null && action !== 'console'
        ? `In progress: ${vm.job}.`
        : !rule.allows(vm.status)
          ? wrongState(rule.verb, vm.status).message.slice(1, -1)
          : action === 'remove' && vm.protected
            ? 'Delete protection is enabled.'
            : null;
    actions.push(reason === null ? { action, allowed: true } : { action, allowed: false, reason });
  }
  return reply.send(actions);
}

/** Registers `GET /virgate/api/vms/{id}/actions`: every action with whether it is possible now, and why not. */
export function registerAllowedActions(app: FastifyInstance, engine: Engine): void {
  app.get('/virgate/api/vms/:id/actions', (request, reply) => answer(engine, request, reply));
}
