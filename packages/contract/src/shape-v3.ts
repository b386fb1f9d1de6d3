import { isTypeName, typeInfo } from './type-info.ts';

/**
 * What of version 3 is no other spelling of an attribute but lies elsewhere in version 4: values are moved before they are written in the
 * older shape, and after they were read in it.
 */

type Value = Record<string, unknown>;

const upper = (text: unknown): unknown => (typeof text === 'string' ? text.toUpperCase() : text);
const hrefIn = (value: unknown): unknown => (value as Value | undefined)?.['href'];

/** Attributes of a disk in version 3 that belong to its attachment in version 4. */
const ofAttachment = ['active', 'bootable', 'interface', 'logical_name', 'read_only', 'uses_scsi_reservation'] as const;

/** A disk of version 3 as an attachment of version 4. */
export function attachmentOfDisk(disk: Value): Value {
  const own = Object.entries(disk).filter(([name]) => !(ofAttachment as readonly string[]).includes(name));
  const attachment: Value = { disk: Object.fromEntries(own) };
  for (const name of ofAttachment) if (disk[name] !== undefined) attachment[name] = disk[name];
  return attachment;
}

/** An attachment of version 4, with its disk, as a disk of version 3. */
export function diskOfAttachment(attachment: Value, disk: Value): Value {
  const shown: Value = { ...disk };
  for (const name of ofAttachment) if (attachment[name] !== undefined) shown[name] = attachment[name];
  return shown;
}

const writers: Readonly<Record<string, (value: Value) => void>> = {
  Statistic(value) {
    value['kind'] = upper(value['kind']);
    value['unit'] = upper(value['unit']);
    value['values'] = { type: upper(value['type']), value: value['values'] };
  },
  SpecialObjects(value) {
    const links = [
      { rel: 'templates/blank', href: hrefIn(value['blank_template']) },
      { rel: 'tags/root', href: hrefIn(value['root_tag']) },
    ];
    const known = links.filter(({ href }) => href !== undefined);
    if (known.length > 0) value['links'] = known;
  },
};

function disksToAttachments(value: Value): void {
  const { disks } = value as { disks?: { disk?: Value[] } };
  delete value['disks'];
  if (disks?.disk !== undefined) value['disk_attachments'] = disks.disk.map(attachmentOfDisk);
}

/** Properties of a scheduling policy that version 3 has as XML attributes of its thresholds. */
const thresholds = { low: 'LowUtilization', high: 'HighUtilization', duration: 'CpuOverCommitDurationMinutes' } as const;

function thresholdsToProperties(value: Value): void {
  const policy = value['scheduling_policy'] as { thresholds?: Readonly<Record<string, number>> } | undefined;
  const given = policy?.thresholds;
  if (given === undefined) return;
  delete policy?.thresholds;
  value['custom_scheduling_policy_properties'] = Object.entries(thresholds).flatMap(([attribute, name]) =>
    given[attribute] === undefined ? [] : [{ name, value: String(given[attribute]) }],
  );
}

const readers: Readonly<Record<string, (value: Value) => void>> = {
  Vm: disksToAttachments,
  Snapshot: disksToAttachments,
  Cluster: thresholdsToProperties,
  SchedulingPolicy(value) {
    const { policy } = value;
    delete value['policy'];
    if (policy !== undefined) value['name'] ??= policy;
  },
  VmPlacementPolicy(value) {
    const { host } = value;
    delete value['host'];
    if (host !== undefined) value['hosts'] ??= [host];
  },
  DataCenter(value) {
    const kind = value['storage_type'];
    delete value['storage_type'];
    if (kind !== undefined) value['local'] ??= kind === 'localfs';
  },
};

function eachObject(type: string, value: Value, change: (type: string, value: Value) => void): void {
  if (!isTypeName(type)) return;
  for (const { name, kind, type: memberType, item } of typeInfo(type).attributes) {
    const member = kind === 'struct' ? value[name] : undefined;
    if (typeof member !== 'object' || member === null) continue;
    const members = item === undefined ? [member as Value] : Array.isArray(member) ? (member as Value[]) : [];
    for (const one of members) eachObject(memberType, one, change);
  }
  change(type, value);
}

/** Prepares an object of version 4, and all within it, to be written in the shape of version 3. Changes it. */
export function prepareForV3(type: string, value: object): void {
  eachObject(type, value as Value, (name, one) => writers[name]?.(one));
}

/** Makes an object of version 4 of one that was read in the shape of version 3. Changes it. */
export function completeFromV3(type: string, value: object): void {
  eachObject(type, value as Value, (name, one) => readers[name]?.(one));
}
