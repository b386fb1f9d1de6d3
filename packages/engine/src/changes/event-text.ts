import type { Change } from './feed.ts';

/** What is not known is left out. */
export const told = ({ seq, type, id, op, version, fields }: Change) => ({
  seq,
  type,
  id,
  op,
  ...(version === null ? {} : { version }),
  ...(fields === null ? {} : { fields }),
});

/** The server-sent events of the feed. */
export const eventOf = (change: Change): string => `id: ${change.seq}\nevent: change\ndata: ${JSON.stringify(told(change))}\n\n`;
export const resyncOf = (seq: number): string => `id: ${seq}\nevent: resync\ndata: {"seq":${seq}}\n\n`;
export const positionOf = (seq: number): string => `id: ${seq}\nevent: position\ndata: {"seq":${seq}}\n\n`;
/** @param members JSON of the frame's members but its number, each with its name */
export const frameOf = (seq: number, members: readonly string[]): string =>
  `id: ${seq}\nevent: frame\ndata: {${[`"seq":${seq}`, ...members].join(',')}}\n\n`;
