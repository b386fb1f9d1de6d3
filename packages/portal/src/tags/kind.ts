import { adding, editing, removing } from '../kinds/actions.ts';
import { description, name, reference } from '../kinds/fields.ts';
import type { FormDescription, Kind, Reference } from '../kinds/kind.ts';
import { valueAt } from '../kinds/value.ts';

const tagsOf: Reference = { type: 'tag', list: (client, _, signal) => client.tags.list({}, { signal }) };

const form: FormDescription = {
  title: 'tag.new',
  dialog: 'TagPopupView',
  tabs: [
    {
      label: 'form.tab.general',
      fields: [
        name,
        description,
        reference('label.parentTag', 'parent', { ...tagsOf, only: (option, around) => option.id !== around.entity?.id }),
      ],
    },
  ],
};

/** Tags: a tree of words that virtual machines, hosts, templates and users are marked with. */
export const tags: Kind = {
  page: 'tags',
  path: '/tags',
  type: 'tag',
  title: 'tags.title',
  empty: 'tags.empty',
  searchable: false,
  unasked: true,
  list: (client, _, signal) => client.tags.list({}, { signal }),
  one: (client, id, signal) => client.tags.tag(id).get({}, { signal }),
  columns: [
    { label: 'label.name', path: 'name', width: 200 },
    { label: 'label.parentTag', path: 'parent.id', of: tagsOf },
    { label: 'label.description', path: 'description', width: 320 },
  ],
  tabs: [
    {
      key: 'general',
      label: 'tab.general',
      facts: [
        { label: 'label.name', path: 'name' },
        { label: 'label.id', path: 'id' },
        { label: 'label.description', path: 'description' },
        { label: 'label.parentTag', path: 'parent.id', of: tagsOf },
      ],
    },
  ],
  adds: [adding(form, (client, _, body) => client.tags.add(body))],
  actions: [
    {
      ...editing({ ...form, title: 'tag.edit', edits: true }, (client, target, body) => client.tags.tag(target.id).update(body), null),
      reason: (tag) => (valueAt(tag, 'parent.id') === undefined ? 'tag.reason.root' : undefined),
    },
    {
      ...removing('tag.remove.body', (client, target) => client.tags.tag(target.id).remove(), null),
      reason: (tag) => (valueAt(tag, 'parent.id') === undefined ? 'tag.reason.root' : undefined),
    },
  ],
};
