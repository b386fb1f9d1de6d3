/** Where an image is served by NBD, as other managers write it: `nbd:unix:PATH[:exportname=NAME]`. Source: QEMU, legacy NBD URIs. */
export interface NbdAddress {
  socketPath: string;
  exportName: string;
}

/** Longest path of a unix socket, in bytes (sun_path without its NUL). */
export const maximumSocketPathBytes = 107;

/** @returns undefined when the text is no such address */
export function parseNbdAddress(text: string): NbdAddress | undefined {
  const match = /^nbd:unix:(\/[^:\0]+)(?::exportname=([^:\0]{0,255}))?$/.exec(text);
  const socketPath = match?.[1];
  if (socketPath === undefined || Buffer.byteLength(socketPath) > maximumSocketPathBytes) return undefined;
  return { socketPath, exportName: match?.[2] ?? '' };
}

export function formatNbdAddress({ socketPath, exportName }: NbdAddress): string {
  return `nbd:unix:${socketPath}${exportName === '' ? '' : `:exportname=${exportName}`}`;
}
