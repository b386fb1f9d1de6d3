import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { VmStatus } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import { authenticate } from '../access/authenticate.ts';
import { holdsPermit } from '../access/permissions.ts';
import type { Engine } from '../engine.ts';
import type { PermitName } from '@virgate/contract/generated/permits';
import { notFound, type Fault } from '../rest/fault.ts';
import { isUuid } from '../rest/listing.ts';
import { notRunning, wrongState } from './lock.ts';
import { isRefused, refusal, type VmAction } from './status-rules.ts';

/** Whether an action of a VM is possible now, and if not why: what a user interface shows instead of hiding a button. */
export interface AllowedAction {
  action: string;
  allowed: boolean;
  reason?: string;
}

/** What the contract's table says of an action. */
const byTable = (permit: PermitName, action: VmAction) => ({
  permit,
  refusal: (status: VmStatus) => (isRefused(action, status) ? refusal(action, status) : null),
});

const unless = (permit: PermitName, verb: string, isImpossible: (status: VmStatus) => boolean) => ({
  permit,
  refusal: (status: VmStatus) => (isImpossible(status) ? wrongState(verb, status) : null),
});

const states: Record<string, { permit: PermitName; refusal(status: VmStatus): Fault | null }> = {
  start: byTable('run_vm', 'RunVm'),
  stop: byTable('stop_vm', 'StopVm'),
  shutdown: byTable('shut_down_vm', 'ShutdownVm'),
  reboot: byTable('reboot_vm', 'RebootVm'),
  reset: byTable('reset_vm', 'ResetVm'),
  suspend: byTable('hibernate_vm', 'HibernateVm'),
  remove: byTable('delete_vm', 'RemoveVm'),
  console: unless('connect_to_vm', 'open the console of', (status) => notRunning.has(status) || status === 'unknown'),
  edit: unless('edit_vm_properties', 'edit', (status) => status === 'image_locked'),
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
    const refused = rule.refusal(vm.status);
    const permitted = await holdsPermit(engine.db, user, rule.permit, { type: 'vm', id });
    const reason = !permitted
      ? `The permit "${rule.permit}" is needed.`
      : vm.job !== null && action !== 'console'
        ? `In progress: ${vm.job}.`
        : refused !== null
          ? refused.message.slice(1, -1)
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
