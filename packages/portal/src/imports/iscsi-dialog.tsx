import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core/dist/esm/components/Modal/index.js';
import type { HostStorage, IscsiDetails } from '@virgate/contract/generated/types';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { client } from '../app/client.ts';
import { Parts } from '../app/details.tsx';
import { ProblemAlert } from '../faults/problem.tsx';
import { bytes } from '../format/format.ts';
import { number, text as textField } from '../kinds/fields.ts';
import { FormDialog } from '../kinds/form-dialog.tsx';
import type { ActionDescription, OwnDialogProps } from '../kinds/kind.ts';
import { useParts } from '../live/collections.ts';
import { useText } from '../text/text.ts';

const discovering = (host: string): ActionDescription => ({
  key: 'discover',
  label: 'iscsi.discover',
  form: {
    title: 'iscsi.title',
    tabs: [
      {
        label: 'form.tab.general',
        fields: [
          textField('label.address', 'address', { need: true }),
          number('label.port', 'port', { min: 1, max: 65_535 }, { need: true, initial: '3260' }),
          textField('label.userName', 'username', { hint: 'iscsi.chap.hint' }),
          { label: 'label.password', path: 'password', control: { kind: 'password' } },
        ],
      },
    ],
  },
  run: async (api, _, body) => {
    const portal = body as IscsiDetails;
    const answer = await api.hosts.host(host).discoverIscsi({ iscsi: portal });
    return { portal, targets: answer.discovered_targets ?? [] };
  },
});

interface Found {
  portal: IscsiDetails;
  targets: readonly IscsiDetails[];
}

/** Asks a portal for its targets, logs the host in to them, and shows the LUNs that the host has then. */
export default function IscsiDialog({ target, name, pane, onPane, onClose }: OwnDialogProps): ReactNode {
  const [found, setFound] = useState<Found>();
  if (found !== undefined)
    return <Targets host={target.id} name={name} found={found} onAgain={() => setFound(undefined)} onClose={onClose} />;
  const action = discovering(target.id);
  if (action.form === undefined) return null;
  return (
    <FormDialog
      action={action}
      form={action.form}
      target={{ id: target.id, entity: undefined, ownerId: '', owner: undefined }}
      name={name}
      pane={pane}
      onPane={onPane}
      onDone={(result) => setFound(result as Found)}
      onClose={onClose}
    />
  );
}

function Targets({
  host,
  name,
  found: { portal, targets },
  onAgain,
  onClose,
}: {
  host: string;
  name: string;
  found: Found;
  onAgain: () => void;
  onClose: () => void;
}): ReactNode {
  const text = useText();
  const luns = useParts({ type: 'host', id: host }, ['host', 'storage_domain'], 'luns', (signal) =>
    client.hosts.host(host).storage.list({}, { signal }),
  );
  const [failure, setFailure] = useState<unknown>();
  const [busy, setBusy] = useState<string>();
  const [known, setKnown] = useState<readonly string[]>([]);
  const login = async (one: IscsiDetails): Promise<void> => {
    const { username, password } = portal;
    setBusy(one.target);
    setFailure(undefined);
    try {
      await client.hosts
        .host(host)
        .iscsiLogin({
          iscsi: { ...one, ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) },
        });
      setKnown([...known, one.target ?? '']);
      await luns.refetch();
    } catch (error) {
      setFailure(error);
    }
    setBusy(undefined);
  };
  const rows = targets.map((one) => ({ ...one, id: `${one.target} ${one.address}` }));
  return (
    <Modal isOpen variant="large" onClose={onClose} aria-labelledby="iscsi-title">
      <ModalHeader title={text('iscsi.title', { name })} labelId="iscsi-title" />
      <ModalBody>
        {failure !== undefined && <ProblemAlert error={failure} object={name} />}
        <Parts
          label={text('iscsi.targets')}
          query={{ data: rows, error: null }}
          empty={text('iscsi.targets.none')}
          columns={[
            { title: text('label.target'), cell: (one) => one.target },
            { title: text('label.address'), cell: (one) => `${one.address ?? ''}:${one.port ?? ''}` },
            {
              title: text('grid.actions'),
              cell: (one) =>
                known.includes(one.target ?? '') ? (
                  text('iscsi.loggedIn')
                ) : (
                  <Button
                    size="sm"
                    variant="secondary"
                    isLoading={busy === one.target}
                    isDisabled={busy !== undefined}
                    aria-label={text('iscsi.loginTo', { target: one.target ?? '' })}
                    onClick={() => void login(one)}
                  >
                    {text('iscsi.login')}
                  </Button>
                ),
            },
          ]}
        />
        <h3 className="vg-card__title">{text('iscsi.luns')}</h3>
        <Parts
          label={text('iscsi.luns')}
          query={luns}
          empty={text('iscsi.luns.none')}
          columns={[
            { title: text('label.id'), cell: (one: HostStorage) => one.logical_units?.[0]?.id ?? one.id },
            { title: text('label.size'), cell: (one) => bytes(one.logical_units?.[0]?.size) },
            { title: text('label.vendorId'), cell: (one) => one.logical_units?.[0]?.vendor_id },
            { title: text('label.status'), cell: (one) => one.logical_units?.[0]?.status },
          ]}
        />
      </ModalBody>
      <ModalFooter>
        <Button variant="secondary" onClick={onAgain}>
          {text('iscsi.again')}
        </Button>
        <Button variant="link" onClick={onClose}>
          {text('close')}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
