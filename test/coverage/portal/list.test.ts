import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allKinds } from '../../portal/kinds.ts';
import { ownWalks } from '../../portal/own-walk.ts';
import { everything, Walked } from '../../portal/walked.ts';
import { Done } from './done.ts';
import { placesOf, readLeftOut, readPages } from './list.ts';

const list = await readPages();
const leftOut = await readLeftOut();

test('what is left out of the count is in the list, one by one, with a reason that is told', () => {
  const places = new Map(placesOf(list).map((place) => [place.place, place]));
  for (const what of ['columns', 'actions'] as const)
    for (const [place, reasons] of Object.entries(leftOut[what]))
      for (const label of Object.keys(reasons)) assert.ok(places.get(place)?.[what].includes(label), `${what} ${place}: ${label}`);
  for (const [dialog, reasons] of Object.entries(leftOut.fields))
    for (const name of Object.keys(reasons))
      assert.ok(
        list.dialogs[dialog]?.some((field) => field.name === name),
        `${dialog}: ${name}`,
      );
  const used = [leftOut.columns, leftOut.actions, leftOut.fields].flatMap((of) =>
    Object.values(of).flatMap((reasons) => Object.values(reasons)),
  );
  assert.deepEqual([...new Set(used)].toSorted(), Object.keys(leftOut.reasons).toSorted());
});

test('names that descriptions say they cover are in the list', async () => {
  const kinds = await allKinds();
  const places = new Map(placesOf(list).map((place) => [place.place, place]));
  const wrong: string[] = [];
  for (const kind of kinds) {
    const check = (place: string, what: 'columns' | 'actions', covers: readonly string[] = []): void => {
      for (const name of covers) {
        const [at = '', label = ''] = name.includes('|') ? name.split('|') : [place, name];
        // Columns and actions that are shared say all of their names; one of them has to be here.
        if (places.has(at) && name.includes('|') && places.get(at)?.[what].includes(label) !== true) wrong.push(`${at}: ${label}`);
      }
    };
    for (const action of kind.actions ?? []) check(kind.page, 'actions', action.covers);
  }
  assert.deepEqual(wrong, []);
  assert.ok(new Done(kinds, everything(kinds)).action('vms', 'Run'));
  assert.ok(!new Done(kinds, new Walked()).action('vms', 'Run'));
});

test('names that walks of their own count are in the list', () => {
  const places = new Map(placesOf(list).map((place) => [place.place, place]));
  const isListed = (name: string): boolean => {
    const [at = '', own = ''] = name.split('|');
    return places.get(at)?.actions.includes(own) === true || list.dialogs[at]?.some((field) => field.name === own) === true;
  };
  const names = ownWalks.flatMap((walk) => [...walk.names.actions, ...walk.names.fields]);
  assert.deepEqual(
    names.filter((name) => !isListed(name)),
    [],
  );
});
