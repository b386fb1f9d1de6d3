import { operationsV3 } from './generated/operations-v3.ts';

interface Node {
  readonly literals: Map<string, Node>;
  id: Node | undefined;
  verbs: readonly string[];
  readonly template: string;
}

const node = (template: string): Node => ({ literals: new Map(), id: undefined, verbs: [], template });

function below(parent: Node, segment: string): Node {
  const template = parent.template === '' ? segment : `${parent.template}/${segment}`;
  if (segment === '{}') return (parent.id ??= node(template));
  const child = parent.literals.get(segment) ?? node(template);
  parent.literals.set(segment, child);
  return child;
}

/** Paths of version 3 below the API's root, `{}` for an id, with their verbs. */
export const pathsV3: ReadonlyMap<string, readonly string[]> = (() => {
  const verbs = new Map<string, Set<string>>();
  for (const row of operationsV3) {
    const [http = '', path = ''] = row.split(' ');
    const template = path.replaceAll(/\{[^}]*\}/g, '{}');
    verbs.set(template, (verbs.get(template) ?? new Set()).add(http));
  }
  return new Map([...verbs].map(([path, found]) => [path, [...found].toSorted()]));
})();

const root = node('');
for (const [path, verbs] of pathsV3) path.split('/').reduce(below, root).verbs = verbs;

/** What version 3 has at a path: its verbs (none where only something below it is), and what lies or can be done below it. */
export interface PathV3 {
  readonly verbs: readonly string[];
  /** The path with `{}` for each id. */
  readonly template: string;
  readonly ids: readonly string[];
  /** Sub-collections that can be read. */
  readonly links: readonly string[];
  /** Actions, as far as they are no collections. */
  readonly actions: readonly string[];
}

const namesBelow = (at: Node, isWanted: (child: Node) => boolean): string[] =>
  [...at.literals].flatMap(([name, child]) => (isWanted(child) ? [name] : []));

/** @param segments decoded segments below the API's root @returns undefined where version 3 has nothing */
export function pathOfV3(segments: readonly string[]): PathV3 | undefined {
  let at: Node = root;
  const ids: string[] = [];
  for (const segment of segments) {
    const literal = at.literals.get(segment);
    const next = literal ?? at.id;
    if (next === undefined) return undefined;
    if (literal === undefined) ids.push(segment);
    at = next;
  }
  return {
    verbs: at.verbs,
    template: at.template,
    ids,
    links: namesBelow(at, ({ verbs }) => verbs.includes('GET')),
    actions: namesBelow(at, ({ verbs, id }) => id === undefined && verbs.join() === 'POST'),
  };
}

/** Actions that version 3 writes with an underscore. */
const underscored: Readonly<Record<string, string>> = {
  preview_snapshot: 'previewsnapshot',
  commit_snapshot: 'commitsnapshot',
  undo_snapshot: 'undosnapshot',
};

/** A place of version 3 that version 4 has elsewhere. `{name}` stands for one segment; what follows the pattern is kept. */
interface Moved {
  readonly from: string;
  readonly to: string;
  /** A place of version 4 that must be there: the object that the path names lies in the one above it. */
  readonly within?: string;
}

const networkOfDataCenter = 'datacenters/{dc}/networks/{network}';
const networkOfBond = 'datacenters/{dc}/iscsibonds/{bond}/networks/{network}';
const moved: readonly Moved[] = [
  { from: `${networkOfDataCenter}/labels`, to: 'networks/{network}/networklabels', within: networkOfDataCenter },
  { from: `${networkOfDataCenter}/permissions`, to: 'networks/{network}/permissions', within: networkOfDataCenter },
  { from: `${networkOfDataCenter}/vnicprofiles`, to: 'networks/{network}/vnicprofiles', within: networkOfDataCenter },
  { from: `${networkOfBond}/labels`, to: 'networks/{network}/networklabels', within: networkOfBond },
  { from: 'datacenters/{dc}/iscsibonds/{bond}/storageconnections', to: 'datacenters/{dc}/iscsibonds/{bond}/storageserverconnections' },
  { from: 'networks/{network}/labels', to: 'networks/{network}/networklabels' },
  { from: 'hosts/{host}/nics/{nic}/labels', to: 'hosts/{host}/nics/{nic}/networklabels' },
  { from: 'clusters/{cluster}/glustervolumes/{volume}/bricks', to: 'clusters/{cluster}/glustervolumes/{volume}/glusterbricks' },
  {
    from: 'datacenters/{dc}/clusters/{cluster}/glustervolumes/{volume}/bricks',
    to: 'datacenters/{dc}/clusters/{cluster}/glustervolumes/{volume}/glusterbricks',
  },
  ...['permissions', 'statistics', 'export', 'move'].map((name) => ({
    from: `vms/{vm}/disks/{disk}/${name}`,
    to: `disks/{disk}/${name}`,
    within: 'vms/{vm}/diskattachments/{disk}',
  })),
  ...['copy', 'export'].map((name) => ({
    from: `templates/{template}/disks/{disk}/${name}`,
    to: `disks/{disk}/${name}`,
    within: 'templates/{template}/diskattachments/{disk}',
  })),
];

/** Ids by name where the segments begin as a pattern does. */
function idsBy(pattern: string, segments: readonly string[]): Map<string, string> | undefined {
  const parts = pattern.split('/');
  const ids = new Map<string, string>();
  for (const [index, part] of parts.entries()) {
    const segment = segments[index];
    if (segment === undefined || (!part.startsWith('{') && part !== segment)) return undefined;
    if (part.startsWith('{')) ids.set(part, segment);
  }
  return ids;
}

const filled = (pattern: string, ids: ReadonlyMap<string, string>): string[] => pattern.split('/').map((part) => ids.get(part) ?? part);

/** Where version 4 has a place of version 3. */
export interface PlaceV4 {
  readonly segments: string[];
  /** A place that must be there besides: without it, what was asked for does not exist. */
  readonly within?: string[];
}

/** The same place in version 4; most are where they were. */
export function placeInV4(segments: readonly string[]): PlaceV4 {
  for (const { from, to, within } of moved) {
    const ids = idsBy(from, segments);
    if (ids === undefined) continue;
    const rest = segments.slice(from.split('/').length);
    return { segments: [...filled(to, ids), ...rest], ...(within === undefined ? {} : { within: filled(within, ids) }) };
  }
  return { segments: segments.map((segment) => underscored[segment] ?? segment) };
}
