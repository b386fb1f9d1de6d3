import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { Checkbox } from '@patternfly/react-core/dist/esm/components/Checkbox/index.js';
import { FormGroup } from '@patternfly/react-core/dist/esm/components/Form/index.js';
import { FormSelect, FormSelectOption } from '@patternfly/react-core/dist/esm/components/FormSelect/index.js';
import { HelperText, HelperTextItem } from '@patternfly/react-core/dist/esm/components/HelperText/index.js';
import { TextArea } from '@patternfly/react-core/dist/esm/components/TextArea/index.js';
import { TextInput } from '@patternfly/react-core/dist/esm/components/TextInput/index.js';
import { lazy, Suspense } from 'react';
import type { ReactNode } from 'react';
import { Loading } from '../app/details.tsx';
import { useText, words } from '../text/text.ts';
import type { Around, ChosenUnit, Entity, FieldDescription, FieldValue, Pair } from './kind.ts';
import { labelOf } from './references.ts';

const LunsInput = lazy(() => import('../luns/luns-input.tsx'));
const FoundDomainInput = lazy(() => import('../luns/found-domain-input.tsx'));

export interface FieldProps {
  id: string;
  field: FieldDescription;
  value: FieldValue;
  onChange: (value: FieldValue) => void;
  /** Objects that a reference can lead to; undefined while they are read. */
  options: readonly Entity[] | undefined;
  /** What is wrong with the value. */
  problem: string | undefined;
  /** Several objects are edited, and they differ in it. */
  mixed?: boolean;
  disabled: boolean;
  /** Where the field stands. */
  around: Around;
}

/** One field of a form: label, control, and what is to be said of it. */
export function Field(props: FieldProps): ReactNode {
  const text = useText();
  const { id, field, problem } = props;
  const hint = problem ?? (props.mixed === true ? text('bulk.mixed') : field.hint === undefined ? undefined : text(field.hint));
  const told =
    hint === undefined ? null : (
      <HelperText id={`${id}-hint`}>
        <HelperTextItem variant={problem === undefined ? 'default' : 'error'}>{hint}</HelperTextItem>
      </HelperText>
    );
  if (field.control.kind === 'check') {
    return (
      <FormGroup>
        <Checkbox
          id={id}
          label={text(field.label)}
          isChecked={props.value === true}
          isDisabled={props.disabled}
          aria-describedby={hint === undefined ? undefined : `${id}-hint`}
          onChange={(_, value) => props.onChange(value)}
        />
        {told}
      </FormGroup>
    );
  }
  const grouped = ['references', 'pairs', 'luns', 'found-domain'].includes(field.control.kind);
  return (
    <FormGroup
      label={text(field.label)}
      isRequired={field.need === true}
      {...(grouped ? { role: 'group', fieldId: `${id}-group` } : { fieldId: id })}
    >
      <InputOf {...props} describedBy={hint === undefined ? undefined : `${id}-hint`} />
      {told}
    </FormGroup>
  );
}

function InputOf({
  id,
  field,
  value,
  onChange,
  options,
  problem,
  disabled,
  around,
  describedBy,
}: FieldProps & { describedBy: string | undefined }): ReactNode {
  const text = useText();
  const { control } = field;
  const usual = {
    id,
    isDisabled: disabled,
    validated: problem === undefined ? ('default' as const) : ('error' as const),
    'aria-describedby': describedBy,
  };
  switch (control.kind) {
    case 'area':
    case 'lines':
      return (
        <TextArea
          {...usual}
          aria-label={text(field.label)}
          rows={3}
          resizeOrientation="vertical"
          value={String(value)}
          onChange={(_, next) => onChange(next)}
        />
      );
    case 'choice':
    case 'version': {
      const labels = control.kind === 'choice' ? control.label : undefined;
      return (
        <FormSelect {...usual} value={String(value)} onChange={(_, next) => onChange(next)}>
          {field.need !== true && <FormSelectOption value="" label={text('form.engine')} />}
          {control.options.map((one) => (
            <FormSelectOption key={one} value={one} label={labels?.[one] === undefined ? words(one) : text(labels[one])} />
          ))}
        </FormSelect>
      );
    }
    case 'reference':
      return (
        <FormSelect {...usual} isDisabled={disabled || options === undefined} value={String(value)} onChange={(_, next) => onChange(next)}>
          {control.none !== undefined && <FormSelectOption value="" label={text(control.none)} />}
          {options?.length === 0 && control.none === undefined && <FormSelectOption value="" label={text('form.none.there')} />}
          {options?.map((one) => (
            <FormSelectOption key={one.id} value={one.id} label={labelOf(control.of, one)} />
          ))}
        </FormSelect>
      );
    case 'references':
      return (
        <Checks {...{ id, options, disabled, onChange }} label={(one) => labelOf(control.of, one)} value={value as readonly string[]} />
      );
    case 'pairs':
      return <Pairs {...{ id, disabled, onChange }} value={value as readonly Pair[]} />;
    case 'luns':
      return (
        <Suspense fallback={<Loading />}>
          <LunsInput {...{ id, control, around, disabled, onChange }} value={value as readonly ChosenUnit[]} />
        </Suspense>
      );
    case 'found-domain':
      return (
        <Suspense fallback={<Loading />}>
          <FoundDomainInput {...{ id, control, around, disabled, onChange }} value={value as readonly ChosenUnit[]} />
        </Suspense>
      );
    case 'number':
      return (
        <TextInput
          {...usual}
          type="number"
          inputMode="numeric"
          isRequired={field.need === true}
          value={String(value)}
          onChange={(_, next) => onChange(next)}
        />
      );
    default:
      return (
        <TextInput
          {...usual}
          type={control.kind === 'password' ? 'password' : 'text'}
          isRequired={field.need === true}
          autoComplete={control.kind === 'password' ? 'new-password' : 'off'}
          spellCheck={false}
          value={String(value)}
          onChange={(_, next) => onChange(next)}
        />
      );
  }
}

interface ChecksProps {
  id: string;
  options: readonly Entity[] | undefined;
  disabled: boolean;
  value: readonly string[];
  label: (option: Entity) => string;
  onChange: (value: FieldValue) => void;
}

/** Any number of objects. */
function Checks({ id, options, disabled, value, label, onChange }: ChecksProps): ReactNode {
  const text = useText();
  if (options === undefined) return <span className="vg-quiet">{text('loading')}</span>;
  if (options.length === 0) return <span className="vg-quiet">{text('form.none.there')}</span>;
  return (
    <div className="vg-checks">
      {options.map((one) => {
        const own = one.id ?? '';
        return (
          <Checkbox
            key={own}
            id={`${id}-${own}`}
            label={label(one)}
            isChecked={value.includes(own)}
            isDisabled={disabled}
            onChange={(_, checked) => onChange(checked ? [...value, own] : value.filter((other) => other !== own))}
          />
        );
      })}
    </div>
  );
}

interface PairsProps {
  id: string;
  disabled: boolean;
  value: readonly Pair[];
  onChange: (value: FieldValue) => void;
}

/** Names with values, as many as wanted. */
function Pairs({ id, disabled, value, onChange }: PairsProps): ReactNode {
  const text = useText();
  const put = (index: number, pair: Pair): void => onChange(value.map((one, at) => (at === index ? pair : one)));
  return (
    <div className="vg-pairs">
      {value.map((pair, index) => (
        // Rows have no identity but their place.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={index} className="vg-pairs__row">
          <TextInput
            id={`${id}-${index}-name`}
            aria-label={text('form.pair.name', { number: index + 1 })}
            value={pair.name}
            isDisabled={disabled}
            onChange={(_, name) => put(index, { ...pair, name })}
          />
          <TextInput
            id={`${id}-${index}-value`}
            aria-label={text('form.pair.value', { number: index + 1 })}
            value={pair.value}
            isDisabled={disabled}
            onChange={(_, next) => put(index, { ...pair, value: next })}
          />
          <Button variant="plain" isDisabled={disabled} onClick={() => onChange(value.filter((_, at) => at !== index))}>
            {text('form.pair.remove')}
          </Button>
        </div>
      ))}
      <Button variant="link" isInline isDisabled={disabled} onClick={() => onChange([...value, { name: '', value: '' }])}>
        {text('form.pair.add')}
      </Button>
    </div>
  );
}
