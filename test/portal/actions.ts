import type { ActionDescription, Entity } from '@virgate/portal/kinds/kind';
import type { Client } from '@virgate/sdk';
import type { Locator } from 'playwright-core';
import { eventually } from '../engine/installation.ts';
import { countCarried, fillForm, readBack } from './forms.ts';
import type { Round } from './plan.ts';
import { dialogMs, shownMs, text, type Place } from './place.ts';
import type { Walked } from './walked.ts';

/** What an action is done with. */
interface Subject {
  /** Place of the action in the contract's list. */
  readonly place: string;
  readonly id: string;
  readonly ownerId: string;
  /** What the API tells of it afterwards. */
  readonly read: () => Promise<Entity>;
}

/** Presses an action's button, answers its dialog, and looks at what was sent and what came of it. */
export async function press(
  at: Place,
  client: Client,
  walked: Walked,
  action: ActionDescription,
  button: Locator,
  round: Round,
  subject: Subject,
): Promise<void> {
  const { place, id } = subject;
  const problem = (what: string): void => void walked.problems.push(`${place}: ${what}`);
  at.written = [];
  const possible = await eventually(
    `${action.key} is possible`,
    async () => (await button.getAttribute('aria-disabled')) !== 'true',
    shownMs,
  ).catch(() => false);
  if (!possible) {
    at.spoil();
    return problem(`${action.key} is not possible`);
  }
  const before = at.page.url();
  await button.click();
  if (action.leads !== undefined) {
    at.spoil();
    await at.page.waitForURL(
      (url) => url.pathname !== new URL(before).pathname || url.searchParams.get('dialog')?.startsWith('create') === true,
      { timeout: dialogMs },
    );
    walked.actions.add(`${place}|${action.key}`);
    return;
  }
  if (action.form !== undefined) {
    const sent = await fillForm(at, client, place, action, action.form, round, id, walked, subject.ownerId);
    if (sent === undefined) return;
    walked.actions.add(`${place}|${action.key}`);
    if (action.form.edits !== true) countCarried(action.form, sent, at.written, round, walked);
    if (action.form.edits === true || round.check !== undefined)
      await readBack(
        client,
        action.form,
        action.form.edits === true ? sent : sent.filter(({ field }) => round.check?.[field.path] !== undefined),
        await subject.read(),
        round,
        id,
        subject.ownerId,
        walked,
      );
    return;
  }
  if (action.confirm !== undefined) {
    const dialog = at.page.getByRole('dialog');
    await dialog.getByRole('button', { name: text(action.label), exact: true }).click();
    await dialog.waitFor({ state: 'detached', timeout: dialogMs });
  }
  const answer = await eventually(`${place}: ${action.key} is sent`, async () => at.written.at(-1), dialogMs).catch(() => undefined);
  if (answer === undefined) {
    at.spoil();
    problem(`${action.key} sent nothing`);
  } else if (answer.status >= 400)
    problem(`${action.key}: ${answer.method} ${answer.path} was answered ${answer.status}${await at.said()}`);
  else walked.actions.add(`${place}|${action.key}`);
}
