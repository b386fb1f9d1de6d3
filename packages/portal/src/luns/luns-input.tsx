import { Checkbox } from '@patternfly/react-core/dist/esm/components/Checkbox/index.js';
import { Radio } from '@patternfly/react-core/dist/esm/components/Radio/index.js';
import type { LogicalUnit } from '@virgate/contract/generated/types';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { client } from '../app/client.ts';
import { Parts } from '../app/details.tsx';
import { bytes } from '../format/format.ts';
import type { Around, ChosenUnit, Control, FieldValue } from '../kinds/kind.ts';
import { storageDomains, useNames, useParts } from '../live/collections.ts';
import { useText } from '../text/text.ts';
import { Targets, type Login } from './targets.tsx';
import { hindranceOf } from './use.ts';

interface InputProps<Kind extends Control['kind']> {
  id: string;
  control: Extract<Control, { kind: Kind }>;
  value: readonly ChosenUnit[];
  around: Around;
  disabled: boolean;
  onChange: (value: FieldValue) => void;
}

/** What a field about LUNs is shown with. */
export type LunsInputProps = InputProps<'luns'>;
export type FoundDomainInputProps = InputProps<'found-domain'>;

/** LUNs of those that a host sees; targets of iSCSI are discovered and logged in to beside them. */
export default function LunsInput(props: LunsInputProps): ReactNode {
  const text = useText();
  const { control, around } = props;
  const host = String(around.value(control.host) ?? '');
  const type = String(around.value(control.type) ?? '');
  if (host === '') return <span className="vg-quiet">{text('lun.host.first')}</span>;
  return <UnitsOfHost key={`${host} ${type}`} {...props} host={host} type={type} />;
}

/** A LUN of a host, with the name of the disk that it is. */
interface Seen {
  type: string | undefined;
  unit: LogicalUnit;
  disk: string | undefined;
}

/** LUNs that a host sees. */
export const useLuns = (host: string): ReturnType<typeof useParts<Seen[]>> =>
  useParts({ type: 'host', id: host }, ['host', 'storage_domain', 'disk'], 'luns', async (signal) => {
    const seen = await client.hosts.host(host).storage.list({}, { signal });
    return await Promise.all(
      seen.flatMap(({ type, logical_units: units = [] }) =>
        units.map(async (unit) => ({ type, unit, disk: unit.disk_id === undefined ? undefined : await aliasOf(unit.disk_id, signal) })),
      ),
    );
  });

/** Who may not see the disk learns its id. */
const aliasOf = async (id: string, signal: AbortSignal): Promise<string> =>
  await client.disks
    .disk(id)
    .get({}, { signal })
    .then(({ alias = id }) => alias)
    .catch(() => id);

function UnitsOfHost({
  id,
  control,
  value,
  around,
  disabled,
  onChange,
  host,
  type,
}: LunsInputProps & { host: string; type: string }): ReactNode {
  const text = useText();
  const luns = useLuns(host);
  const domainName = useNames(storageDomains);
  const [logins, setLogins] = useState<ReadonlyMap<string, Login>>(new Map());
  const overwrite = control.overwrite !== undefined && around.value(control.overwrite) === true;
  const want = { takes: control.takes, overwrite, chosen: control.takes === 'disk' ? [] : value };
  const rows = luns.data?.filter((one) => one.type === type).map((one) => ({ ...one, id: one.unit.id ?? '' }));

  useEffect(() => {
    // What another host doesn't see, or may no longer be overwritten, is not chosen any more.
    if (rows === undefined) return;
    const kept = value.filter(({ id: own }) => rows.some(({ unit }) => unit.id === own && hindranceOf(unit, want) === undefined));
    if (kept.length < value.length) onChange(kept);
  });

  const reasonOf = (one: Seen): string | undefined => {
    const hindrance = hindranceOf(one.unit, want);
    if (hindrance === undefined) return undefined;
    return text(hindrance.key, { name: one.disk ?? domainName(hindrance.domainId) ?? hindrance.domainId ?? '' });
  };
  const chosenOf = ({ id: own = '', address, port, target }: LogicalUnit): ChosenUnit => ({
    id: own,
    ...(address === undefined ? {} : { address }),
    ...(port === undefined ? {} : { port }),
    ...(target === undefined ? {} : { target, ...logins.get(target) }),
  });
  const choose = (unit: LogicalUnit, chosen: boolean): void => {
    const others = control.takes === 'disk' ? [] : value.filter((other) => other.id !== unit.id);
    onChange(chosen ? [...others, chosenOf(unit)] : others);
  };
  const box = (one: Seen): ReactNode => {
    const own = one.unit.id ?? '';
    const usual = {
      id: `${id}-${own}`,
      'aria-label': text('lun.choose', { id: own }),
      isChecked: value.some((other) => other.id === own),
      isDisabled: disabled || hindranceOf(one.unit, want) !== undefined,
      onChange: (_: unknown, chosen: boolean) => choose(one.unit, chosen),
    };
    return control.takes === 'disk' ? <Radio name={id} {...usual} /> : <Checkbox {...usual} />;
  };
  return (
    <>
      {type === 'iscsi' && (
        <Targets
          id={`${id}-portal`}
          host={host}
          disabled={disabled}
          onLogin={(one, login) => {
            setLogins((before) => new Map(before).set(one.target ?? '', login));
            return luns.refetch();
          }}
        />
      )}
      <Parts
        label={text('iscsi.luns')}
        query={{ data: rows, error: luns.error }}
        empty={text(type === 'iscsi' ? 'iscsi.luns.none' : 'lun.none')}
        columns={[
          { title: text('lun.use'), cell: box },
          { title: text('label.id'), cell: ({ unit }) => unit.id },
          { title: text('label.size'), cell: ({ unit }) => bytes(unit.size) },
          { title: text('label.vendorId'), cell: ({ unit }) => unit.vendor_id },
          { title: text('label.productId'), cell: ({ unit }) => unit.product_id },
          { title: text('label.serial'), cell: ({ unit }) => unit.serial },
          ...(type === 'iscsi' ? [{ title: text('label.target'), cell: ({ unit }: Seen) => unit.target }] : []),
          { title: text('label.status'), cell: (one) => reasonOf(one) ?? text('lun.usable') },
        ]}
      />
    </>
  );
}
