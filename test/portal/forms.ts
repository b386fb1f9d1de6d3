import { initialValue } from '@virgate/portal/kinds/form';
import type { ActionDescription, Entity, FieldDescription, FieldValue, FormDescription, Pair } from '@virgate/portal/kinds/kind';
import type { Client } from '@virgate/sdk';
import type { Locator } from 'playwright-core';
import type { Round } from './plan.ts';
import { dialogMs, plain, text, type Place, type Written } from './place.ts';
import type { Walked } from './walked.ts';

/** Time for the engine to answer what a dialog sent. */
const answerMs = 30_000;
/** Time for boxes to choose from to be there. */
const choicesMs = 1_500;

/** A field with what it was set to. */
export interface SetField {
  readonly field: FieldDescription;
  readonly value: FieldValue;
}

/** Counts what was typed, so that no value is used twice. */
let serial = 0;

/** Fills in the form that is open, and sends it. @returns what was set; undefined when the engine refused it */
export async function fillForm(
  at: Place,
  client: Client,
  place: string,
  action: ActionDescription,
  form: FormDescription,
  round: Round,
  id: string | undefined,
  walked: Walked,
  ownerId = '',
): Promise<SetField[] | undefined> {
  at.written = [];
  const wanted = { ...round, set: { ...round.set, ...(await round.find?.(client, ownerId)) } };
  const dialog = at.page.getByRole('dialog');
  await dialog.waitFor({ timeout: dialogMs });
  const sent: SetField[] = [];
  for (const tab of form.tabs) {
    if (tab.advanced === true && !(await dialog.getByRole('switch').isChecked())) await dialog.getByRole('switch').press(' ');
    const title = dialog.getByRole('tab', { name: text(tab.label), exact: true });
    if (form.tabs.length > 1) {
      if ((await title.count()) === 0) continue;
      await title.click();
    }
    for (const field of tab.fields) {
      const value = await fill(dialog, field, wanted);
      if (value !== undefined) sent.push({ field, value });
    }
  }
  await dialog.locator('button[type=submit]').click();
  const refused = dialog.getByRole('alert');
  const wrong = dialog.locator('.pf-m-error').first();
  await Promise.race([
    dialog.waitFor({ state: 'detached', timeout: answerMs }),
    refused.first().waitFor({ timeout: answerMs }),
    wrong.waitFor({ timeout: answerMs }),
  ]).catch(() => undefined);
  if ((await dialog.count()) === 0) return sent;
  walked.problems.push(`${place}: ${action.key}${id === undefined ? '' : ` of ${id}`}: ${plain(await dialog.innerText()).slice(0, 400)}`);
  await dialog.getByRole('button', { name: text('cancel'), exact: true }).click();
  await dialog.waitFor({ state: 'detached', timeout: dialogMs });
  return undefined;
}

/** Compares what was set with what the API tells of the object, field by field. */
export async function readBack(
  client: Client,
  form: FormDescription,
  sent: readonly SetField[],
  entity: Entity,
  round: Round,
  id: string,
  ownerId: string,
  walked: Walked,
): Promise<void> {
  for (const { field, value } of sent) {
    const name = `${form.dialog ?? form.title}|${field.path}`;
    const check = round.check?.[field.path];
    if (check !== undefined) {
      if (await check(client, id, ownerId)) walked.fields.add(name);
      else walked.problems.push(`${name}: set to ${JSON.stringify(value)}, and the API does not tell it`);
      continue;
    }
    const read = initialValue(field, entity);
    if (JSON.stringify(read) === JSON.stringify(value)) walked.fields.add(name);
    else walked.problems.push(`${name}: set to ${JSON.stringify(value)}, the API tells ${JSON.stringify(read)}`);
  }
}

const simple = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/**
 * Of a form that asks what an action is to do, what the API tells of nothing afterwards: a field counts when a request that the engine
 * accepted carried its value; a box by its name too.
 */
export function countCarried(
  form: FormDescription,
  sent: readonly SetField[],
  written: readonly Written[],
  round: Round,
  walked: Walked,
): void {
  const values = written.filter((one) => one.status < 400).flatMap((one) => one.values);
  for (const { field, value } of sent) {
    if (round.check?.[field.path] !== undefined) continue;
    const { control } = field;
    const wanted = (Array.isArray(value) ? (value as readonly (string | Pair)[]) : [value]).map((one) =>
      typeof one === 'object' ? (one as Pair).value : String(one),
    );
    const last = field.path.split('.').findLast((name) => !/^\d+$/.test(name)) ?? field.path;
    const inUnits = (one: string): string => (control.kind === 'number' ? String(Number(one) * (control.unit ?? 1)) : one);
    const carried = wanted.every((one) =>
      values.some(([name, own]) => own === inUnits(one) && (control.kind !== 'check' || simple(name) === simple(last))),
    );
    if (carried) walked.fields.add(`${form.dialog ?? form.title}|${field.path}`);
    else walked.uncounted.add(`${form.dialog ?? form.title}|${field.path}`);
  }
}

/** Sets one field to something else than it holds; undefined when it is left alone. */
async function fill(dialog: Locator, field: FieldDescription, round: Round): Promise<FieldValue | undefined> {
  const wanted = round.set?.[field.path];
  if (wanted === undefined && (round.skip === true || round.skip?.includes(field.path) === true)) return undefined;
  const input = dialog.locator(`#field-${field.path.replaceAll('.', '-')}`);
  const { control } = field;
  serial += 1;
  switch (control.kind) {
    case 'check': {
      if ((await input.count()) === 0 || (await input.isDisabled())) return undefined;
      const value = wanted ?? !(await input.isChecked());
      if ((await input.isChecked()) === value) return undefined;
      await input.setChecked(value === true);
      return value;
    }
    case 'choice':
    case 'version':
    case 'reference': {
      if ((await input.count()) === 0 || (await input.isDisabled())) return undefined;
      const now = await input.inputValue();
      const options = await input.locator('option').evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value));
      const at = options.indexOf(now);
      const value = wanted ?? [...options.slice(at + 1), ...options.slice(0, at)].find((one) => one !== '' && one !== now);
      if (value === undefined || value === now) return undefined;
      await input.selectOption(String(value));
      return value;
    }
    case 'references': {
      const boxes = dialog.locator(`input[id^="field-${field.path.replaceAll('.', '-')}-"]`);
      await boxes
        .first()
        .waitFor({ timeout: choicesMs })
        .catch(() => undefined);
      if ((await boxes.count()) === 0) return undefined;
      const all = await boxes.evaluateAll((inputs) => inputs.map((one) => [one.id, (one as HTMLInputElement).checked] as const));
      const ids = all.map(([own]) => own.slice(`field-${field.path.replaceAll('.', '-')}-`.length));
      const now = ids.filter((_, index) => all[index]?.[1] === true);
      const value =
        (wanted as readonly string[] | undefined) ??
        (now.length === 0 ? ids.slice(0, 1) : field.need === true ? [...now, ...ids.filter((one) => !now.includes(one)).slice(0, 1)] : []);
      for (const [index, own] of ids.entries())
        if (now.includes(own) !== value.includes(own)) await boxes.nth(index).setChecked(value.includes(own));
      return value;
    }
    case 'pairs': {
      const value = (wanted as readonly Pair[] | undefined) ?? [];
      if (value.length === 0) return undefined;
      for (const [index, pair] of value.entries()) {
        await dialog
          .getByRole('button', { name: text('form.pair.add') })
          .first()
          .click();
        await dialog.locator(`#field-${field.path.replaceAll('.', '-')}-${index}-name`).fill(pair.name);
        await dialog.locator(`#field-${field.path.replaceAll('.', '-')}-${index}-value`).fill(pair.value);
      }
      return value;
    }
    case 'number': {
      if ((await input.count()) === 0 || (await input.isDisabled())) return undefined;
      const now = await input.inputValue();
      const { min = 0, max = Number.MAX_SAFE_INTEGER } = control;
      const value = wanted ?? String(Math.min(max, Math.max(min, 1) + 1 + (Number(now) === Math.max(min, 1) + 1 ? 1 : 0)));
      await input.fill(String(value));
      return value;
    }
    default: {
      if ((await input.count()) === 0 || (await input.isDisabled())) return undefined;
      if (wanted === undefined && (control.kind === 'lines' || control.kind === 'password')) return undefined;
      const value = wanted ?? `walked-${serial}`;
      await input.fill(String(value));
      return value;
    }
  }
}
