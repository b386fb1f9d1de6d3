/** An XML element: name, attributes (undefined ones are left out), children or text. */
export interface Element {
  name: string;
  attributes: Record<string, string | number | undefined>;
  children: (Element | string)[];
}

type Child = Element | string | null | undefined | false;

/** Makes an element; children that are null, undefined or false are left out. */
export const element = (name: string, attributes: Element['attributes'] = {}, children: Child[] | string | number = []): Element => ({
  name,
  attributes,
  children: Array.isArray(children)
    ? children.filter((child): child is Element | string => child !== null && child !== undefined && child !== false)
    : [String(children)],
});

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};
/** What XML 1.0 cannot carry at all: a name or description with such a character is cleaned, never passed on. */
const impossible =
  // oxlint-disable-next-line no-control-regex -- these very characters are what is removed
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const escape = (text: string): string => text.replace(impossible, '').replace(/[&<>"\n\r\t]/g, (sign) => escapes[sign] ?? sign);

/** The text of an element, without indentation: white space would become part of some values. */
export function serialize(node: Element): string {
  const attributes = Object.entries(node.attributes)
    .flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${escape(String(value))}"`]))
    .join('');
  if (node.children.length === 0) return `<${node.name}${attributes}/>`;
  const content = node.children.map((child) => (typeof child === 'string' ? escape(child) : serialize(child))).join('');
  return `<${node.name}${attributes}>${content}</${node.name}>`;
}
