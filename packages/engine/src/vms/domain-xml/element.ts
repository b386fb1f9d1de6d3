import { xmlText } from '@virgate/contract/xml-text';

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

/** The text of an element, without indentation: white space would become part of some values. */
export function serialize(node: Element): string {
  const attributes = Object.entries(node.attributes)
    .flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${xmlText(String(value))}"`]))
    .join('');
  if (node.children.length === 0) return `<${node.name}${attributes}/>`;
  const content = node.children.map((child) => (typeof child === 'string' ? xmlText(child) : serialize(child))).join('');
  return `<${node.name}${attributes}>${content}</${node.name}>`;
}
