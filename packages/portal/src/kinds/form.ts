import type { TextKey } from '../text/en.ts';
import type { Around, Entity, FieldDescription, FieldValue, FormDescription, Pair } from './kind.ts';
import { setAt, valueAt, versionText } from './value.ts';

/** What the fields of a form hold, by path. */
export type Values = Readonly<Record<string, FieldValue>>;

const same = (one: FieldValue | undefined, other: FieldValue | undefined): boolean => JSON.stringify(one) === JSON.stringify(other);

/** All fields of a form, of all its tabs. */
export function fieldsOf(form: FormDescription): FieldDescription[] {
  return form.tabs.flatMap((tab) => tab.fields);
}

function blank(field: FieldDescription): FieldValue {
  switch (field.control.kind) {
    case 'check':
      return false;
    case 'references':
    case 'pairs':
    case 'luns':
    case 'found-domain':
      return [];
    case 'choice':
    case 'version':
      return field.need === true ? (field.control.options[0] ?? '') : '';
    default:
      return '';
  }
}

/** What a field holds to begin with: the object's value when one is edited, else the description's. */
export function initialValue(field: FieldDescription, entity: Entity | undefined): FieldValue {
  if (entity === undefined) return field.initial ?? blank(field);
  if (field.read !== undefined) return field.read(entity);
  const { control } = field;
  const value = valueAt(entity, control.kind === 'reference' && control.plain !== true ? `${field.path}.id` : field.path);
  if (value === undefined || value === null) return field.control.kind === 'check' ? false : blank({ ...field, control });
  switch (control.kind) {
    case 'check':
      return value === true;
    case 'number':
      return value === control.none ? '' : String(Number(value) / (control.unit ?? 1));
    case 'references':
      return (value as readonly Entity[]).map((one) => one.id ?? '');
    case 'version':
      return versionText(value);
    case 'pairs':
      return (value as readonly Partial<Pair>[]).map((one) => ({ name: one.name ?? '', value: one.value ?? '' }));
    case 'lines':
      return (value as readonly string[]).join('\n');
    default:
      return typeof value === 'object' ? '' : String(value);
  }
}

export function initialValues(form: FormDescription, entity: Entity | undefined): Values {
  return Object.fromEntries(fieldsOf(form).map((field) => [field.path, initialValue(field, form.edits === true ? entity : undefined)]));
}

/** What a form for several objects begins with: what they have in common; `mixed` are the paths of fields in which they differ, which are blank. */
export function commonValues(form: FormDescription, all: readonly Values[]): { values: Values; mixed: ReadonlySet<string> } {
  const [first = {}, ...others] = all;
  const mixed = new Set(
    fieldsOf(form)
      .filter(({ path }) => others.some((one) => !same(one[path], first[path])))
      .map(({ path }) => path),
  );
  const values = fieldsOf(form).map((field) => [field.path, mixed.has(field.path) ? blank(field) : (first[field.path] ?? blank(field))]);
  return { values: Object.fromEntries(values) as Values, mixed };
}

/** Fields that stand in the form now. */
export function shownFields(fields: readonly FieldDescription[], around: Around): FieldDescription[] {
  return fields.filter((field) => field.when?.(around) !== false);
}

/** What is wrong with a field's value, as a key of the catalogue with what it says; undefined when nothing is. */
export function fieldProblem(
  field: FieldDescription,
  value: FieldValue,
): { key: TextKey; values: Record<string, string | number> } | undefined {
  const { control } = field;
  if (field.need === true && (value === '' || (Array.isArray(value) && value.length === 0))) return { key: 'form.need', values: {} };
  if (control.kind === 'number' && value !== '') {
    const number = Number(value);
    const { min = 0, max = Number.MAX_SAFE_INTEGER } = control;
    if (!Number.isInteger(number) || number < min || number > max)
      return max === Number.MAX_SAFE_INTEGER
        ? { key: 'form.number.least', values: { min } }
        : { key: 'form.number.between', values: { min, max } };
  }
  const refused = field.refuses?.(value);
  return refused === undefined ? undefined : { key: refused, values: {} };
}

function wireValue(field: FieldDescription, value: FieldValue): unknown {
  const { control } = field;
  switch (control.kind) {
    case 'number':
      return value === '' ? control.none : Number(value) * (control.unit ?? 1);
    case 'reference':
      return control.plain === true ? value : { id: value };
    case 'references':
      return (value as readonly string[]).map((id) => ({ id }));
    case 'version': {
      const [major, minor] = String(value).split('.').map(Number);
      return { major, minor };
    }
    case 'lines':
      return String(value)
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '');
    case 'text':
      return String(value).trim();
    default:
      return value;
  }
}

/** The paths of fields that hold something else than at first. */
export function changedPaths(form: FormDescription, values: Values, initial: Values): Set<string> {
  return new Set(
    fieldsOf(form)
      .map((field) => field.path)
      .filter((path) => !same(values[path], initial[path])),
  );
}

/**
 * The object that a form sends: of an edited one what was changed, with what belongs to it; of a new one all that is filled in.
 * @param shown fields that stand in the form
 * @param mixed fields in which several objects differ: they are not sent along
 */
export function bodyOf(
  form: FormDescription,
  shown: readonly FieldDescription[],
  values: Values,
  initial: Values,
  mixed: ReadonlySet<string> = new Set(),
): object {
  const changed = changedPaths(form, values, initial);
  const along = new Set(fieldsOf(form).flatMap((field) => (changed.has(field.path) ? (field.with ?? []) : [])));
  const body = {};
  for (const field of shown) {
    const value = values[field.path] ?? '';
    const sent =
      form.edits === true
        ? changed.has(field.path) || (along.has(field.path) && !mixed.has(field.path))
        : value !== '' && !(Array.isArray(value) && value.length === 0);
    if (!sent) continue;
    if (field.write !== undefined) field.write(body, value);
    else if (wireValue(field, value) !== undefined) setAt(body, field.path, wireValue(field, value));
  }
  return body;
}
