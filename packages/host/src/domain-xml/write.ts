import type { XmlElement } from './element.ts';
import { XmlError } from './parse.ts';

const namePattern = /^[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?$/;
const forbiddenPattern = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** Whether XML has a way to hold a text. */
export function isWritableText(text: string): boolean {
  return !forbiddenPattern.test(text);
}

function checkCharacters(text: string): void {
  if (forbiddenPattern.test(text)) throw new XmlError('A text holds a character that XML does not allow');
}

function writeText(text: string): string {
  checkCharacters(text);
  return text.replace(/[&<>\r]/g, (character) => escapes[character] ?? character);
}

function writeAttribute(text: string): string {
  checkCharacters(text);
  return text.replace(/[&<>"'\t\n\r]/g, (character) => escapes[character] ?? character);
}

function writeInto(parts: string[], node: XmlElement, indent: string): void {
  if (!namePattern.test(node.name)) throw new XmlError('An element has a name that XML does not allow');
  parts.push(indent, '<', node.name);
  for (const [name, value] of node.attributes) {
    if (!namePattern.test(name)) throw new XmlError('An attribute has a name that XML does not allow');
    parts.push(' ', name, '="', writeAttribute(value), '"');
  }
  const hasText = node.children.some((part) => typeof part === 'string' && part.trim() !== '');
  if (hasText) {
    parts.push('>');
    for (const part of node.children) {
      if (typeof part === 'string') parts.push(writeText(part));
      else writeInto(parts, part, '');
    }
    parts.push('</', node.name, '>');
  } else {
    const inner = node.children.filter((part) => typeof part !== 'string');
    if (inner.length === 0) parts.push('/>');
    else {
      parts.push('>\n');
      for (const part of inner) {
        writeInto(parts, part, `${indent}  `);
        parts.push('\n');
      }
      parts.push(indent, '</', node.name, '>');
    }
  }
}

/**
 * Writes an element as text, one element a line. Whatever a name, text or attribute holds, it
 * can't become markup.
 *
 * @throws XmlError for names or characters that XML has no way to hold
 */
export function writeXml(node: XmlElement): string {
  const parts: string[] = [];
  writeInto(parts, node, '');
  return parts.join('');
}
