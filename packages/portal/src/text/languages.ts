import type { Words } from './catalogue.ts';

/** The portal's languages: tags as in RFC 5646, each by its own name. */
export const languages = { en: 'English', de: 'Deutsch', fr: 'Français', es: 'Español', ja: '日本語', 'zh-CN': '简体中文' } as const;

export type Language = keyof typeof languages;

export const isLanguage = (value: unknown): value is Language => typeof value === 'string' && Object.hasOwn(languages, value);

/** Each language is a file of its own, fetched when it is chosen; English is always there. */
export const wordsOf: Readonly<Record<Exclude<Language, 'en'>, () => Promise<Words>>> = {
  de: () => import('./de.ts'),
  fr: () => import('./fr.ts'),
  es: () => import('./es.ts'),
  ja: () => import('./ja.ts'),
  'zh-CN': () => import('./zh-cn.ts'),
};

/**
 * The first language of a reader's list that there is: `de-AT` is served by `de`. Traditional Chinese is not served by simplified Chinese.
 * @param wanted tags as in RFC 5646, the preferred one first
 */
export function languageFor(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const [primary = '', ...rest] = tag.toLowerCase().split('-');
    if (primary !== 'zh' && isLanguage(primary)) return primary;
    if (primary === 'zh' && !rest.some((part) => ['hant', 'tw', 'hk', 'mo'].includes(part))) return 'zh-CN';
  }
  return 'en';
}
