import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { Form } from '@patternfly/react-core/dist/esm/components/Form/index.js';
import { Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core/dist/esm/components/Modal/index.js';
import { Switch } from '@patternfly/react-core/dist/esm/components/Switch/index.js';
import { Tab, Tabs, TabTitleText } from '@patternfly/react-core/dist/esm/components/Tabs/index.js';
import { ApiFault } from '@virgate/sdk';
import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { client, guardedClient } from '../app/client.ts';
import { tagOf } from '../app/entity-tags.ts';
import { ProblemAlert } from '../faults/problem.tsx';
import { keptOf, useKeeping } from '../session/kept.ts';
import { sessionEnded, useUserName } from '../session/session.ts';
import { useText } from '../text/text.ts';
import { Field } from './controls.tsx';
import { bodyOf, changedPaths, commonValues, fieldProblem, fieldsOf, initialValues, shownFields } from './form.ts';
import type { Values } from './form.ts';
import type {
  ActionDescription,
  Around,
  Control,
  Entity,
  FieldDescription,
  FieldValue,
  FormDescription,
  FormTab,
  Reference,
  Target,
} from './kind.ts';
import { useReferences } from './use-references.ts';

interface FormDialogProps {
  action: ActionDescription;
  form: FormDescription;
  target: Target;
  /** All that it is done to, where that is more than the target: the form begins with what they have in common. */
  several?: readonly Entity[];
  /** Heading, where it is not the form's title. */
  heading?: string;
  /** Name of what it is done to. */
  name: string;
  /** Side tab that is open, as the address has it. */
  pane: string;
  onPane: (pane: string) => void;
  /** Reads the object as it is now, where a change of it is to be told from one of another. */
  reread?: () => Promise<Entity>;
  /** Does it, in the place of the action's own request. */
  send?: (body: object) => Promise<unknown>;
  /** Told what the engine answered. */
  onDone: (result: unknown) => void;
  onClose: () => void;
}

/** A form for one object, as its description says: side tabs when there is more than one, what is wrong beside each field. */
export function FormDialog(props: FormDialogProps): ReactNode {
  const { action, form, target, several, name, pane, onPane, onDone, onClose } = props;
  const text = useText();
  const { values: initial, mixed } = useMemo(
    () =>
      several === undefined || form.edits !== true
        ? { values: initialValues(form, target.entity), mixed: noPaths }
        : commonValues(
            form,
            several.map((one) => initialValues(form, one)),
          ),
    [form, target.entity, several],
  );
  const user = useUserName();
  const dialog = `${action.key} ${form.title} ${target.ownerId} ${target.id}`;
  const [typed, setTyped] = useState<Values>(() => keptOf<Values>(user, dialog) ?? {});
  useKeeping(user, dialog, () => typed);
  // What the form began with, and the tag of that: what another changes meanwhile must not be overwritten unseen.
  const [seen, setSeen] = useState(() => ({ tag: tagOf(target.id), values: initialValues(form, target.entity) }));
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({});
  const [advanced, setAdvanced] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  /** Fields that another changed meanwhile. */
  const [overwriting, setOverwriting] = useState<readonly string[]>([]);

  const references = useMemo(() => fieldsOf(form).flatMap((field) => ('of' in field.control ? [field.control.of] : [])), [form]);
  const before = aroundOf(target, { ...initial, ...typed });
  const optionsOf = useReferences(references, before);
  const { values, around, choices } = settled(form, target, { ...initial, ...typed }, (reference) => optionsOf(reference).options);
  const optionsFailure = references.map((reference) => optionsOf(reference).error).find((error) => error !== null);
  const shown = form.edits === true && target.entity === undefined ? [] : shownFields(fieldsOf(form), around);

  /** What a field that has to be filled in can hold is not read yet: it is not to be called empty. */
  const awaited = shown.some(
    (field) => field.need === true && 'of' in field.control && choices(field) === undefined && (values[field.path] ?? '') === '',
  );

  async function submit(): Promise<void> {
    if (awaited) return;
    const wrong = shown.flatMap((field) => {
      // A field in which several differ may stay as it is.
      if (mixed.has(field.path) && JSON.stringify(values[field.path]) === JSON.stringify(initial[field.path])) return [];
      const problem = fieldProblem(field, values[field.path] ?? '');
      return problem === undefined ? [] : [[field.path, text(problem.key, problem.values)] as const];
    });
    setProblems(Object.fromEntries(wrong));
    const first = wrong[0]?.[0];
    if (first !== undefined) {
      const tab = form.tabs.find((one) => one.fields.some((field) => field.path === first));
      if (tab?.advanced === true) setAdvanced(true);
      if (tab !== undefined) onPane(tab.label);
      // The field stands in the page only after its tab was opened.
      setTimeout(() => document.getElementById(fieldId(first))?.focus(), 0);
      return;
    }
    setFailure(undefined);
    setOverwriting([]);
    setBusy(true);
    const body = bodyOf(form, shown, values, form.edits === true ? initial : {}, mixed);
    try {
      onDone(await (props.send?.(body) ?? save(body, seen.tag)));
    } catch (error) {
      if (error instanceof ApiFault && error.signedOut) return sessionEnded();
      setFailure(error);
      setBusy(false);
    }
  }

  /** Sends the change of what was seen. Where another changed it meanwhile, but nothing that the form shows, it is sent again. */
  async function save(body: object, tag: string | undefined): Promise<unknown> {
    const { reread } = props;
    if (form.edits !== true || tag === undefined || reread === undefined) return await action.run(client, target, body);
    try {
      return await action.run(guardedClient(target.id, tag), target, body);
    } catch (error) {
      if (!(error instanceof ApiFault) || error.status !== preconditionFailed) throw error;
      const now = initialValues(form, await reread());
      const changed = fieldsOf(form).filter(({ path }) => JSON.stringify(now[path]) !== JSON.stringify(seen.values[path]));
      const newest = tagOf(target.id);
      setSeen({ tag: newest, values: now });
      if (changed.length === 0 && newest !== undefined) return await action.run(guardedClient(target.id, newest), target, body);
      setOverwriting(changed.map((field) => text(field.label)));
      throw error;
    }
  }

  const change = (field: FieldDescription, value: FieldValue): void => {
    setTyped({ ...typed, [field.path]: value });
    if (problems[field.path] !== undefined)
      setProblems(Object.fromEntries(Object.entries(problems).filter(([path]) => path !== field.path)));
  };
  const tabs = form.tabs.filter((tab) => tab.fields.some((field) => shown.includes(field)) && (advanced || tab.advanced !== true));
  const nothingChanged = form.edits === true && changedPaths(form, values, initial).size === 0;
  const body = (tab: FormTab): ReactNode =>
    tab.fields
      .filter((field) => shown.includes(field))
      .map((field) => (
        <Field
          key={field.path}
          id={fieldId(field.path)}
          field={field}
          value={values[field.path] ?? ''}
          options={choices(field)}
          problem={problems[field.path]}
          mixed={mixed.has(field.path) && typed[field.path] === undefined}
          disabled={busy || (form.edits === true && field.fixed === true)}
          around={around}
          onChange={(value) => change(field, value)}
        />
      ));
  const [only] = tabs;
  const current = tabs.find((tab) => tab.label === pane) ?? only;
  return (
    <Modal
      isOpen
      variant={form.tabs.length > 1 || shown.some(({ control }) => isWide(control)) ? 'large' : 'medium'}
      onClose={onClose}
      aria-labelledby="form-title"
    >
      <ModalHeader title={props.heading ?? text(form.title, { name })} labelId="form-title" />
      <ModalBody>
        <Form
          id="kind-form"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          {failure !== undefined && overwriting.length > 0 && (
            <p role="status">{text('form.changedMeanwhile', { fields: overwriting.join(', ') })}</p>
          )}
          {failure !== undefined && <ProblemAlert error={failure} object={name === '' ? undefined : name} />}
          {optionsFailure !== undefined && <ProblemAlert error={optionsFailure} />}
          {form.tabs.some((tab) => tab.advanced === true) && (
            <Switch id="form-advanced" label={text('form.advanced')} isChecked={advanced} onChange={(_, value) => setAdvanced(value)} />
          )}
          {tabs.length > 1 ? (
            <div className="vg-form-tabs">
              <Tabs isVertical activeKey={current?.label ?? ''} onSelect={(_, key) => onPane(String(key))} aria-label={text('form.tabs')}>
                {tabs.map((tab) => (
                  <Tab
                    key={tab.label}
                    eventKey={tab.label}
                    title={
                      <TabTitleText>
                        {text(tab.label)}
                        {tab.fields.some((field) => problems[field.path] !== undefined) && (
                          <span className="vg-form-tabs__wrong"> ({text('form.wrong')})</span>
                        )}
                      </TabTitleText>
                    }
                    tabContentId={`pane-${tab.label}`}
                  />
                ))}
              </Tabs>
              {current !== undefined && (
                <section
                  key={current.label}
                  id={`pane-${current.label}`}
                  role="tabpanel"
                  aria-label={text(current.label)}
                  className="vg-form-tabs__body"
                >
                  {body(current)}
                </section>
              )}
            </div>
          ) : (
            only !== undefined && body(only)
          )}
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button
          type="submit"
          form="kind-form"
          variant={action.danger === true ? 'danger' : 'primary'}
          isLoading={busy}
          isDisabled={busy || nothingChanged || awaited}
        >
          {text(form.edits === true ? 'form.save' : action.label)}
        </Button>
        <Button variant="link" onClick={onClose}>
          {text('cancel')}
        </Button>
      </ModalFooter>
    </Modal>
  );
}

const isWide = ({ kind }: Control): boolean => kind === 'luns' || kind === 'found-domain';
const preconditionFailed = 412;
const noPaths: ReadonlySet<string> = new Set();

function fieldId(path: string): string {
  return `field-${path.replaceAll('.', '-')}`;
}

function aroundOf(target: Target, values: Values): Around {
  return { ownerId: target.ownerId, owner: target.owner, entity: target.entity, value: (path) => values[path] };
}

/** A field that needs an object and has none yet, or one that is no choice any more, holds the first that there is. */
function settled(
  form: FormDescription,
  target: Target,
  given: Values,
  optionsOf: (reference: Reference) => readonly Entity[] | undefined,
): { values: Values; around: Around; choices: (field: FieldDescription) => readonly Entity[] | undefined } {
  const values: Record<string, FieldValue> = { ...given };
  const around = aroundOf(target, values);
  const choices = (field: FieldDescription): readonly Entity[] | undefined => {
    if (!('of' in field.control)) return undefined;
    const { of: reference } = field.control;
    const all = optionsOf(reference);
    return reference.only === undefined ? all : all?.filter((one) => reference.only?.(one, around));
  };
  for (const field of fieldsOf(form)) {
    if (field.control.kind !== 'reference' || field.control.none !== undefined) continue;
    const options = choices(field);
    if (options !== undefined && !options.some((one) => one.id === values[field.path])) values[field.path] = options[0]?.id ?? '';
  }
  return { values, around, choices };
}
