import { sql } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { done, type Operation } from '../rest/operation.ts';
import { write } from '../rest/write.ts';
import { oneEvent } from './read.ts';

/** `DELETE events/{id}`: hides an event; it stays in the audit log. */
export const hideEvent: Operation = {
  permit: 'audit_log_management',
  async run(context) {
    const { id = '' } = await oneEvent(context, context.path['event']);
    await write(context, async (trx) => {
      await trx.updateTable('audit_log').set({ hidden: true }).where('id', '=', Number(id)).execute();
      await noteChange(trx, 'event', id, 'remove');
    });
    return done();
  },
};

/** `POST events/undelete`: shows every hidden event again. */
export const showHiddenEvents: Operation = {
  permit: 'audit_log_management',
  async run(context) {
    await write(context, async (trx) => {
      const shown = await sql<{ id: string }>`update audit_log set hidden = false where hidden returning id::text as id`.execute(trx);
      await noteChange(
        trx,
        'event',
        shown.rows.map((row) => row.id),
        'add',
      );
    });
    return done();
  },
};
