import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { Radio } from '@patternfly/react-core/dist/esm/components/Radio/index.js';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { client } from '../app/client.ts';
import { Parts } from '../app/details.tsx';
import { useParts } from '../live/collections.ts';
import { useText } from '../text/text.ts';
import type { FoundDomainInputProps } from './luns-input.tsx';
import { Targets, type Login } from './targets.tsx';

/** A storage domain on LUNs that a host sees and nobody has imported; targets of iSCSI are discovered and logged in to beside it. */
export default function FoundDomainInput(props: FoundDomainInputProps): ReactNode {
  const text = useText();
  const { control, around } = props;
  const host = String(around.value(control.host) ?? '');
  const type = String(around.value(control.type) ?? '');
  if (host === '') return <span className="vg-quiet">{text('lun.host.first')}</span>;
  return <DomainsOfHost key={`${host} ${type}`} {...props} host={host} type={type} />;
}

function DomainsOfHost({ id, value, disabled, onChange, host, type }: FoundDomainInputProps & { host: string; type: string }): ReactNode {
  const text = useText();
  const found = useParts(
    { type: 'host', id: host },
    ['host', 'storage_domain'],
    'found-domains',
    async (signal) => (await client.hosts.host(host).unregisteredStorageDomainsDiscover({}, { signal })).storage_domains ?? [],
  );
  const [login, setLogin] = useState<Login>({});
  const rows = found.data?.filter((one) => one.storage?.type === type);

  useEffect(() => {
    if (rows === undefined) return;
    const kept = value.filter((one) => rows.some((other) => other.id === one.id));
    if (kept.length < value.length) onChange(kept);
  });

  return (
    <>
      {type === 'iscsi' && (
        <Targets
          id={`${id}-portal`}
          host={host}
          disabled={disabled}
          onLogin={(_, used) => {
            setLogin(used);
            return found.refetch();
          }}
        />
      )}
      <Parts
        label={text('domain.found')}
        query={{ data: rows, error: found.error }}
        empty={text('domain.found.none')}
        columns={[
          {
            title: text('lun.use'),
            cell: ({ id: own = '', name = '' }) => (
              <Radio
                id={`${id}-${own}`}
                name={id}
                aria-label={text('domain.found.choose', { name })}
                isChecked={value.some((one) => one.id === own)}
                isDisabled={disabled}
                onChange={() => onChange([{ id: own, name, ...login }])}
              />
            ),
          },
          { title: text('label.name'), cell: (one) => one.name },
          { title: text('label.id'), cell: (one) => one.id },
          { title: text('label.format'), cell: (one) => one.storage_format },
        ]}
      />
      <Button
        variant="link"
        isInline
        isLoading={found.isFetching}
        isDisabled={disabled || found.isFetching}
        onClick={() => void found.refetch()}
      >
        {text('domain.found.again')}
      </Button>
    </>
  );
}
