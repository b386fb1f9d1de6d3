/** The part of the API model (`@virgate/contract/data/api/model.json`) that a client is derived from. */
export interface Model {
  enums: Record<string, { tag: string; values: string[] }>;
  types: Record<string, ModelType>;
  services: Record<string, ModelService>;
}

export interface ModelType {
  tag: string;
  base?: string;
  attrs: ModelAttribute[];
}

export interface ModelAttribute {
  name: string;
  type: string;
  /** Leads to another resource. */
  link?: boolean;
}

export interface ModelService {
  paths: string[];
  base?: string;
  locators: ModelLocator[];
  methods: ModelMethod[];
}

export interface ModelLocator {
  name: string;
  path?: string;
  param?: string;
  service: string;
}

export interface ModelMethod {
  name: string;
  http: string;
  action?: string;
  signature_of?: string;
  deprecated?: boolean;
  params: ModelParameter[];
  mandatory?: string[];
}

export interface ModelParameter {
  name: string;
  type: string;
  list?: boolean;
  dir: 'in' | 'out' | 'inout';
  in?: 'query' | 'body';
  default?: string;
}

/** One service as a client sees it: inheritance flattened, overloads of one URL merged into one call. */
export interface ClientService {
  /** Name without the suffix `Service`. */
  name: string;
  /** Type that `get`, `list`, `add` and `update` read and write. */
  type: string | undefined;
  locators: ModelLocator[];
  methods: ModelMethod[];
}

const verbs = new Set(['get', 'list', 'add', 'update', 'remove']);

/** Services that a path leads to, sorted by name; throws where the model breaks a rule that the client's tables rely on. */
export function clientServices(model: Model): ClientService[] {
  return Object.keys(model.services)
    .filter((name) => model.services[name]?.paths.length !== 0)
    .sort()
    .map((name) => clientService(model, name));
}

function clientService(model: Model, name: string): ClientService {
  const chain: ModelService[] = [];
  for (let at: string | undefined = name; at !== undefined; at = model.services[at]?.base) {
    const service: ModelService | undefined = model.services[at];
    if (service === undefined) throw new Error(`The model has no service ${at}.`);
    chain.unshift(service);
  }
  const locators = new Map<string, ModelLocator>();
  const methods = new Map<string, ModelMethod>();
  for (const service of chain) {
    for (const locator of service.locators) locators.set(locator.name, checkedLocator(name, locator));
    for (const method of service.methods) {
      if (method.signature_of === undefined) methods.set(method.name, checkedMethod(name, method));
    }
    for (const method of service.methods) {
      if (method.signature_of !== undefined) mergeSignature(methods, method);
    }
  }
  const list = [...methods.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { name: shortName(name), type: itemType(name, list), locators: [...locators.values()], methods: list };
}

function mergeSignature(methods: Map<string, ModelMethod>, overload: ModelMethod): void {
  const base = methods.get(overload.signature_of ?? '');
  if (base === undefined) throw new Error(`Overload ${overload.name} has no method ${overload.signature_of}.`);
  const known = new Set(base.params.map((parameter) => parameter.name));
  const extra = overload.params.filter((parameter) => !known.has(parameter.name) && parameter.dir !== 'inout');
  methods.set(base.name, { ...base, params: [...base.params, ...extra] });
}

function itemType(service: string, methods: ModelMethod[]): string | undefined {
  const types = new Set<string>();
  for (const method of methods) {
    if (!verbs.has(method.name) || method.name === 'remove') continue;
    for (const parameter of method.params) if (parameter.dir !== 'in') types.add(parameter.type);
  }
  if (types.size > 1) throw new Error(`${service} reads and writes several types: ${[...types].join(', ')}.`);
  return [...types][0];
}

function checkedLocator(service: string, locator: ModelLocator): ModelLocator {
  if (locator.path !== undefined && locator.path !== segment(locator.name)) {
    throw new Error(`${service}.${locator.name} has the path ${locator.path}, which does not follow from its name.`);
  }
  return locator;
}

function checkedMethod(service: string, method: ModelMethod): ModelMethod {
  if (method.action === undefined ? !verbs.has(method.name) : method.action !== segment(method.name)) {
    throw new Error(`${service}.${method.name} has a path that does not follow from its name.`);
  }
  return method;
}

/** Path segment of a locator or an action: the name's words joined. */
export function segment(name: string): string {
  return name.replaceAll('_', '');
}

export function shortName(service: string): string {
  return service.replace(/Service$/, '');
}

/** `disk_attachments` → `diskAttachments`; throws where the way back would lead elsewhere. */
export function camel(name: string): string {
  const result = name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const back = result.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  if (back !== name) throw new Error(`The name ${name} cannot be told from its camel case form.`);
  return result;
}
