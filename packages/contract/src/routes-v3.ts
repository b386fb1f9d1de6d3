import { pathsV3 } from './generated/paths-v3.ts';

interface Node {
  readonly literals: Map<string, Node>;
  id: Node | undefined;
  verbs: readonly string[];
}

const node = (): Node => ({ literals: new Map(), id: undefined, verbs: [] });

function below(parent: Node, segment: string): Node {
  if (segment === '{}') return (parent.id ??= node());
  const child = parent.literals.get(segment) ?? node();
  parent.literals.set(segment, child);
  return child;
}

const root = node();
for (const [path, verbs] of Object.entries(pathsV3)) path.split('/').reduce(below, root).verbs = verbs.split(' ');

/** What version 3 has at a path: its verbs (none where only something below it is), and what lies or can be done below it. */
export interface PathV3 {
  readonly verbs: readonly string[];
  readonly children: ReadonlySet<string>;
}

/** @param segments decoded segments below the API's root @returns undefined where version 3 has nothing */
export function pathOfV3(segments: readonly string[]): PathV3 | undefined {
  let at: Node | undefined = root;
  for (const segment of segments) at = at?.literals.get(segment) ?? at?.id;
  return at && { verbs: at.verbs, children: new Set(at.literals.keys()) };
}

/** Actions that version 3 writes with an underscore. */
const underscored: Readonly<Record<string, string>> = {
  preview_snapshot: 'previewsnapshot',
  commit_snapshot: 'commitsnapshot',
  undo_snapshot: 'undosnapshot',
};
const withUnderscore = new Map(Object.entries(underscored).map(([old, now]) => [now, old]));

/** The same place in version 4, if there is one. */
export const segmentsOfV4 = (segments: readonly string[]): string[] => segments.map((segment) => underscored[segment] ?? segment);

/** What version 3 calls an action or a sub-collection. */
export const nameInV3 = (name: string): string => withUnderscore.get(name) ?? name;
