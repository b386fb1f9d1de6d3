import { readFileSync } from 'node:fs';

/** The facts under `data/`, typed as far as the generator reads them. */

export interface EnumFacts {
  tag: string;
  values: string[];
}

export interface AttributeFacts {
  name: string;
  /** `string`, `boolean`, `integer`, `decimal`, `date`, or the name of an enum or type. */
  type: string;
  list?: boolean;
  item?: string;
  link?: boolean;
  rel?: string;
  element?: string;
  xml?: 'attribute';
  xs?: string;
  since?: string;
  deprecated?: boolean;
}

export interface TypeFacts {
  tag: string;
  list_tag?: string;
  base?: string;
  resource?: boolean;
  attrs: AttributeFacts[];
}

export interface ParameterFacts {
  name: string;
  type: string;
  list?: boolean;
  dir: 'in' | 'out' | 'inout';
  in?: 'query' | 'body';
  default?: string;
  excludes?: string[];
}

export interface MethodFacts {
  name: string;
  http: string;
  action?: string;
  signature_of?: string;
  params: ParameterFacts[];
  mandatory?: string[];
  optional?: string[];
}

export interface LocatorFacts {
  name: string;
  path?: string;
  param?: string;
  service: string;
}

export interface ServiceFacts {
  paths: string[];
  base?: string;
  area?: string;
  tier: number;
  locators: LocatorFacts[];
  methods: MethodFacts[];
}

export interface V3TypeFacts {
  tags?: string[];
  base?: string;
  elements?: { name: string; type?: string; many?: boolean; inner?: { name: string; type?: string; many?: boolean }[] }[];
  attributes?: { name: string; type: string }[];
}

export interface ModelFacts {
  enums: Record<string, EnumFacts>;
  types: Record<string, TypeFacts>;
  services: Record<string, ServiceFacts>;
  v3: {
    types: Record<string, V3TypeFacts>;
    diff_v4: Record<string, { only_v3: string[]; only_v4: string[]; shape: Record<string, { v3: string; v4: string }> }>;
    operations: V3OperationFacts[];
  };
}

export interface V3OperationFacts {
  path: string;
  rel: string;
  http: string;
  body?: string;
  response?: string;
  /** Members of which one set must be given. */
  mandatory_sets?: string[][];
  /** `name:matrix` or `name:query`. */
  url_params?: string[];
}

export interface VdsmField {
  name: string;
  type: string;
  optional?: boolean;
  default?: unknown;
  since?: string;
  stringHolds?: string;
  deprecated?: boolean | string;
}

export interface VdsmVerb {
  params: VdsmField[];
  returns: string | null;
  wireResult?: 'true' | 'status';
  since?: string | null;
  deprecated?: boolean | string;
  schema?: string;
}

export type VdsmType =
  | { kind: 'object'; fields: VdsmField[] }
  | { kind: 'enum'; values: (string | number)[] }
  | { kind: 'map'; key: string; value: string }
  | { kind: 'union'; members: string[] }
  | { kind: 'alias'; source: string }
  | { kind: 'list'; element: string };

export interface VdsmFacts {
  verbs: Record<string, VdsmVerb>;
  types: Record<string, VdsmType>;
  events: Record<string, { params: VdsmField[] }>;
  engineCalls: Record<string, { via: string; params: string[]; result: string; callers: string[] }[]>;
}

export interface WireField {
  name: string;
  wire: string;
  unit: string | null;
  engineReads: boolean;
  need?: 'required' | 'conditional';
  note?: string;
}

export interface VdsmErrorFacts {
  common: { code: number; name: string; base: string; expected?: boolean }[];
  storage: { code: number; name: string; base: string; expected?: boolean }[];
  jsonrpc: { code: number; name: string; base: string; expected?: boolean }[];
  gluster: { code: number; name: string; base: string; expected?: boolean }[];
  defineKeys: Record<string, { class: string; code: number }>;
  network: Record<string, number>;
  vmExitReason: Record<string, number>;
  engineError: Record<string, number>;
  engineExitReason: Record<string, number>;
}

export interface SearchFieldFacts {
  name: string;
  kind: string;
  operators: string[];
  free_text?: boolean;
  hidden?: boolean;
  values?: string[];
  ordered?: string[];
}

export interface SearchEntityFacts {
  name: string;
  singular: string;
  plural: string | null;
  completed: string | null;
  references: string[];
  completed_references: string[];
  fields: SearchFieldFacts[];
}

export interface VirgateAttributeFacts {
  name: string;
  /**
   * `string`, `boolean`, `integer`, `decimal`, `date` (epoch ms), `timestamp` (ISO 8601 or epoch ms), `uuid`, `any`, the name
   * of an enum or type, or several of these: `A|B`.
   */
  type: string;
  list?: boolean;
  optional?: boolean;
  nullable?: boolean;
  gaps?: boolean;
  /** Least and greatest number, length of a text, or count of a list. */
  min?: number;
  max?: number;
  /** Regular expression of a text, and what it means: "must be …". */
  pattern?: string;
  form?: string;
}

export interface VirgateTypeFacts {
  does?: string;
  attrs: VirgateAttributeFacts[];
}

export interface VirgateMethodFacts {
  name: string;
  http: string;
  action?: string;
  access?: 'public' | 'browser' | 'administrator' | 'super_user';
  permit?: string;
  on?: string;
  params?: VirgateAttributeFacts[];
  body?: string;
  answer?: string;
  list?: boolean;
  stream?: string;
  file?: string[];
  status?: number;
  does: string;
}

export interface VirgateServiceFacts {
  path: string;
  id?: 'text';
  methods: VirgateMethodFacts[];
}

export interface VirgateFacts {
  enums: Record<string, { values: string[] }>;
  types: Record<string, VirgateTypeFacts>;
  services: Record<string, VirgateServiceFacts>;
}

export interface Facts {
  model: ModelFacts;
  virgate: VirgateFacts;
  permits: { permits: Record<string, unknown>[] };
  roles: { roles: Record<string, unknown>[] };
  events: { events: { code: number; name: string; severity: string; flood_s?: number }[] };
  osinfo: { meta: { backward_compatibility: Record<string, string> }; os: Record<string, unknown>[] };
  search: { entities: SearchEntityFacts[] };
  actions: { actions: Record<string, unknown>[]; forbiddenByStatus: Record<string, Record<string, string[]>> };
  config: { options: Record<string, unknown>[] };
  cpus: { vendorFlag: Record<string, string>; clusterLevels: Record<string, Record<string, unknown>[]> };
  messages: { engineMessages: string[]; messageTypes: Record<string, string[]>; engineErrors: Record<string, number> };
  vdsm: VdsmFacts;
  vdsmErrors: VdsmErrorFacts;
  capsFields: { getCapabilities: WireField[]; getHardwareInfo: WireField[] };
  statsFields: { hostGetStats: WireField[]; vmStats: WireField[] };
  hookPoints: {
    points: Record<string, unknown>[];
    engineVmProperties: Record<string, unknown>[];
    engineDeviceProperties: Record<string, unknown>[];
    engineNetworkProperties: Record<string, unknown>[];
  };
}

/** Reads every fact file. Synchronous: the generator is a short-lived program. */
export function readFacts(): Facts {
  const read = <T>(path: string): T => JSON.parse(readFileSync(new URL(`../data/${path}.json`, import.meta.url), 'utf8')) as T;
  return {
    model: read('api/model'),
    virgate: read('virgate/api'),
    permits: read('api/permits'),
    roles: read('api/roles'),
    events: read('api/events'),
    osinfo: read('api/osinfo'),
    search: read('api/search'),
    actions: read('engine/actions'),
    config: read('engine/config'),
    cpus: read('engine/cpus'),
    messages: read('engine/messages'),
    vdsm: read('vdsm/api'),
    vdsmErrors: read('vdsm/errors'),
    capsFields: read('vdsm/caps-fields'),
    statsFields: read('vdsm/stats-fields'),
    hookPoints: read('vdsm/hook-points'),
  };
}
