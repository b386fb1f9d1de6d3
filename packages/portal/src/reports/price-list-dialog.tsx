import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { FormGroup } from '@patternfly/react-core/dist/esm/components/Form/index.js';
import { FormSelect, FormSelectOption } from '@patternfly/react-core/dist/esm/components/FormSelect/index.js';
import { Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core/dist/esm/components/Modal/index.js';
import { TextInput } from '@patternfly/react-core/dist/esm/components/TextInput/index.js';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { client } from '../app/client.ts';
import { ProblemAlert } from '../faults/problem.tsx';
import { useText, words } from '../text/text.ts';
import { choices } from './criteria-form.tsx';
import { listOf, type PriceListDraft } from './price-list.ts';

interface DialogProps {
  /** The list that is changed; undefined for a new one. */
  id: string | undefined;
  start: PriceListDraft;
  onDone: (name: string) => void;
  onClose: () => void;
}

const formId = 'price-list';

/** Prices of a list: those for everything, and others for some clusters and some storage. */
export function PriceListDialog({ id, start, onDone, onClose }: DialogProps): ReactNode {
  const text = useText();
  const [draft, setDraft] = useState(start);
  const change = (part: Partial<PriceListDraft>): void => setDraft((now) => ({ ...now, ...part }));
  const save = useMutation({
    mutationFn: () => {
      const list = listOf(draft);
      return id === undefined ? client.virgate.priceLists.add(list) : client.virgate.priceLists.priceList(id).update(list);
    },
    onSuccess: ({ name }) => onDone(name),
  });
  const title = id === undefined ? text('prices.new') : text('prices.edit', { name: start.name });
  return (
    <Modal isOpen variant="medium" onClose={onClose} aria-labelledby="price-list-title">
      <ModalHeader title={title} labelId="price-list-title" />
      <ModalBody>
        <form
          id={formId}
          aria-labelledby="price-list-title"
          onSubmit={(event) => {
            event.preventDefault();
            save.mutate();
          }}
        >
          {save.error !== null && <ProblemAlert error={save.error} object={draft.name} />}
          <div className="vg-criteria">
            <FormGroup fieldId="price-name" label={text('label.name')} isRequired>
              <TextInput id="price-name" value={draft.name} maxLength={100} onChange={(_, name) => change({ name })} />
            </FormGroup>
            <FormGroup fieldId="price-currency" label={text('prices.currency')} isRequired>
              <FormSelect id="price-currency" value={draft.currency} onChange={(_, currency) => change({ currency })}>
                {Intl.supportedValuesOf('currency').map((code) => (
                  <FormSelectOption key={code} value={code} label={code} />
                ))}
              </FormSelect>
            </FormGroup>
            <Price id="price-vcpu" label={text('prices.vcpuHour')} value={draft.vcpuHour} onChange={(vcpuHour) => change({ vcpuHour })} />
            <Price
              id="price-memory"
              label={text('prices.memoryGibHour')}
              value={draft.memoryGibHour}
              onChange={(memoryGibHour) => change({ memoryGibHour })}
            />
            <Price
              id="price-storage"
              label={text('prices.gibMonth')}
              value={draft.gibMonth}
              onChange={(gibMonth) => change({ gibMonth })}
            />
          </div>
          <ClusterRows draft={draft} change={change} />
          <StorageRows draft={draft} change={change} />
        </form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form={formId} variant="primary" isDisabled={draft.name.trim() === '' || save.isPending}>
          {text('prices.save')}
        </Button>
        <Button variant="link" onClick={onClose}>
          {text('cancel')}
        </Button>
      </ModalFooter>
    </Modal>
  );
}

function Price(props: { id: string; label: string; value: string; onChange: (value: string) => void }): ReactNode {
  return (
    <FormGroup fieldId={props.id} label={props.label} isRequired>
      <TextInput id={props.id} inputMode="decimal" value={props.value} maxLength={30} onChange={(_, value) => props.onChange(value)} />
    </FormGroup>
  );
}

interface RowsProps {
  draft: PriceListDraft;
  change: (part: Partial<PriceListDraft>) => void;
}

/** What prices may be about: objects of a kind, gone ones left out. */
function useChoices(kind: 'cluster' | 'storage_domain'): { id: string; name: string }[] {
  return (
    useQuery({
      queryKey: ['report-choices', kind, {}, false],
      queryFn: ({ signal }) => client.virgate.reportChoices.list({ kind, showDeleted: false }, { signal }),
    }).data ?? []
  );
}

/** Chooses what a price is about; what is not among the options, since it is gone, is shown by its id. */
function About(props: {
  id: string;
  label: string;
  value: string;
  options: { id: string; name: string }[];
  onChange: (value: string) => void;
}): ReactNode {
  const text = useText();
  const { id, label, value, options, onChange } = props;
  const unlisted = value !== '' && !options.some((one) => one.id === value);
  return (
    <FormGroup fieldId={id} label={label}>
      <FormSelect id={id} value={value} onChange={(_, next) => onChange(next)}>
        <FormSelectOption value="" label={text('reports.choose')} />
        {unlisted && <FormSelectOption value={value} label={value} />}
        {options.map((one) => (
          <FormSelectOption key={one.id} value={one.id} label={one.name} />
        ))}
      </FormSelect>
    </FormGroup>
  );
}

const replaced = <T,>(rows: readonly T[], index: number, part: Partial<T>): T[] =>
  rows.map((row, place) => (place === index ? { ...row, ...part } : row));
const without = <T,>(rows: readonly T[], index: number): T[] => rows.filter((_, place) => place !== index);

function ClusterRows({ draft, change }: RowsProps): ReactNode {
  const text = useText();
  const options = useChoices('cluster');
  const { clusters } = draft;
  const set = (index: number, part: Partial<(typeof clusters)[number]>): void => change({ clusters: replaced(clusters, index, part) });
  return (
    <section aria-label={text('prices.clusters')}>
      {clusters.map((row, index) => (
        // Rows are told apart by their place only.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={index} className="vg-criteria" role="group" aria-label={text('prices.row', { number: index + 1 })}>
          <About
            id={`price-cluster-${index}`}
            label={text('criterion.cluster')}
            value={row.about}
            options={options}
            onChange={(about) => set(index, { about })}
          />
          <Price
            id={`price-cluster-vcpu-${index}`}
            label={text('prices.vcpuHour')}
            value={row.vcpuHour}
            onChange={(vcpuHour) => set(index, { vcpuHour })}
          />
          <Price
            id={`price-cluster-memory-${index}`}
            label={text('prices.memoryGibHour')}
            value={row.memoryGibHour}
            onChange={(memoryGibHour) => set(index, { memoryGibHour })}
          />
          <Button variant="link" isDanger onClick={() => change({ clusters: without(clusters, index) })}>
            {text('action.remove')}
          </Button>
        </div>
      ))}
      <Button
        variant="link"
        onClick={() => change({ clusters: [...clusters, { about: '', vcpuHour: draft.vcpuHour, memoryGibHour: draft.memoryGibHour }] })}
      >
        {text('prices.addCluster')}
      </Button>
    </section>
  );
}

function StorageRows({ draft, change }: RowsProps): ReactNode {
  const text = useText();
  const domains = useChoices('storage_domain');
  const { storage } = draft;
  const options = [
    ...(choices['storageType']?.values ?? []).map((type) => ({ id: `type:${type}`, name: text('prices.ofType', { type: words(type) }) })),
    ...domains.map(({ id, name }) => ({ id: `domain:${id}`, name })),
  ];
  const set = (index: number, part: Partial<(typeof storage)[number]>): void => change({ storage: replaced(storage, index, part) });
  return (
    <section aria-label={text('prices.storage')}>
      {storage.map((row, index) => (
        // oxlint-disable-next-line react/no-array-index-key
        <div key={index} className="vg-criteria" role="group" aria-label={text('prices.row', { number: index + 1 })}>
          <About
            id={`price-domain-${index}`}
            label={text('prices.storage')}
            value={row.about}
            options={options}
            onChange={(about) => set(index, { about })}
          />
          <Price
            id={`price-domain-month-${index}`}
            label={text('prices.gibMonth')}
            value={row.gibMonth}
            onChange={(gibMonth) => set(index, { gibMonth })}
          />
          <Button variant="link" isDanger onClick={() => change({ storage: without(storage, index) })}>
            {text('action.remove')}
          </Button>
        </div>
      ))}
      <Button variant="link" onClick={() => change({ storage: [...storage, { about: '', gibMonth: draft.gibMonth }] })}>
        {text('prices.addStorage')}
      </Button>
    </section>
  );
}
