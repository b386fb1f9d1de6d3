/** One element of a domain document. Names and attributes stay as written, prefixes included. */
export interface XmlElement {
  name: string;
  /** The namespace that the prefix of `name` stands for; empty when there is none. */
  namespace: string;
  attributes: Map<string, string>;
  children: (XmlElement | string)[];
}

/** A new element without namespace. */
export function element(name: string, attributes: Record<string, string> = {}, children: (XmlElement | string)[] = []): XmlElement {
  return { name, namespace: '', attributes: new Map(Object.entries(attributes)), children };
}

/** The child elements, without text. */
export function elements(parent: XmlElement): XmlElement[] {
  return parent.children.filter((node) => typeof node !== 'string');
}

/** The child elements of one name. */
export function childrenNamed(parent: XmlElement, name: string): XmlElement[] {
  return elements(parent).filter((node) => node.name === name);
}

/** The first child element of that name. */
export function child(parent: XmlElement, name: string): XmlElement | undefined {
  return elements(parent).find((node) => node.name === name);
}

/** The first element reached by a path of names below `parent`. */
export function descend(parent: XmlElement, ...path: string[]): XmlElement | undefined {
  let here: XmlElement | undefined = parent;
  for (const name of path) here = here && child(here, name);
  return here;
}

/** The first child of that name, made at the end when it is not there. */
export function ensureChild(parent: XmlElement, name: string): XmlElement {
  const found = child(parent, name);
  if (found) return found;
  const made = element(name);
  parent.children.push(made);
  return made;
}

/** The text directly inside an element, trimmed. */
export function textOf(node: XmlElement | undefined): string {
  if (!node) return '';
  return node.children
    .filter((part) => typeof part === 'string')
    .join('')
    .trim();
}

/** Replaces everything inside an element by one text. */
export function setText(node: XmlElement, text: string): void {
  node.children = text === '' ? [] : [text];
}

/** Takes the children that match out of their parent and returns them. */
export function removeChildren(parent: XmlElement, matches: (node: XmlElement) => boolean): XmlElement[] {
  const removed: XmlElement[] = [];
  parent.children = parent.children.filter((node) => {
    if (typeof node === 'string' || !matches(node)) return true;
    removed.push(node);
    return false;
  });
  return removed;
}

/** The element and all elements below it, parents first. */
export function* walk(root: XmlElement): Generator<XmlElement> {
  const waiting: XmlElement[] = [root];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    yield node;
    waiting.push(...elements(node).reverse());
  }
}

/** A copy that shares nothing with the original. */
export function clone(node: XmlElement): XmlElement {
  return {
    name: node.name,
    namespace: node.namespace,
    attributes: new Map(node.attributes),
    children: node.children.map((part) => (typeof part === 'string' ? part : clone(part))),
  };
}
