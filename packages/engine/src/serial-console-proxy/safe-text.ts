/**
 * What a terminal acts on instead of showing it: controls (the 8-bit ones too), and what turns the direction of text round, by which a name
 * can look like another.
 */
// oxlint-disable-next-line no-control-regex -- controls are what is looked for
const dangerous = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** A text of somebody else's as one line that does nothing to a terminal: `\u001b` stands for an escape. */
export const safeText = (text: string): string => text.replace(dangerous, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** JSON in plain ASCII. */
export const asciiJson = (value: unknown): string =>
  JSON.stringify(value, undefined, 4).replace(/[\u007f-\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
