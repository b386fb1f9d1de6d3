/** One file for an image: its path with `/` between folders. */
export interface PayloadFile {
  path: string;
  content: Buffer;
}

/** Files that can't be put into an image. */
export class PayloadImageError extends Error {
  override name = 'PayloadImageError';
}

/** A folder of an image. */
export interface PayloadFolder {
  name: string;
  folders: Map<string, PayloadFolder>;
  files: Map<string, Buffer>;
}

/** What an image made here may hold, whatever it is on. */
export const treeLimits = { files: 256, nameCharacters: 64, depth: 8 } as const;

/** What the images of a kind allow. */
export interface TreeRules {
  /** The kind, as messages name it. */
  medium: string;
  totalBytes: number;
  /** What names must not have. */
  forbidden: RegExp;
  /** Whether names are the same that differ in the size of their letters only. */
  ignoresCase: boolean;
}

function checkName(name: string, { medium, forbidden }: TreeRules): void {
  if (name === '' || name === '.' || name === '..' || name.length > treeLimits.nameCharacters)
    throw new PayloadImageError('A file of the payload has no usable name');
  if (forbidden.test(name)) throw new PayloadImageError(`A file of the payload has a name with characters that a ${medium} does not allow`);
}

/** The files of a payload in their folders. @throws PayloadImageError */
export function payloadTree(files: readonly PayloadFile[], rules: TreeRules): PayloadFolder {
  if (files.length > treeLimits.files) throw new PayloadImageError(`More than ${treeLimits.files} files in a payload`);
  const total = files.reduce((sum, file) => sum + file.content.length, 0);
  if (total > rules.totalBytes) throw new PayloadImageError(`A payload of more than ${rules.totalBytes} bytes on a ${rules.medium}`);
  const keyOf = (name: string): string => (rules.ignoresCase ? name.toUpperCase() : name);
  const root: PayloadFolder = { name: '', folders: new Map(), files: new Map() };
  const taken = new Map<PayloadFolder, Map<string, 'file' | PayloadFolder>>([[root, new Map()]]);
  for (const { path, content } of files) {
    const parts = path.split('/').filter((part, index) => part !== '' || index > 0);
    const name = parts.pop() ?? '';
    if (parts.length >= treeLimits.depth) throw new PayloadImageError(`Folders of a payload nest deeper than ${treeLimits.depth}`);
    let folder = root;
    for (const part of parts) {
      checkName(part, rules);
      const names = taken.get(folder);
      const known = names?.get(keyOf(part));
      if (known === 'file') throw new PayloadImageError('A payload has a file and a folder of one name');
      const next = known ?? { name: part, folders: new Map(), files: new Map() };
      if (!known) {
        folder.folders.set(part, next);
        names?.set(keyOf(part), next);
        taken.set(next, new Map());
      }
      folder = next;
    }
    checkName(name, rules);
    const names = taken.get(folder);
    if (names?.has(keyOf(name))) throw new PayloadImageError('A payload has two files of one name');
    names?.set(keyOf(name), 'file');
    folder.files.set(name, content);
  }
  return root;
}
