import { storageError } from '../storage-error.ts';
import { isUuid } from '../uuid.ts';

/**
 * The mailbox of a block domain: how a host that may not change logical volumes asks the pool's manager for a larger one. Each
 * host writes into its place of the area `inbox`, and finds the answers in the same place of `outbox` (VDSM, storage mailbox).
 */
export const mailboxBytes = 4096;
const messageBytes = 64;

/** The last place of a mailbox is for its checksum. */
export const messagesPerMailbox = mailboxBytes / messageBytes - 1;

const checksumBytes = 4;
const version = '1';
const extendCode = 'xtnd';
const sizeDigits = 16;
const uuidBytes = 16;
const cleanMessage = Buffer.alloc(messageBytes, 1);
const emptyMessage = Buffer.alloc(messageBytes);
const eventCode = Buffer.from('\0evt', 'latin1');

/** Wish for a larger volume; in an answer the size that it has now, or 0 when it could not be. */
export interface ExtendMessage {
  domainId: string;
  volumeId: string;
  sizeMebibytes: number;
}

/** What stands in one place of a mailbox. */
export type MailboxEntry = 'empty' | 'clean' | ExtendMessage;

/** A UUID as its number, the lowest byte first. */
export function packUuid(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex').reverse();
}

export function unpackUuid(bytes: Buffer): string {
  const hex = Buffer.from(bytes).reverse().toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Sum of all bytes. */
export function mailboxChecksum(bytes: Buffer): number {
  return bytes.reduce((sum, byte) => sum + byte, 0) >>> 0;
}

function formatMessage(message: ExtendMessage): Buffer {
  const { sizeMebibytes } = message;
  if (!Number.isSafeInteger(sizeMebibytes) || sizeMebibytes < 0)
    throw storageError('InvalidParameterException', `No size of a volume: ${sizeMebibytes}`);
  const payload = Buffer.concat([
    Buffer.from(version + extendCode, 'latin1'),
    packUuid(message.domainId),
    packUuid(message.volumeId),
    Buffer.from(sizeMebibytes.toString(16).padStart(sizeDigits, '0'), 'latin1'),
  ]);
  return Buffer.concat([payload, Buffer.alloc(messageBytes - payload.length, '0')]);
}

/** Text of one place. @returns `undefined` for what is no message of ours */
function parseMessage(bytes: Buffer): MailboxEntry | undefined {
  if (bytes.equals(emptyMessage)) return 'empty';
  if (bytes.equals(cleanMessage)) return 'clean';
  if (bytes.toString('latin1', 0, 5) !== version + extendCode) return undefined;
  const volume = 5 + uuidBytes;
  const size = volume + uuidBytes;
  const digits = bytes.toString('latin1', size, size + sizeDigits);
  const domainId = unpackUuid(bytes.subarray(5, volume));
  const volumeId = unpackUuid(bytes.subarray(volume, size));
  const sizeMebibytes = Number.parseInt(digits, 16);
  if (!/^[0-9a-fA-F]{16}$/.test(digits) || !Number.isSafeInteger(sizeMebibytes) || !isUuid(domainId) || !isUuid(volumeId)) return undefined;
  return { domainId, volumeId, sizeMebibytes };
}

/** A host's mailbox. @throws 1000 when it has more messages than places */
export function formatMailbox(entries: readonly MailboxEntry[]): Buffer {
  if (entries.length > messagesPerMailbox) throw storageError('InvalidParameterException', `A mailbox has ${messagesPerMailbox} places`);
  const mailbox = Buffer.alloc(mailboxBytes);
  for (const [index, entry] of entries.entries()) {
    const bytes = entry === 'empty' ? emptyMessage : entry === 'clean' ? cleanMessage : formatMessage(entry);
    bytes.copy(mailbox, index * messageBytes);
  }
  mailbox.writeUInt32LE(mailboxChecksum(mailbox.subarray(0, mailboxBytes - checksumBytes)), mailboxBytes - checksumBytes);
  return mailbox;
}

/**
 * Reads a host's mailbox. A place that holds no message counts as empty.
 *
 * @returns `undefined` when the checksum does not fit: it is being written, or nobody ever wrote into it
 */
export function parseMailbox(mailbox: Buffer): MailboxEntry[] | undefined {
  if (mailbox.length !== mailboxBytes) return undefined;
  const sum = mailboxChecksum(mailbox.subarray(0, mailboxBytes - checksumBytes));
  if (sum === 0 || mailbox.readUInt32LE(mailboxBytes - checksumBytes) !== sum) return undefined;
  return Array.from(
    { length: messagesPerMailbox },
    (_, index) => parseMessage(mailbox.subarray(index * messageBytes, (index + 1) * messageBytes)) ?? 'empty',
  );
}

/** What a manager answers in a place of its outbox: the same message with the size that the volume has now, 0 for a failure. */
export const answerTo = (request: ExtendMessage, sizeMebibytes: number): ExtendMessage => ({ ...request, sizeMebibytes });

/** Where a host's mailbox begins; that of host 0 holds the event that wakes the manager. */
export const mailboxOffset = (hostId: number): number => hostId * mailboxBytes;

/** The event that wakes the manager. @param id differs at each time */
export function formatEvent(id: string): Buffer {
  const bytes = Buffer.alloc(mailboxBytes);
  eventCode.copy(bytes);
  Buffer.from(id.replaceAll('-', ''), 'hex').copy(bytes, eventCode.length);
  return bytes;
}

/** @returns the event's id, or `undefined` where there is none */
export function parseEvent(bytes: Buffer): string | undefined {
  if (!bytes.subarray(0, eventCode.length).equals(eventCode)) return undefined;
  const hex = bytes.toString('hex', eventCode.length, eventCode.length + uuidBytes);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
