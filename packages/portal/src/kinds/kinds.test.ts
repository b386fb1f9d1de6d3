import assert from 'node:assert/strict';
import { test } from 'node:test';
import { en } from '../text/en.ts';
import type { TextKey } from '../text/en.ts';
import { events } from '../events/kind.ts';
import { vms } from '../vms/kind.ts';
import { bodyOf, fieldProblem, fieldsOf, initialValues, shownFields } from './form.ts';
import type { Values } from './form.ts';
import type { ActionDescription, Around, FormDescription, Kind } from './kind.ts';
import { kindPlaces } from './registry.ts';
import { setAt, textOf, valueAt } from './value.ts';

const kinds: readonly Kind[] = [...(await Promise.all(kindPlaces.map((place) => place.load()))), vms, events];
const text = (key: TextKey): string => en[key];

function actionsOf(kind: Kind): [place: string, actions: readonly ActionDescription[]][] {
  const own: [string, readonly ActionDescription[]][] = [[kind.page, [...(kind.adds ?? []), ...(kind.actions ?? [])]]];
  for (const tab of kind.tabs)
    for (const [index, parts] of (tab.parts ?? []).entries())
      own.push([`${kind.page}-${tab.key}.${index}`, [...(parts.adds ?? []), ...(parts.actions ?? [])]]);
  return own;
}

function repeated(names: readonly string[]): string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}

test('every description can be told apart: actions, tabs and columns by key, fields by path and by label', () => {
  const wrong: string[] = [];
  const check = (what: string, names: readonly string[]): void => {
    for (const name of repeated(names)) wrong.push(`${what}: ${name}`);
  };
  check(
    'addresses',
    kinds.map((kind) => kind.path),
  );
  for (const kind of kinds) {
    check(
      `tabs of ${kind.page}`,
      kind.tabs.map((tab) => tab.key),
    );
    check(
      `columns of ${kind.page}`,
      kind.columns.map((column) => text(column.label)),
    );
    for (const [place, actions] of actionsOf(kind)) {
      check(
        `actions of ${place}`,
        actions.map((action) => action.key),
      );
      for (const { key, form } of actions) {
        if (form === undefined) continue;
        check(
          `paths of ${place} ${key}`,
          fieldsOf(form).map((field) => field.path),
        );
        check(
          `labels of ${place} ${key}`,
          fieldsOf(form).map((field) => text(field.label)),
        );
      }
    }
  }
  assert.deepEqual(wrong, []);
});

test('fields that are sent along are fields of the form', () => {
  for (const kind of kinds)
    for (const [place, actions] of actionsOf(kind))
      for (const { key, form } of actions) {
        const paths = new Set(form === undefined ? [] : fieldsOf(form).map((field) => field.path));
        for (const field of form === undefined ? [] : fieldsOf(form))
          for (const path of field.with ?? []) assert.ok(paths.has(path), `${place} ${key}: ${field.path} with ${path}`);
      }
});

test('values are read through lists and written by paths', () => {
  const vm = { nics: [{ ip: { address: 'a' } }, {}, { ip: { address: 'b' } }], cpu: { topology: { cores: 2 } } };
  assert.deepEqual(valueAt(vm, 'nics.ip.address'), ['a', 'b']);
  assert.equal(valueAt(vm, 'cpu.topology.cores'), 2);
  assert.equal(valueAt(vm, 'cpu.mode.name'), undefined);
  const body = {};
  setAt(body, 'storage_domains.0', { id: 'd' });
  setAt(body, 'cpu.topology.cores', 3);
  assert.deepEqual(body, { storage_domains: [{ id: 'd' }], cpu: { topology: { cores: 3 } } });
  const told = (path: string, as: 'bytes' | 'version' | 'yesno', value: unknown): string | undefined =>
    textOf({ label: 'label.name', path: () => value, as }, { name: path }, text, () => undefined);
  assert.equal(told('memory', 'bytes', 2 ** 30), '1 GiB');
  assert.equal(told('version', 'version', { major: 4, minor: 7 }), '4.7');
  assert.equal(told('ha', 'yesno', false), 'No');
  assert.equal(told('nothing', 'yesno', undefined), undefined);
});

const form: FormDescription = {
  title: 'vm.edit',
  edits: true,
  tabs: [
    {
      label: 'form.tab.general',
      fields: [
        { label: 'label.name', path: 'name', control: { kind: 'text' }, need: true },
        { label: 'label.memory', path: 'memory', control: { kind: 'number', unit: 1024, min: 1, max: 8 } },
        { label: 'label.sockets', path: 'cpu.sockets', control: { kind: 'number' }, with: ['cpu.cores'] },
        { label: 'label.cpuCores', path: 'cpu.cores', control: { kind: 'number' } },
        {
          label: 'label.host',
          path: 'host',
          control: { kind: 'reference', of: { type: 'host', list: async () => [] }, none: 'option.none' },
        },
        { label: 'label.stateless', path: 'stateless', control: { kind: 'check' }, when: (around) => around.value('name') === 'a' },
      ],
    },
  ],
};

test('an edited object sends what was changed, with what belongs to it, and nothing of what is not shown', () => {
  const entity = { name: 'a', memory: 2048, cpu: { sockets: 1, cores: 2 }, host: { id: 'h' }, stateless: false };
  const initial = initialValues(form, entity);
  assert.deepEqual(initial, { name: 'a', memory: '2', 'cpu.sockets': '1', 'cpu.cores': '2', host: 'h', stateless: false });
  const values: Values = { ...initial, name: 'b ', 'cpu.sockets': '4', host: 'i', stateless: true };
  const around: Around = { ownerId: '', owner: undefined, entity, value: (path) => values[path] };
  const shown = shownFields(fieldsOf(form), around);
  assert.deepEqual(bodyOf(form, shown, values, initial), { name: 'b', cpu: { sockets: 4, cores: 2 }, host: { id: 'i' } });
});

test('what is missing or out of bounds is told of its field', () => {
  const [name, memory] = fieldsOf(form);
  assert.ok(name !== undefined && memory !== undefined);
  assert.equal(fieldProblem(name, '')?.key, 'form.need');
  assert.deepEqual(fieldProblem(memory, '9'), { key: 'form.number.between', values: { min: 1, max: 8 } });
  assert.deepEqual(fieldProblem(memory, '1.5')?.key, 'form.number.between');
  assert.equal(fieldProblem(memory, '8'), undefined);
});
