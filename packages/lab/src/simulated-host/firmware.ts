import { createHash } from 'node:crypto';

/** The hash by which a change of such data shows. */
export const firmwareHash = (data: string): string => createHash('sha256').update(data).digest('hex');

/** What the firmware of a machine keeps once it runs: what it was given, and that it ran here. As base64, as it travels. */
export function firmwareOfRun(xml: string, given: Record<string, string>, hostName: string): Record<string, string> {
  const kinds = [...(/<tpm\b/.test(xml) ? ['tpm'] : []), ...(/<nvram\b/.test(xml) ? ['nvram'] : [])];
  return Object.fromEntries(
    kinds.map((kind) => {
      const before = Buffer.from(given[kind] ?? '', 'base64').toString();
      return [kind, Buffer.from(`${before}ran on ${hostName}\n`).toString('base64')];
    }),
  );
}
