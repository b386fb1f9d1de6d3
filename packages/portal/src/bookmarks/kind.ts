import { adding, editing, removing } from '../kinds/actions.ts';
import { name, text } from '../kinds/fields.ts';
import type { FormDescription, Kind } from '../kinds/kind.ts';

const form: FormDescription = {
  title: 'bookmark.new',
  dialog: 'BookmarkPopupView',
  tabs: [{ label: 'form.tab.general', fields: [name, text('label.searchString', 'value', { need: true, hint: 'bookmark.value.hint' })] }],
};

/** Searches that are kept by a name. */
export const bookmarks: Kind = {
  page: 'bookmarks',
  path: '/bookmarks',
  type: 'bookmark',
  title: 'bookmarks.title',
  empty: 'bookmarks.empty',
  searchable: false,
  unasked: true,
  list: (client, _, signal) => client.bookmarks.list({}, { signal }),
  one: (client, id, signal) => client.bookmarks.bookmark(id).get({}, { signal }),
  columns: [
    { label: 'label.name', path: 'name', width: 200 },
    { label: 'label.searchString', path: 'value', width: 320 },
  ],
  tabs: [
    {
      key: 'general',
      label: 'tab.general',
      facts: [
        { label: 'label.name', path: 'name' },
        { label: 'label.searchString', path: 'value' },
        { label: 'label.id', path: 'id' },
      ],
    },
  ],
  adds: [adding(form, (client, _, body) => client.bookmarks.add(body))],
  actions: [
    editing(
      { ...form, title: 'bookmark.edit', edits: true },
      (client, target, body) => client.bookmarks.bookmark(target.id).update(body),
      null,
    ),
    removing('bookmark.remove.body', (client, target) => client.bookmarks.bookmark(target.id).remove(), null),
  ],
};
