/** What typing needs of a screen. */
export interface KeyTarget {
  sendKey(keysym: number, code: string | null, down?: boolean): void;
}

/** Longest text that is typed at once; guests lose keys when more come than their buffer holds. */
export const mostTyped = 4096;

const named: Readonly<Record<string, number>> = { '\n': 0xff0d, '\t': 0xff09, '\b': 0xff08 };

/** X11 keysym of a character: Latin-1 has its own numbers, everything else its code point above 0x01000000. */
export function keysymOf(character: string): number {
  const known = named[character];
  if (known !== undefined) return known;
  const point = character.codePointAt(0) ?? 0;
  return (point >= 0x20 && point <= 0x7e) || (point >= 0xa0 && point <= 0xff) ? point : 0x01000000 + point;
}

/** Types a text into the guest, key by key: works without anything installed in it. */
export function typeText(target: KeyTarget, text: string): void {
  for (const character of text.replaceAll('\r\n', '\n').slice(0, mostTyped)) target.sendKey(keysymOf(character), null);
}
