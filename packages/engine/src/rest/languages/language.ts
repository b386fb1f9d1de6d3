import type { Catalogue } from './catalogue.ts';

/** Languages of fault texts beside English; each is loaded when somebody first asks for it. */
export const catalogues = {
  de: async () => (await import('./de.ts')).de,
  fr: async () => (await import('./fr.ts')).fr,
  es: async () => (await import('./es.ts')).es,
  ja: async () => (await import('./ja.ts')).ja,
  'zh-CN': async () => (await import('./zh-cn.ts')).zhCn,
} as const satisfies Record<string, () => Promise<Catalogue>>;

/** Tags as in RFC 5646. */
export type Language = 'en' | keyof typeof catalogues;

/** Ranges of a header that are looked at: browsers send a handful. */
const maxRanges = 32;

const isLanguage = (tag: string): tag is Language => tag === 'en' || Object.hasOwn(catalogues, tag);

/** The language that serves a range: `de-AT` is served by `de`. Traditional Chinese is not served by simplified Chinese. */
function servedBy(range: string): Language | null {
  const [primary = '', ...rest] = range.toLowerCase().split('-');
  if (primary === '*') return 'en';
  if (primary === 'zh') return rest.some((part) => ['hant', 'tw', 'hk', 'mo'].includes(part)) ? null : 'zh-CN';
  return isLanguage(primary) ? primary : null;
}

/**
 * The language that a client wants most and that there is; English where it names none of ours. Of ranges with the same weight the first
 * one counts, and what has weight 0 is not wanted. Source: RFC 9110, 12.5.4
 * @param header value of `Accept-Language`
 */
export function languageOf(header: string | undefined): Language {
  const ranges = (header ?? '')
    .slice(0, 1000)
    .split(',', maxRanges)
    .flatMap((range) => {
      const [name = '', ...parameters] = range.split(';').map((part) => part.trim());
      const quality = parameters.map((parameter) => /^q=(.*)$/i.exec(parameter)?.[1]).find((value) => value !== undefined);
      const wanted = quality === undefined ? 1 : Number(quality);
      const language = servedBy(name);
      return language === null || !(wanted > 0) ? [] : [{ language, wanted }];
    });
  return ranges.toSorted((a, b) => b.wanted - a.wanted)[0]?.language ?? 'en';
}

/** The catalogue for a client; null for English, which is in the code. */
export async function catalogueFor(header: string | undefined): Promise<Catalogue | null> {
  const language = languageOf(header);
  return language === 'en' ? null : catalogues[language]();
}
