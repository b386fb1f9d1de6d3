import { Alert } from '@patternfly/react-core/dist/esm/components/Alert/index.js';
import type { ReactNode } from 'react';
import { ActionButton } from '../app/action-button.tsx';
import { Details, DetailsMissing, Facts } from '../app/details.tsx';
import { Status } from '../app/status.tsx';
import { ProblemAlert } from '../faults/problem.tsx';
import { client } from '../app/client.ts';
import { useEntity, useParts } from '../live/collections.ts';
import { useText } from '../text/text.ts';
import { useAllowed } from './allowed.ts';
import { rowAction } from './row-action.ts';
import { cellOf } from './cells.tsx';
import { collectionOf } from './collection.ts';
import type { ActionDescription, Entity, Kind, TabDescription, ValueDescription } from './kind.ts';
import { KindParts } from './parts.tsx';
import { useNameOf } from './use-references.ts';
import { valueAt } from './value.ts';

interface KindDetailsProps {
  kind: Kind;
  id: string;
  tab: string;
  onTab: (tab: string) => void;
  onClose: () => void;
  onAction: (action: ActionDescription, entity: Entity) => void;
  onPartAction: (place: string, action: ActionDescription, row: Entity | undefined) => void;
}

const none: readonly ActionDescription[] = [];

/** One object beside its list: what can be done with it, what it is, and what hangs on it, in the tabs of its description. */
export function KindDetails({ kind, id, tab, onTab, onClose, onAction, onPartAction }: KindDetailsProps): ReactNode {
  const text = useText();
  const query = useEntity(collectionOf(kind), id);
  const { actions = none } = kind;
  const told = useAllowed(kind.unasked === true ? undefined : kind.type, id, actions);
  const entity = query.data;
  if (entity === undefined) return <DetailsMissing query={query} gone={text('kind.gone')} onClose={onClose} />;
  const owner = { ...entity, id };
  const alert = kind.alert?.(entity);
  return (
    <Details
      title={nameOf(kind, entity)}
      status={statusOf(kind, entity)}
      tab={tab}
      onTab={onTab}
      onClose={onClose}
      tools={
        actions.length === 0
          ? undefined
          : actions.map((action) => (
              <ActionButton key={action.key} action={rowAction(action, entity, undefined, told, text, () => onAction(action, entity))} />
            ))
      }
      before={alert === undefined ? undefined : <Alert isInline isPlain variant="info" title={text(alert)} />}
      tabs={kind.tabs.map((one) => ({
        key: one.key,
        title: text(one.label),
        body: <TabBody kind={kind} tab={one} owner={owner} onPartAction={onPartAction} />,
      }))}
    />
  );
}

/** Name of an object in headings and questions. */
export function nameOf(kind: Kind, entity: Entity): string {
  return kind.name?.(entity) ?? entity.name ?? entity.id ?? '';
}

function statusOf(kind: Kind, entity: Entity): ReactNode {
  if (kind.status === undefined) return undefined;
  const value = typeof kind.status === 'string' ? valueAt(entity, kind.status) : kind.status(entity);
  return typeof value === 'string' ? <Status value={value} /> : undefined;
}

/** What a tab of a description shows. */
export function TabBody(props: {
  kind: Kind;
  tab: TabDescription;
  owner: Entity & { id: string };
  onPartAction: KindDetailsProps['onPartAction'];
}): ReactNode {
  const { kind, tab, owner } = props;
  const text = useText();
  return (
    <>
      {tab.facts !== undefined &&
        (tab.more === undefined ? (
          <TabFacts facts={tab.facts} entity={owner} />
        ) : (
          <FactsWithMore kind={kind} tab={tab} more={tab.more} facts={tab.facts} owner={owner} />
        ))}
      {tab.parts?.map((parts, index) => {
        const place = index === 0 ? tab.key : `${tab.key}.${index}`;
        return (
          <KindParts
            key={place}
            kind={kind}
            owner={owner}
            name={place}
            label={text(parts.title ?? tab.label)}
            parts={parts}
            onAction={(action, row) => props.onPartAction(place, action, row)}
          />
        );
      })}
    </>
  );
}

function FactsWithMore(props: {
  kind: Kind;
  tab: TabDescription;
  more: NonNullable<TabDescription['more']>;
  facts: readonly ValueDescription[];
  owner: Entity & { id: string };
}): ReactNode {
  const { kind, tab, more, facts, owner } = props;
  const query = useParts({ type: kind.type, id: owner.id }, more.types, `facts ${tab.key}`, (signal) => more.read(client, owner, signal));
  return (
    <>
      {query.error !== null && query.data === undefined && <ProblemAlert error={query.error} />}
      <TabFacts facts={facts} entity={{ ...owner, ...query.data }} />
    </>
  );
}

function TabFacts({ facts, entity }: { facts: readonly ValueDescription[]; entity: Entity }): ReactNode {
  const text = useText();
  const names = useNameOf(facts);
  return <Facts rows={facts.map((fact) => [text(fact.label), cellOf(fact, entity, text, names)] as const)} />;
}
