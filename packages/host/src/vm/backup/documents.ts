import { child, childrenNamed, element } from '../../domain-xml/element.ts';
import { parseXml } from '../../domain-xml/parse.ts';
import { writeXml } from '../../domain-xml/write.ts';
import { formatNbdAddress } from '../../nbd/address.ts';

/** A disk of the domain that takes part in a backup. */
export interface BackupTarget {
  imageId: string;
  /** Target device, by which libvirt knows it. */
  name: string;
  checkpoint: boolean;
  mode: 'full' | 'incremental';
  scratch: { path: string; kind: 'file' | 'block' };
}

/** A backup that a domain has under way. */
export interface RunningBackup {
  socketPath: string;
  /** Target devices that are served, by their own name. */
  disks: string[];
}

/** Names of bitmaps and of checkpoints are ids, the same in libvirt, in the volumes and in the engine. */
const bitmapOf = (checkpointId: string): string => checkpointId;

/**
 * The document of a backup in pull mode: QEMU serves the disks as they are now on a unix socket. Every disk of the domain is named, since
 * libvirt backs up those that are not. Source: libvirt, formatbackup.
 *
 * @param others target devices that take no part
 */
export function backupDocument(
  backup: { socketPath: string; fromCheckpointId: string | undefined; targets: readonly BackupTarget[] },
  others: readonly string[],
): string {
  const { socketPath, fromCheckpointId, targets } = backup;
  const disks = targets.map((target) =>
    element(
      'disk',
      {
        name: target.name,
        backup: 'yes',
        type: target.scratch.kind,
        exportname: target.name,
        ...(target.mode === 'incremental' && fromCheckpointId !== undefined
          ? { backupmode: 'incremental', incremental: fromCheckpointId }
          : { backupmode: 'full' }),
      },
      [
        element('driver', { type: 'qcow2' }),
        element('scratch', { [target.scratch.kind === 'file' ? 'file' : 'dev']: target.scratch.path }, [
          element('seclabel', { model: 'dac', relabel: 'no' }),
        ]),
      ],
    ),
  );
  const document = element('domainbackup', { mode: 'pull' }, [
    element('server', { transport: 'unix', socket: socketPath }),
    element('disks', {}, [...disks, ...others.map((name) => element('disk', { name, backup: 'no' }))]),
  ]);
  return writeXml(document);
}

/** The document of a checkpoint: from when on which disks record what changes. Source: libvirt, formatcheckpoint. */
export function checkpointDocument(
  checkpoint: { id: string; parentId: string | undefined; creationSeconds: number | undefined; names: readonly string[] },
  others: readonly string[],
): string {
  const { id, parentId, creationSeconds, names } = checkpoint;
  return writeXml(
    element('domaincheckpoint', {}, [
      element('name', {}, [id]),
      ...(parentId === undefined ? [] : [element('parent', {}, [element('name', {}, [parentId])])]),
      ...(creationSeconds === undefined ? [] : [element('creationTime', {}, [String(creationSeconds)])]),
      element('disks', {}, [
        ...names.map((name) => element('disk', { name, checkpoint: 'bitmap', bitmap: bitmapOf(id) })),
        ...others.map((name) => element('disk', { name, checkpoint: 'no' })),
      ]),
    ]),
  );
}

/** Reads what libvirt says of the backup that a domain has under way. @throws XmlError */
export function readRunningBackup(xml: string): RunningBackup {
  const root = parseXml(xml);
  const disks = child(root, 'disks');
  return {
    socketPath: child(root, 'server')?.attributes.get('socket') ?? '',
    disks: (disks ? childrenNamed(disks, 'disk') : [])
      .filter((disk) => disk.attributes.get('backup') !== 'no')
      .map((disk) => disk.attributes.get('name') ?? ''),
  };
}

/** Addresses of the disks of a backup, by image. */
export function backupAddresses(
  backup: RunningBackup,
  disks: readonly { target: string; imageId: string | undefined }[],
): Record<string, string> {
  return Object.fromEntries(
    disks.flatMap(({ target, imageId }) =>
      imageId === undefined || !backup.disks.includes(target)
        ? []
        : [[imageId, formatNbdAddress({ socketPath: backup.socketPath, exportName: target })]],
    ),
  );
}
