import { Alert } from '@patternfly/react-core/dist/esm/components/Alert/index.js';
import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core/dist/esm/components/Modal/index.js';
import type { Disk } from '@virgate/contract/generated/types';
import { diskOfImage, headerBytes, readImageHeader } from '@virgate/sdk';
import type { ImageHeader } from '@virgate/sdk';
import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { dataDomains, profilesOfDomain } from '../disks/kind.ts';
import { bytes } from '../format/format.ts';
import { check, description, reference, text as textField } from '../kinds/fields.ts';
import { FormDialog } from '../kinds/form-dialog.tsx';
import type { ActionDescription, FormDescription, OwnDialogProps } from '../kinds/kind.ts';
import { hosts, storageDomains } from '../kinds/references.ts';
import type { TextKey } from '../text/en.ts';
import { useText } from '../text/text.ts';
import { startUpload } from './transfers.ts';
import './uploads.css';

interface Chosen {
  file: File;
  header: ImageHeader;
}

const blockTypes = new Set(['iscsi', 'fcp']);

/** A file of the browser's becomes a disk: it is chosen, looked into, and what it comes to is proposed. */
export default function UploadDialog({ target, pane, onPane, onDone, onClose }: OwnDialogProps): ReactNode {
  const text = useText();
  const [chosen, setChosen] = useState<Chosen>();
  const [refused, setRefused] = useState<TextKey>();
  const action = useMemo(() => (chosen === undefined ? undefined : uploading(chosen, target.ownerId)), [chosen, target.ownerId]);
  if (chosen !== undefined && action?.form !== undefined) {
    const told = text(chosen.header.content === 'iso' ? 'upload.found.iso' : 'upload.found', {
      format: chosen.header.format === 'cow' ? 'qcow2' : 'raw',
      size: bytes(chosen.header.virtualBytes),
    });
    return (
      <FormDialog
        action={action}
        form={action.form}
        target={{ id: '', entity: undefined, ownerId: '', owner: undefined }}
        name={`${chosen.file.name} (${told})`}
        pane={pane}
        onPane={onPane}
        onDone={() => onDone()}
        onClose={onClose}
      />
    );
  }
  const look = async (file: File): Promise<void> => {
    const header = readImageHeader(new Uint8Array(await file.slice(0, headerBytes).arrayBuffer()), file.size);
    if (typeof header === 'string') setRefused(`upload.refused.${header}`);
    else setChosen({ file, header });
  };
  return (
    <Modal isOpen variant="medium" onClose={onClose} aria-labelledby="upload-title">
      <ModalHeader title={text('upload.title')} labelId="upload-title" />
      <ModalBody>
        {refused !== undefined && (
          <div role="alert">
            <Alert isInline variant="danger" title={text(refused)} />
          </div>
        )}
        <label className="vg-upload">
          {text('upload.file')}
          <input
            type="file"
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              setRefused(undefined);
              // A file that was moved meanwhile, or is a folder, cannot be read.
              if (file !== undefined) look(file).catch(() => setRefused('upload.refused.unreadable'));
            }}
          />
        </label>
        <p className="vg-quiet">{text('upload.hint')}</p>
      </ModalBody>
      <ModalFooter>
        <Button variant="link" onClick={onClose}>
          {text('cancel')}
        </Button>
      </ModalFooter>
    </Modal>
  );
}

/** @param domain that is proposed; empty: any */
function uploading({ file, header }: Chosen, domain: string): ActionDescription {
  const form: FormDescription = {
    title: 'upload.of',
    dialog: 'UploadImagePopupView',
    tabs: [
      {
        label: 'form.tab.general',
        fields: [
          textField('label.alias', 'alias', { need: true, initial: file.name.replace(/\.(?:iso|img|raw|qcow2?)$/i, '') }),
          { ...description, initial: file.name },
          reference('label.storageDomain', 'storage_domains.0', dataDomains, { need: true, ...(domain === '' ? {} : { initial: domain }) }),
          reference('label.diskProfile', 'disk_profile', profilesOfDomain),
          reference('label.host', 'host', { ...hosts, only: (host) => (host as { status?: string }).status === 'up' }),
          check('label.wipeAfterDelete', 'wipe_after_delete'),
          check('label.shareable', 'shareable'),
        ],
      },
    ],
  };
  return {
    key: 'upload',
    label: 'upload.start',
    form,
    async run(client, _, body) {
      const { host, ...disk } = body as Disk & { host?: { id: string } };
      const domains = await storageDomains.list(
        client,
        { ownerId: '', owner: undefined, entity: undefined, value: () => undefined },
        AbortSignal.timeout(30_000),
      );
      const chosenDomain = domains.find((one) => one.id === disk.storage_domains?.[0]?.id) as { storage?: { type?: string } } | undefined;
      const onBlocks = blockTypes.has(chosenDomain?.storage?.type ?? '');
      await startUpload(file, { ...disk, ...diskOfImage(header, file.size, onBlocks) }, host?.id);
    },
  };
}
