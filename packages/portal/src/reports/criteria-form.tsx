import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { Checkbox } from '@patternfly/react-core/dist/esm/components/Checkbox/index.js';
import { FormGroup } from '@patternfly/react-core/dist/esm/components/Form/index.js';
import { FormSelect, FormSelectOption } from '@patternfly/react-core/dist/esm/components/FormSelect/index.js';
import { TextInput } from '@patternfly/react-core/dist/esm/components/TextInput/index.js';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { client } from '../app/client.ts';
import { useText, words, type Text } from '../text/text.ts';
import type { TextKey } from '../text/en.ts';
import { isComplete, type CriteriaSearch } from './place.ts';
import type { ReportChoice, ReportEntry } from './report.ts';
import { priceListsKey } from './use-reports.ts';

type ObjectKind = 'data_center' | 'cluster' | 'host' | 'vm' | 'storage_domain';

/** Criteria that name objects: of which kind, and whether several can be named. */
const objects: Readonly<Record<string, { kind: ObjectKind; several?: true }>> = {
  dataCenter: { kind: 'data_center' },
  cluster: { kind: 'cluster' },
  host: { kind: 'host' },
  hosts: { kind: 'host', several: true },
  vm: { kind: 'vm' },
  vms: { kind: 'vm', several: true },
  storageDomain: { kind: 'storage_domain' },
};
/** Criteria with few values, and whether they can be left open. */
export const choices: Readonly<Record<string, { values: readonly string[]; open: boolean; names?: Readonly<Record<string, TextKey>> }>> = {
  period: { values: ['hourly', 'daily', 'monthly', 'quarterly', 'yearly'], open: false },
  hostType: { values: ['host', 'hypervisor'], open: true },
  vmType: { values: ['desktop', 'server', 'high_performance'], open: true },
  storageType: { values: ['nfs', 'fcp', 'iscsi', 'localfs', 'posixfs', 'glusterfs', 'cinder', 'managed_block_storage'], open: true },
  measure: { values: ['cpu', 'memory'], open: false },
  figure: { values: ['average', 'max'], open: false },
  displayBy: { values: ['cluster', 'data_center'], open: false },
  costBy: {
    values: ['vm', 'user', 'tag', 'data_center', 'cluster'],
    open: false,
    names: { vm: 'criterion.vm', user: 'label.user', tag: 'label.tags', data_center: 'criterion.dataCenter', cluster: 'criterion.cluster' },
  },
};
/** Numbers with bounds, and what stands for none of them. */
const numbers: Readonly<Record<string, { min: number; max: number; usual: string }>> = {
  historyDays: { min: 7, max: 365, usual: '30 – 90' },
  horizonDays: { min: 7, max: 365, usual: '90' },
  fullPercent: { min: 1, max: 100, usual: '90' },
};
const flags: ReadonlySet<string> = new Set(['showDeleted', 'groupByTag']);
const days: ReadonlySet<string> = new Set(['startDate', 'endDate']);

const label = (name: string): TextKey => `criterion.${name}` as TextKey;

/** The criteria of a report; the report is made when they are handed over. */
export function CriteriaForm({
  entry,
  search,
  onShow,
}: {
  entry: ReportEntry;
  search: CriteriaSearch;
  onShow: (search: CriteriaSearch) => void;
}): ReactNode {
  const text = useText();
  const [values, setValues] = useState<CriteriaSearch>(search);
  const set = (name: string, value: string): void =>
    setValues((now) => {
      const next: Record<string, string> = { ...now, [name]: value };
      // What was chosen within another data center or cluster may not be there.
      const below =
        name === 'dataCenter'
          ? ['cluster', 'host', 'hosts', 'vm', 'vms', 'storageDomain']
          : name === 'cluster'
            ? ['host', 'hosts', 'vm', 'vms']
            : [];
      for (const one of below) delete next[one];
      if (name === 'period') for (const one of ['startHour', 'endDate']) delete next[one];
      return next;
    });
  const hourly = values['period'] === 'hourly';
  const shown = entry.criteria.filter((name) => (name === 'startHour' ? hourly : name === 'endDate' ? !hourly : true));
  return (
    <form
      className="vg-criteria"
      aria-label={text('reports.criteria')}
      onSubmit={(event) => {
        event.preventDefault();
        onShow(Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '')));
      }}
    >
      {shown.map((name) => (
        <Criterion key={name} name={name} entry={entry} values={values} onChange={(value) => set(name, value)} />
      ))}
      <Button type="submit" variant="primary" isDisabled={!isComplete(entry, values)}>
        {text('reports.show')}
      </Button>
    </form>
  );
}

function nameOfChoice({ names }: (typeof choices)[string], value: string, text: Text): string {
  const name = names?.[value];
  return name === undefined ? words(value) : text(name);
}

interface CriterionProps {
  name: string;
  entry: ReportEntry;
  values: CriteriaSearch;
  onChange: (value: string) => void;
}

function Criterion({ name, entry, values, onChange }: CriterionProps): ReactNode {
  const text = useText();
  const id = `criterion-${name}`;
  const value = values[name] ?? '';
  const title = text(label(name));
  const needed = entry.needs.includes(name) || name === 'period' || name === 'startDate';
  if (flags.has(name))
    return <Checkbox id={id} label={title} isChecked={value === 'true'} onChange={(_, on) => onChange(on ? 'true' : '')} />;
  const choice = choices[name];
  const object = objects[name];
  return (
    <FormGroup fieldId={id} label={title} isRequired={needed}>
      {object !== undefined ? (
        <Objects id={id} {...object} value={value} needed={needed} values={values} onChange={onChange} />
      ) : choice !== undefined ? (
        <FormSelect id={id} value={value} onChange={(_, next) => onChange(next)}>
          {choice.open && <FormSelectOption value="" label={text('reports.all')} />}
          {choice.values.map((one) => (
            <FormSelectOption key={one} value={one} label={nameOfChoice(choice, one, text)} />
          ))}
        </FormSelect>
      ) : name === 'operatingSystem' ? (
        <Systems id={id} value={value} onChange={onChange} />
      ) : name === 'priceList' ? (
        <Prices id={id} value={value} onChange={onChange} />
      ) : (
        <>
          <TextInput
            id={id}
            type={days.has(name) ? 'date' : 'number'}
            min={days.has(name) ? undefined : (numbers[name]?.min ?? 0)}
            max={numbers[name]?.max}
            placeholder={numbers[name]?.usual}
            list={name === 'fullPercent' ? `${id}-usual` : undefined}
            value={value}
            onChange={(_, next) => onChange(next)}
          />
          {name === 'fullPercent' && (
            <datalist id={`${id}-usual`}>
              {[80, 90, 95, 100].map((percent) => (
                <option key={percent} value={percent} />
              ))}
            </datalist>
          )}
        </>
      )}
    </FormGroup>
  );
}

function Objects(props: {
  id: string;
  kind: ObjectKind;
  several?: true;
  value: string;
  needed: boolean;
  values: CriteriaSearch;
  onChange: (value: string) => void;
}): ReactNode {
  const text = useText();
  const { id, kind, several, value, needed, values, onChange } = props;
  const showDeleted = values['showDeleted'] === 'true';
  const within = {
    ...(kind === 'data_center' || values['dataCenter'] === undefined || values['dataCenter'] === ''
      ? {}
      : { dataCenter: values['dataCenter'] }),
    ...(kind === 'host' || kind === 'vm'
      ? values['cluster'] === undefined || values['cluster'] === ''
        ? {}
        : { cluster: values['cluster'] }
      : {}),
  };
  const query = useQuery({
    queryKey: ['report-choices', kind, within, showDeleted],
    queryFn: ({ signal }) => client.virgate.reportChoices.list({ kind, showDeleted, ...within }, { signal }),
  });
  const options = query.data ?? [];
  const nameOf = (one: ReportChoice): string => (one.removed === null ? one.name : text('reports.removed', { name: one.name }));
  if (several === true)
    return (
      <select
        id={id}
        multiple
        size={5}
        className="vg-criteria__several"
        value={value === '' ? [] : value.split(',')}
        onChange={(event) => onChange([...event.target.selectedOptions].map((option) => option.value).join(','))}
      >
        {options.map((one) => (
          <option key={one.id} value={one.id}>
            {nameOf(one)}
          </option>
        ))}
      </select>
    );
  // What a link names may be gone, and then isn't among the choices.
  const unlisted = value !== '' && query.data !== undefined && !options.some((one) => one.id === value);
  return (
    <FormSelect id={id} value={value} onChange={(_, next) => onChange(next)}>
      <FormSelectOption value="" label={needed ? text('reports.choose') : text('reports.all')} />
      {unlisted && <FormSelectOption value={value} label={value} />}
      {options.map((one) => (
        <FormSelectOption key={one.id} value={one.id} label={nameOf(one)} />
      ))}
    </FormSelect>
  );
}

function Prices({ id, value, onChange }: { id: string; value: string; onChange: (value: string) => void }): ReactNode {
  const text = useText();
  const query = useQuery({ queryKey: priceListsKey, queryFn: ({ signal }) => client.virgate.priceLists.list({ signal }) });
  return (
    <FormSelect id={id} value={value} onChange={(_, next) => onChange(next)}>
      <FormSelectOption value="" label={text('reports.choose')} />
      {(query.data ?? []).map((one) => (
        <FormSelectOption key={one.id} value={one.id} label={`${one.name} (${one.currency})`} />
      ))}
    </FormSelect>
  );
}

function Systems({ id, value, onChange }: { id: string; value: string; onChange: (value: string) => void }): ReactNode {
  const text = useText();
  const query = useQuery({
    queryKey: ['operating-systems'],
    queryFn: ({ signal }) => client.operatingSystems.list({}, { signal }),
    staleTime: Infinity,
  });
  return (
    <FormSelect id={id} value={value} onChange={(_, next) => onChange(next)}>
      <FormSelectOption value="" label={text('reports.all')} />
      {(query.data ?? []).map((one) => (
        <FormSelectOption key={one.id} value={one.id ?? ''} label={one.description ?? one.name ?? one.id ?? ''} />
      ))}
    </FormSelect>
  );
}
