import { createHash } from 'node:crypto';
import { drawIcon } from './draw.ts';

/** Sizes of predefined icons in points. Source: engine behaviour, icons. */
export const iconSizes = { small: { width: 43, height: 43 }, large: { width: 150, height: 120 } } as const;
export type IconSize = keyof typeof iconSizes;

/** An icon as it is stored. */
export interface StoredIcon {
  id: string;
  mediaType: string;
  /** Base64. */
  data: string;
  digest: string;
}

/** Families of operating systems by the beginning of their names; the first that fits counts. */
const families = [
  { name: 'windows', pattern: /^windows/, letters: 'W', colour: [0, 103, 184] },
  { name: 'red-hat', pattern: /^(rhel|rhcos|red_?hat|fedora|centos)/, letters: 'RH', colour: [190, 30, 30] },
  { name: 'ubuntu', pattern: /^ubuntu/, letters: 'U', colour: [200, 80, 30] },
  { name: 'debian', pattern: /^debian/, letters: 'D', colour: [168, 0, 48] },
  { name: 'suse', pattern: /^(sles|suse|opensuse)/, letters: 'S', colour: [40, 130, 50] },
  { name: 'freebsd', pattern: /^freebsd/, letters: 'F', colour: [140, 40, 40] },
  { name: 'linux', pattern: /linux/, letters: 'L', colour: [70, 90, 110] },
  { name: 'other', pattern: /^/, letters: 'OS', colour: [110, 110, 110] },
] as const;

type Family = (typeof families)[number];

const digestOf = (data: string): string => createHash('sha256').update(data).digest('hex');

/** The same id in every installation, so that icons can be told before they are stored. */
function idOf(family: Family, size: IconSize): string {
  const hash = createHash('sha256').update(`icon ${family.name} ${size}`).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-5${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}

const familyOf = (osType: string): Family => families.find((family) => family.pattern.test(osType)) ?? families[families.length - 1]!;

/** The icons that VMs of an operating system have unless they are given others. */
export const defaultIconIds = (osType: string): Record<IconSize, string> => {
  const family = familyOf(osType);
  return { small: idOf(family, 'small'), large: idOf(family, 'large') };
};

/** All predefined icons. */
export const predefinedIcons = (): StoredIcon[] =>
  families.flatMap((family) =>
    (Object.keys(iconSizes) as IconSize[]).map((size) => {
      const data = drawIcon({ ...iconSizes[size], letters: family.letters, colour: family.colour }).toString('base64');
      return { id: idOf(family, size), mediaType: 'image/png', data, digest: digestOf(data) };
    }),
  );

export { digestOf };
