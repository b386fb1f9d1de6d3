import { SaxesParser } from 'saxes';
import type { XmlElement } from './element.ts';

/** What a domain document may measure at most; the engine's largest are far below. */
export const xmlLimits = { characters: 4 * 1024 * 1024, depth: 64, elements: 20_000, attributesPerElement: 64 } as const;

/** A document that is no well-formed XML, or more than the limits allow. */
export class XmlError extends Error {
  override name = 'XmlError';
}

/**
 * Reads one XML document into elements. Comments and processing instructions are dropped; a
 * document type is refused, so that no entity but XML's own five can exist.
 *
 * @throws XmlError
 */
export function parseXml(text: string): XmlElement {
  if (text.length > xmlLimits.characters) throw new XmlError(`The document has more than ${xmlLimits.characters} characters`);
  const parser = new SaxesParser({ xmlns: true });
  const open: XmlElement[] = [];
  let root: XmlElement | undefined;
  let count = 0;
  parser.on('error', (error) => {
    throw new XmlError(error.message);
  });
  parser.on('doctype', () => {
    throw new XmlError('A document type is not allowed');
  });
  parser.on('opentag', (tag) => {
    const entries = Object.values(tag.attributes);
    if (++count > xmlLimits.elements) throw new XmlError(`More than ${xmlLimits.elements} elements`);
    if (open.length >= xmlLimits.depth) throw new XmlError(`Elements nest deeper than ${xmlLimits.depth}`);
    if (entries.length > xmlLimits.attributesPerElement)
      throw new XmlError(`More than ${xmlLimits.attributesPerElement} attributes in one element`);
    const node: XmlElement = {
      name: tag.name,
      namespace: tag.uri,
      attributes: new Map(entries.map((attribute) => [attribute.name, attribute.value])),
      children: [],
    };
    const parent = open.at(-1);
    if (parent) parent.children.push(node);
    else root = node;
    open.push(node);
  });
  const addText = (part: string): void => {
    const parent = open.at(-1);
    if (parent && part !== '') parent.children.push(part);
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    open.pop();
  });
  parser.write(text).close();
  if (!root) throw new XmlError('The document is empty');
  return root;
}
