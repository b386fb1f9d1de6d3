import { crc32, deflateSync } from 'node:zlib';

/** Letters of the predefined icons, five columns by seven rows: each number is one row, its lowest bit the column at the right. */
const glyphs: Record<string, readonly number[]> = {
  C: [0b01110, 0b10001, 0b10000, 0b10000, 0b10000, 0b10001, 0b01110],
  D: [0b11110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b11110],
  F: [0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b10000],
  H: [0b10001, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001],
  L: [0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b11111],
  O: [0b01110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110],
  R: [0b11110, 0b10001, 0b10001, 0b11110, 0b10100, 0b10010, 0b10001],
  S: [0b01111, 0b10000, 0b10000, 0b01110, 0b00001, 0b00001, 0b11110],
  U: [0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110],
  W: [0b10001, 0b10001, 0b10001, 0b10101, 0b10101, 0b11011, 0b10001],
};
const glyphColumns = 5;
const glyphRows = 7;

/** What an icon looks like: letters in white on a colour. */
export interface IconDrawing {
  width: number;
  height: number;
  /** One or two of the letters that there are. */
  letters: string;
  /** Red, green, blue, each up to 255. */
  colour: readonly [number, number, number];
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'ascii'), content]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(content.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** A PNG of palette colours, one byte a point. Source: PNG specification, chunks and filter 0. */
function png(width: number, height: number, palette: Buffer, points: Uint8Array): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const rows = Buffer.alloc((width + 1) * height);
  for (let row = 0; row < height; row += 1) rows.set(points.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', palette),
    // Colour 0 is the corner outside of the tile: transparent.
    chunk('tRNS', Buffer.from([0])),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Whether a point lies within the rounded tile that fills the picture. */
function inside(x: number, y: number, width: number, height: number, radius: number): boolean {
  const dx = Math.max(radius - x, x - (width - 1 - radius), 0);
  const dy = Math.max(radius - y, y - (height - 1 - radius), 0);
  return dx * dx + dy * dy <= radius * radius;
}

/** The picture as the bytes of a PNG: the same drawing always gives the same bytes. */
export function drawIcon({ width, height, letters, colour }: IconDrawing): Buffer {
  const points = new Uint8Array(width * height);
  const radius = Math.round(Math.min(width, height) / 6);
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) if (inside(x, y, width, height, radius)) points[y * width + x] = 1;
  const columns = letters.length * (glyphColumns + 1) - 1;
  const scale = Math.max(1, Math.floor(Math.min((width * 0.6) / columns, (height * 0.6) / glyphRows)));
  const left = Math.floor((width - columns * scale) / 2);
  const top = Math.floor((height - glyphRows * scale) / 2);
  for (const [at, letter] of [...letters].entries()) {
    const glyph = glyphs[letter] ?? [];
    for (let y = 0; y < glyphRows * scale; y += 1) {
      for (let x = 0; x < glyphColumns * scale; x += 1) {
        const bit = glyphColumns - 1 - Math.floor(x / scale);
        if (((glyph[Math.floor(y / scale)] ?? 0) >> bit) & 1) points[(top + y) * width + left + at * (glyphColumns + 1) * scale + x] = 2;
      }
    }
  }
  return png(width, height, Buffer.from([0, 0, 0, ...colour, 255, 255, 255]), points);
}
