import { services } from './generated/table.ts';

export interface ServiceEntry {
  /** Type that the service reads and writes; empty when it only removes or acts. */
  readonly type: string;
  readonly verbs: string;
  /** Literal segments: property → service. */
  readonly nodes: ReadonlyMap<string, string>;
  /** The locator that takes an id: `[name, service]`. */
  readonly items: ReadonlyMap<string, string>;
  readonly actions: ReadonlySet<string>;
}

const cache = new Map<string, ServiceEntry>();

/** What is known of a service; read from its line on first use. */
export function serviceEntry(name: string): ServiceEntry {
  const known = cache.get(name);
  if (known !== undefined) return known;
  const line = services[name];
  if (line === undefined) throw new TypeError(`the API has no service ${name}`);
  const [type = '', verbs = '', locators = '', actions = ''] = line.split(';');
  const pairs = words(locators).map((word) => word.split(':') as [string, string]);
  const entry: ServiceEntry = {
    type,
    verbs,
    nodes: new Map(pairs.filter(([locator]) => !locator.startsWith('*'))),
    items: new Map(pairs.filter(([locator]) => locator.startsWith('*')).map(([locator, service]) => [locator.slice(1), service])),
    actions: new Set(words(actions)),
  };
  cache.set(name, entry);
  return entry;
}

function words(text: string): string[] {
  return text === '' ? [] : text.split(' ');
}
