import { inflateSync } from 'node:zlib';

/** Objects of a PDF file by number: what stands before a stream, and the stream unpacked. */
function objectsOf(file: Buffer): Map<string, { head: string; body: string }> {
  const objects = new Map<string, { head: string; body: string }>();
  const text = file.toString('latin1');
  for (const [, number = '', content = ''] of text.matchAll(/(\d+) 0 obj\n([\s\S]*?)\nendobj/g)) {
    const start = content.indexOf('\nstream\n');
    const head = start < 0 ? content : content.slice(0, start);
    const packed = start < 0 ? '' : content.slice(start + 8).replace(/\nendstream$/, '');
    objects.set(number, { head, body: head.includes('/FlateDecode') ? unpacked(packed) : packed });
  }
  return objects;
}

function unpacked(stream: string): string {
  try {
    return inflateSync(Buffer.from(stream, 'latin1')).toString('latin1');
  } catch {
    return '';
  }
}

/** Letters by the numbers of a font's glyphs, from its table for readers. */
function lettersOf(table: string): Map<number, string> {
  const letters = new Map<number, string>();
  for (const [, first = '', , list = ''] of table.matchAll(/<([0-9a-f]{4})> <([0-9a-f]{4})> \[([^\]]*)\]/gi))
    for (const [index, [, code = '']] of [...list.matchAll(/<([0-9a-f ]+)>/gi)].entries())
      letters.set(parseInt(first, 16) + index, Buffer.from(code.replaceAll(' ', ''), 'hex').swap16().toString('utf16le'));
  return letters;
}

/** The text of a PDF file as its readers find it, a line for each piece that was written, and how many lines and areas it draws. */
export function readPdf(file: Buffer): { text: string; pages: number; paths: number } {
  const objects = objectsOf(file);
  const fonts = new Map<string, Map<number, string>>();
  for (const { head } of objects.values())
    for (const [, name = '', number = ''] of head.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      const [, table = ''] = /\/ToUnicode (\d+) 0 R/.exec(objects.get(number)?.head ?? '') ?? [];
      fonts.set(name, lettersOf(objects.get(table)?.body ?? ''));
    }
  const pieces: string[] = [];
  let paths = 0;
  for (const { body } of objects.values()) {
    if (!/\bTf\b/.test(body)) continue;
    paths += body.match(/^(S|f|f\*|B)$/gm)?.length ?? 0;
    let font = new Map<number, string>();
    for (const [, name, written] of body.matchAll(/\/(F\d+) [\d.]+ Tf|\[([^\]]*)\] TJ/g)) {
      if (name !== undefined) font = fonts.get(name) ?? font;
      const codes = [...(written ?? '').matchAll(/<([0-9a-f]*)>/gi)].flatMap(([, hex = '']) => hex.match(/.{4}/g) ?? []);
      if (codes.length > 0) pieces.push(codes.map((code) => font.get(parseInt(code, 16)) ?? '').join(''));
    }
  }
  const pages = [...objects.values()].filter(({ head }) => /\/Type \/Page\b/.test(head)).length;
  return { text: pieces.join('\n'), pages, paths };
}
