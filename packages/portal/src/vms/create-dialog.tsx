import { Alert } from '@patternfly/react-core/dist/esm/components/Alert/index.js';
import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { Checkbox } from '@patternfly/react-core/dist/esm/components/Checkbox/index.js';
import { Form, FormGroup } from '@patternfly/react-core/dist/esm/components/Form/index.js';
import { FormSelect, FormSelectOption } from '@patternfly/react-core/dist/esm/components/FormSelect/index.js';
import { HelperText, HelperTextItem } from '@patternfly/react-core/dist/esm/components/HelperText/index.js';
import { Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core/dist/esm/components/Modal/index.js';
import { Radio } from '@patternfly/react-core/dist/esm/components/Radio/index.js';
import { TextInput } from '@patternfly/react-core/dist/esm/components/TextInput/index.js';
import type { Cluster, Template } from '@virgate/contract/generated/types';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { Controller, useForm } from 'react-hook-form';
import type { FieldErrors, Resolver } from 'react-hook-form';
import { client } from '../app/client.ts';
import { Loading } from '../app/details.tsx';
import { tellFailure } from '../faults/notices.tsx';
import { ProblemAlert } from '../faults/problem.tsx';
import { clusters, networks, templates, useCollection, useParts, vnicProfiles } from '../live/collections.ts';
import { ApiFault } from '@virgate/sdk';
import { keptOf, useKeeping } from '../session/kept.ts';
import { sessionEnded, useUserName } from '../session/session.ts';
import { useText } from '../text/text.ts';
import type { TextKey } from '../text/en.ts';
import { asTemplate, createVm, creationSchema, limits, noNetwork } from './create.ts';
import type { Creation, CreationStep } from './create.ts';

const blankId = '00000000-0000-0000-0000-000000000000';
const mib = 1024 ** 2;
const defaultMemoryMib = 1024;

interface CreateVmDialogProps {
  onClose: () => void;
  /** Chosen to begin with; the first real one otherwise. */
  templateId?: string;
}

/** Makes a virtual machine from a template. */
export function CreateVmDialog(props: CreateVmDialogProps): ReactNode {
  const text = useText();
  const templateList = useCollection(templates);
  const clusterList = useCollection(clusters);
  const error = templateList.error ?? clusterList.error;
  const usable = useMemo(
    () => templateList.data?.filter((one) => one.status !== 'illegal' && one.status !== 'locked'),
    [templateList.data],
  );
  const ready = usable !== undefined && clusterList.data !== undefined;
  return (
    <Modal isOpen variant="medium" onClose={props.onClose} aria-labelledby="create-title">
      <ModalHeader title={text('create.title')} labelId="create-title" />
      {ready ? (
        <CreationForm {...props} templates={usable} clusters={clusterList.data} />
      ) : (
        <ModalBody>{error === null ? <Loading /> : <ProblemAlert error={error} object={text('create.title')} />}</ModalBody>
      )}
    </Modal>
  );
}

const resolver: Resolver<Creation> = (values) => {
  const result = creationSchema.safeParse(values);
  if (result.success) return { values: result.data, errors: {} };
  const errors: FieldErrors<Creation> = {};
  for (const issue of result.error.issues) {
    const field = issue.path[0] as keyof Creation;
    errors[field] ??= { type: issue.code, message: issue.message };
  }
  return { values: {}, errors };
};

interface CreationFormProps extends CreateVmDialogProps {
  templates: readonly Template[];
  clusters: readonly Cluster[];
}

function CreationForm({ onClose, templateId, ...lists }: CreationFormProps): ReactNode {
  const text = useText();
  const navigate = useNavigate();
  const first =
    lists.templates.find((one) => one.id === templateId) ?? lists.templates.find((one) => one.id !== blankId) ?? lists.templates[0];
  const [step, setStep] = useState<CreationStep>();
  const [failure, setFailure] = useState<unknown>();
  const user = useUserName();
  const form = useForm<Creation>({
    resolver,
    defaultValues: keptOf<Creation>(user, 'create') ?? {
      name: '',
      templateId: first?.id ?? '',
      clusterId: first?.cluster?.id ?? lists.clusters[0]?.id ?? '',
      memoryMib: memoryOf(first),
      cores: coresOf(first),
      allocation: 'thin',
      network: asTemplate,
      start: false,
    },
  });
  useKeeping(user, 'create', () => form.getValues());
  const {
    register,
    control,
    watch,
    setValue,
    handleSubmit,
    formState: { errors },
  } = form;
  const chosenTemplate = watch('templateId');
  const cluster = lists.clusters.find((one) => one.id === watch('clusterId'));
  const profiles = useProfiles(cluster);
  const nics = useTemplateNics(chosenTemplate);
  useEffect(() => {
    // A template without an interface makes a machine that nobody reaches: the first profile is the better start.
    if (nics === undefined || profiles === undefined || form.getFieldState('network').isDirty) return;
    setValue('network', nics > 0 ? asTemplate : (profiles[0]?.id ?? asTemplate));
  }, [nics, profiles, form, setValue]);

  async function submit(creation: Creation): Promise<void> {
    setFailure(undefined);
    try {
      const result = await createVm(client, creation, setStep);
      if (result.failure !== undefined) tellFailure(result.failure, text('create.partial', { name: creation.name }));
      onClose();
      await navigate({ to: '/vms/$objectId', params: { objectId: result.id } });
    } catch (error) {
      if (error instanceof ApiFault && error.signedOut) return sessionEnded();
      setFailure(error);
    } finally {
      setStep(undefined);
    }
  }

  const problem = (field: keyof Creation, hint?: string, values?: Record<string, number>): ReactNode => {
    const message = errors[field]?.message;
    if (message === undefined && hint === undefined) return null;
    return (
      <HelperText id={`${field}-hint`}>
        <HelperTextItem variant={message === undefined ? 'default' : 'error'}>
          {message === undefined ? hint : text(message as TextKey, values)}
        </HelperTextItem>
      </HelperText>
    );
  };
  const validated = (field: keyof Creation): 'error' | 'default' => (errors[field] === undefined ? 'default' : 'error');
  const chooseTemplate = (id: string): void => {
    const template = lists.templates.find((one) => one.id === id);
    setValue('templateId', id, { shouldValidate: true });
    setValue('memoryMib', memoryOf(template));
    setValue('cores', coresOf(template));
    if (template?.cluster?.id !== undefined) setValue('clusterId', template.cluster.id);
  };

  return (
    <>
      <ModalBody>
        <Form id="create-vm" onSubmit={(event) => void handleSubmit(submit)(event)} noValidate>
          {failure !== undefined && <ProblemAlert error={failure} object={watch('name')} />}
          {lists.templates.length === 0 && <Alert isInline variant="warning" title={text('create.no.templates')} />}
          {lists.clusters.length === 0 && <Alert isInline variant="warning" title={text('create.no.clusters')} />}
          <FormGroup label={text('create.name')} isRequired fieldId="create-name">
            <Controller
              control={control}
              name="name"
              render={({ field }) => (
                <TextInput
                  {...field}
                  id="create-name"
                  isRequired
                  autoFocus
                  autoComplete="off"
                  spellCheck={false}
                  validated={validated('name')}
                  aria-describedby="name-hint"
                  onChange={(_, value) => field.onChange(value)}
                />
              )}
            />
            {problem('name', text('create.name.hint'))}
          </FormGroup>
          <div className="vg-form-pair">
            <FormGroup label={text('create.template')} isRequired fieldId="create-template">
              <FormSelect
                id="create-template"
                value={chosenTemplate}
                validated={validated('templateId')}
                onChange={(_, value) => chooseTemplate(value)}
              >
                {lists.templates.map((one) => (
                  <FormSelectOption key={one.id} value={one.id} label={templateLabel(one)} />
                ))}
              </FormSelect>
              {problem('templateId')}
            </FormGroup>
            <FormGroup label={text('create.cluster')} isRequired fieldId="create-cluster">
              <Controller
                control={control}
                name="clusterId"
                render={({ field }) => (
                  <FormSelect
                    {...field}
                    id="create-cluster"
                    validated={validated('clusterId')}
                    onChange={(_, value) => field.onChange(value)}
                  >
                    {lists.clusters.map((one) => (
                      <FormSelectOption key={one.id} value={one.id} label={one.name ?? ''} />
                    ))}
                  </FormSelect>
                )}
              />
              {problem('clusterId')}
            </FormGroup>
          </div>
          <div className="vg-form-pair">
            <FormGroup label={text('create.memory')} isRequired fieldId="create-memory">
              <Controller
                control={control}
                name="memoryMib"
                render={({ field }) => (
                  <NumberField {...field} id="create-memory" validated={validated('memoryMib')} describedBy="memoryMib-hint" />
                )}
              />
              {problem('memoryMib', undefined, { min: limits.leastMemoryMib, max: limits.mostMemoryMib })}
            </FormGroup>
            <FormGroup label={text('create.cores')} isRequired fieldId="create-cores">
              <Controller
                control={control}
                name="cores"
                render={({ field }) => <NumberField {...field} id="create-cores" validated={validated('cores')} describedBy="cores-hint" />}
              />
              {problem('cores', undefined, { max: limits.mostCores })}
            </FormGroup>
          </div>
          <FormGroup role="radiogroup" label={text('create.allocation')} fieldId="create-allocation" isStack>
            <Controller
              control={control}
              name="allocation"
              render={({ field }) => (
                <>
                  {(['thin', 'clone'] as const).map((one) => (
                    <Radio
                      key={one}
                      id={`create-${one}`}
                      name="allocation"
                      label={text(`create.allocation.${one}`)}
                      description={text(`create.allocation.${one}.hint`)}
                      isChecked={field.value === one}
                      onChange={() => field.onChange(one)}
                    />
                  ))}
                </>
              )}
            />
          </FormGroup>
          <FormGroup label={text('create.network')} fieldId="create-network">
            <Controller
              control={control}
              name="network"
              render={({ field }) => (
                <FormSelect {...field} id="create-network" onChange={(_, value) => field.onChange(value)}>
                  <FormSelectOption value={asTemplate} label={text('create.network.template')} />
                  {(profiles ?? []).map((one) => (
                    <FormSelectOption key={one.id} value={one.id} label={one.label} />
                  ))}
                  <FormSelectOption value={noNetwork} label={text('create.network.none')} />
                </FormSelect>
              )}
            />
          </FormGroup>
          <Controller
            control={control}
            name="start"
            render={({ field }) => (
              <Checkbox
                id="create-start"
                label={text('create.start')}
                isChecked={field.value}
                onChange={(_, value) => field.onChange(value)}
              />
            )}
          />
          <input type="hidden" {...register('templateId')} />
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form="create-vm" variant="primary" isLoading={step !== undefined} isDisabled={step !== undefined}>
          {text('create.submit')}
        </Button>
        <Button variant="link" onClick={onClose}>
          {text('cancel')}
        </Button>
        <span role="status" className="vg-quiet">
          {step === undefined ? '' : text(`create.step.${step}`, { name: watch('name') })}
        </span>
      </ModalFooter>
    </>
  );
}

interface NumberFieldProps {
  id: string;
  name: string;
  value: number;
  validated: 'error' | 'default';
  describedBy: string;
  onChange: (value: number) => void;
  onBlur: () => void;
}

function NumberField({ value, validated, describedBy, onChange, ...rest }: NumberFieldProps): ReactNode {
  return (
    <TextInput
      {...rest}
      type="number"
      inputMode="numeric"
      isRequired
      validated={validated}
      aria-describedby={validated === 'error' ? describedBy : undefined}
      value={Number.isNaN(value) ? '' : value}
      onChange={(_, text) => onChange(text === '' ? NaN : Number(text))}
    />
  );
}

function memoryOf(template: Template | undefined): number {
  return template?.memory === undefined ? defaultMemoryMib : Math.round(template.memory / mib);
}

function coresOf(template: Template | undefined): number {
  const { sockets = 1, cores = 1, threads = 1 } = template?.cpu?.topology ?? {};
  return sockets * cores * threads;
}

function templateLabel(template: Template): string {
  const version = template.version?.version_number ?? 1;
  return version > 1 ? `${template.name ?? ''} (${template.version?.version_name ?? version})` : (template.name ?? '');
}

interface ProfileChoice {
  id: string;
  label: string;
}

/** Profiles of the networks in the cluster's data center; undefined until known. */
function useProfiles(cluster: Cluster | undefined): readonly ProfileChoice[] | undefined {
  const profiles = useCollection(vnicProfiles).data;
  const networkList = useCollection(networks).data;
  const center = cluster?.data_center?.id;
  return useMemo(() => {
    if (profiles === undefined || networkList === undefined) return undefined;
    return profiles.flatMap((profile) => {
      const network = networkList.find((one) => one.id === profile.network?.id);
      const elsewhere = center !== undefined && network?.data_center?.id !== undefined && network.data_center.id !== center;
      const { id, name = '' } = profile;
      return id === undefined || elsewhere
        ? []
        : [{ id, label: network?.name === undefined || network.name === name ? name : `${name} (${network.name})` }];
    });
  }, [profiles, networkList, center]);
}

/** How many interfaces the template brings; undefined until known. */
function useTemplateNics(templateId: string): number | undefined {
  const query = useParts({ type: 'template', id: templateId }, ['nic'], 'nics', async (signal) =>
    templateId === '' ? [] : await client.templates.template(templateId).nics.list({}, { signal }),
  );
  return query.data?.length;
}
