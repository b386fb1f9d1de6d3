import type { TextKey } from '../text/en.ts';
import type { ActionDescription, FormDescription } from './kind.ts';

type Run = ActionDescription['run'];

/** The usual action that makes an object. */
export const adding = (form: FormDescription, run: Run, label: TextKey = 'action.new'): ActionDescription => ({
  key: 'add',
  label,
  form,
  run,
});

/** The usual action that changes one; `can` is null where the engine cannot be asked. */
export const editing = (form: FormDescription, run: Run, can: string | null = 'update'): ActionDescription => ({
  key: 'edit',
  label: 'action.edit',
  can,
  form,
  run,
});

/** The usual action that removes one, asked about first. */
export const removing = (body: TextKey, run: Run, can: string | null = 'remove'): ActionDescription => ({
  key: 'remove',
  label: 'action.remove',
  can,
  danger: true,
  confirm: { title: 'remove.title', body },
  run,
});
