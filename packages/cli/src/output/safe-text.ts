/**
 * Characters that a terminal acts on instead of showing them: controls (with the 8-bit ones), and those that turn the direction of text round,
 * which can make a name look like another.
 */
// oxlint-disable-next-line no-control-regex
const dangerous = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const everyDangerous = new RegExp(dangerous.source, 'g');

const shown: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A text of the server's as one line that does nothing to a terminal: `\x1b` stands for an escape. */
export function safeText(text: string): string {
  return dangerous.test(text) ? text.replace(everyDangerous, (one) => shown[one] ?? escaped(one)) : text;
}

/** The same, with line breaks kept: for messages. */
export function safeLines(text: string): string {
  return text.split('\n').map(safeText).join('\n');
}

function escaped(one: string): string {
  const code = one.charCodeAt(0);
  return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** What JSON leaves as it is and a terminal would act on, as JSON writes it. */
export function safeJson(json: string): string {
  // JSON.stringify escapes what is below a space; what it wrote as line breaks is layout.
  return json.replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const noWidth = /[\p{M}\u200b-\u200d\ufeff]/u;
// oxlint-disable-next-line no-control-regex
const ascii = /^[\u0000-\u007f]*$/;

/** Columns of a terminal that a text takes. */
export function widthOf(text: string): number {
  if (ascii.test(text)) return text.length;
  let width = 0;
  for (const one of text) width += noWidth.test(one) ? 0 : wide.test(one) ? 2 : 1;
  return width;
}
