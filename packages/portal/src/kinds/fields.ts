import type { Control, FieldDescription, Reference } from './kind.ts';

type More = Partial<FieldDescription>;
type Label = FieldDescription['label'];

export const text = (label: Label, path: string, more: More = {}): FieldDescription => ({
  label,
  path,
  control: { kind: 'text' },
  ...more,
});
export const check = (label: Label, path: string, more: More = {}): FieldDescription => ({
  label,
  path,
  control: { kind: 'check' },
  ...more,
});
export const choice = (label: Label, path: string, options: readonly string[], more: More = {}): FieldDescription => ({
  label,
  path,
  control: { kind: 'choice', options },
  ...more,
});
export const number = (
  label: Label,
  path: string,
  limits: Omit<Extract<Control, { kind: 'number' }>, 'kind'> = {},
  more: More = {},
): FieldDescription => ({ label, path, control: { kind: 'number', ...limits }, ...more });
/** An object that may be left out, or (`need`) not. */
export const reference = (label: Label, path: string, of: Reference, more: More = {}): FieldDescription => ({
  label,
  path,
  control: { kind: 'reference', of, ...(more.need === true ? {} : { none: 'form.engine' }) },
  ...more,
});
/** Fields that nearly every object has. */
export const name = text('label.name', 'name', { need: true });
export const description = text('label.description', 'description');
export const comment = text('label.comment', 'comment');
