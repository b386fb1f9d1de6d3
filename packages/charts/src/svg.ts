import type { Drawing, Shape } from './shapes.ts';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (one) => escapes[one] ?? '').replace(/[^\P{Cc}\t\n\r]/gu, '');
const short = (value: number): string => String(Math.round(value * 100) / 100);
const seenThrough = (opacity: number | undefined): string => (opacity === undefined ? '' : ` fill-opacity="${opacity}"`);
const titled = (title: string | undefined): string => (title === undefined ? '' : `<title>${escaped(title)}</title>`);

function element(shape: Shape): string {
  switch (shape.kind) {
    case 'rectangle':
      return `<rect x="${short(shape.x)}" y="${short(shape.y)}" width="${short(shape.width)}" height="${short(shape.height)}" fill="${shape.fill}"${seenThrough(shape.opacity)}>${titled(shape.title)}</rect>`;
    case 'line':
      return `<line x1="${short(shape.x1)}" y1="${short(shape.y1)}" x2="${short(shape.x2)}" y2="${short(shape.y2)}" stroke="${shape.stroke}" stroke-opacity="${shape.opacity ?? 1}"/>`;
    case 'path':
      return `<path d="${shape.d}" transform="translate(${short(shape.x)},${short(shape.y)})" fill="${shape.fill ?? 'none'}" stroke="${shape.stroke ?? 'none'}" stroke-width="2"${shape.dashed === true ? ' stroke-dasharray="6 4"' : ''}${seenThrough(shape.opacity)}>${titled(shape.title)}</path>`;
    case 'circle':
      return `<circle cx="${short(shape.x)}" cy="${short(shape.y)}" r="${shape.radius}" fill="${shape.fill}">${titled(shape.title)}</circle>`;
    case 'text':
      return `<text x="${short(shape.x)}" y="${short(shape.y)}" font-size="${shape.size}" text-anchor="${shape.anchor}">${escaped(shape.text)}</text>`;
  }
}

/** A drawing as a file of its own, on white ground. */
export function svgOf({ width, height, label, shapes }: Drawing): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" fill="#151515" role="img"><title>${escaped(label)}</title><rect width="${width}" height="${height}" fill="#ffffff"/>${shapes.map(element).join('')}</svg>\n`;
}
