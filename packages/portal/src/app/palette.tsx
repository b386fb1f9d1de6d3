import { Modal, ModalBody } from '@patternfly/react-core/dist/esm/components/Modal/index.js';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { useAdministrator } from '../session/session.ts';
import type { TextKey } from '../text/en.ts';
import { useText } from '../text/text.ts';
import { client } from './client.ts';
import { navigationFor } from './navigation.ts';
import './palette.css';

/** Time after the last letter before objects are searched for. */
const settledMs = 180;
/** Objects of a kind that are offered: more are found on its page. */
const mostOfKind = 6;
const listId = 'palette-found';

/** Kinds whose objects are found by their names, as the search language calls them, with their pages. */
const kinds: readonly { name: string; page: string; title: TextKey; restricted?: true }[] = [
  { name: 'Vms', page: '/vms', title: 'nav.vms' },
  { name: 'Templates', page: '/templates', title: 'templates.title' },
  { name: 'Disks', page: '/disks', title: 'disks.title', restricted: true },
  { name: 'Hosts', page: '/hosts', title: 'hosts.title', restricted: true },
  { name: 'Clusters', page: '/clusters', title: 'clusters.title', restricted: true },
  { name: 'Networks', page: '/networks', title: 'networks.title', restricted: true },
  { name: 'Storages', page: '/storage', title: 'domains.title', restricted: true },
  { name: 'Datacenters', page: '/data-centers', title: 'dataCenters.title', restricted: true },
  { name: 'Pools', page: '/pools', title: 'pools.title', restricted: true },
];

/** Something that can be gone to. */
interface Target {
  readonly key: string;
  readonly label: string;
  /** What it is. */
  readonly kind: string;
  readonly to: string;
}

interface Found {
  readonly page: string;
  readonly title: TextKey;
  readonly id: string;
  readonly name: string;
}

/** Objects with the words in their names. A kind that cannot be searched finds nothing: the others are there all the same. */
async function objectsNamed(words: string, administrator: boolean, signal: AbortSignal): Promise<Found[]> {
  const found = await Promise.all(
    kinds
      .filter(({ restricted }) => administrator || restricted !== true)
      .map(async ({ name, page, title }) => {
        const { results } = await client.virgate.search
          .get({ query: `${name}: name="*${words.replaceAll('"', '')}*"` }, { signal })
          .catch(() => ({ results: [] }));
        return results.slice(0, mostOfKind).map((one) => ({ page, title, id: one.id, name: one.name ?? one.id }));
      }),
  );
  return found.flat();
}

function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), settledMs);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

/** Pages and objects by their names, from anywhere: typed, chosen by arrow keys, gone to by Enter. */
export default function Palette({ onClose }: { onClose: () => void }): ReactNode {
  const text = useText();
  const navigate = useNavigate();
  const administrator = useAdministrator();
  const [words, setWords] = useState('');
  const [chosen, setChosen] = useState(0);
  const wanted = useSettled(words.trim());
  const objects = useQuery({
    queryKey: ['palette', wanted, administrator],
    queryFn: ({ signal }) => objectsNamed(wanted, administrator, signal),
    enabled: wanted !== '',
  });
  const has = (label: string): boolean => label.toLocaleLowerCase().includes(words.trim().toLocaleLowerCase());
  const targets: Target[] = [
    ...navigationFor(administrator)
      .flatMap(({ title, places }) =>
        places.map((place) => ({ key: place.path, label: text(place.title), kind: text(title), to: place.path })),
      )
      .filter(({ label }) => has(label)),
    ...(words.trim() === '' ? [] : (objects.data ?? [])).map(({ page, title, id, name }) => ({
      key: `${page} ${id}`,
      label: name,
      kind: text(title),
      to: `${page}/${encodeURIComponent(id)}`,
    })),
  ];
  const at = Math.min(chosen, targets.length - 1);
  const isSearching = words.trim() !== '' && (wanted !== words.trim() || objects.isFetching);
  useEffect(() => {
    document.getElementById(`${listId}-${at}`)?.scrollIntoView({ block: 'nearest' });
  }, [at]);

  const go = (target: Target | undefined): void => {
    if (target === undefined) return;
    onClose();
    void navigate({ to: target.to });
  };
  const onKey = (event: KeyboardEvent): void => {
    const last = targets.length - 1;
    const next = { ArrowDown: at === last ? 0 : at + 1, ArrowUp: at <= 0 ? last : at - 1 }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      setChosen(Math.max(0, next));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      go(targets[at]);
    }
  };
  return (
    <Modal isOpen variant="small" position="top" onClose={onClose} aria-label={text('palette.label')}>
      <ModalBody className="vg-palette">
        <input
          className="vg-palette__words"
          type="text"
          role="combobox"
          aria-label={text('palette.label')}
          aria-expanded
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={targets.length === 0 ? undefined : `${listId}-${at}`}
          placeholder={text('palette.label')}
          autoFocus
          autoComplete="off"
          spellCheck={false}
          value={words}
          onChange={(event) => {
            setWords(event.target.value);
            setChosen(0);
          }}
          onKeyDown={onKey}
        />
        <ul id={listId} role="listbox" aria-label={text('palette.label')} className="vg-palette__found">
          {targets.map((target, index) => (
            // The keys are handled by the field, which keeps the focus.
            <li
              key={target.key}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === at}
              className="vg-palette__target"
              onMouseMove={() => setChosen(index)}
              onClick={() => go(target)}
            >
              <span className="vg-palette__name">{target.label}</span>
              <span className="vg-palette__kind">{target.kind}</span>
            </li>
          ))}
        </ul>
        <p className="vg-quiet" role="status">
          {isSearching ? text('loading') : targets.length === 0 ? text('palette.none') : ''}
        </p>
      </ModalBody>
    </Modal>
  );
}
