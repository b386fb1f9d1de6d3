import { seenEvents } from '../events/unread.ts';
import { columnLayouts } from '../grid/column-layouts.ts';
import { setLanguage, shownLanguage } from '../text/language.ts';
import type { LanguageChoice } from '../text/language.ts';
import { isLanguage } from '../text/languages.ts';
import { keepOption, keptOptions } from './options.ts';

/** Whose choices were read already: read again they would undo one that is only being kept. */
let readFor: string | undefined;

/** Shows what the user has chosen at another browser, once: his language, how his lists look, and which events he has seen. What cannot be read changes nothing. */
export async function loadPreferences(userId: string): Promise<void> {
  if (readFor === userId) return;
  readFor = userId;
  try {
    const kept = await keptOptions(userId);
    columnLayouts.take(userId, kept.get('virgate.portal.columns'));
    seenEvents.take(userId, kept.get('virgate.portal.seen'));
    const language = kept.get('virgate.portal.language');
    if (isLanguage(language) && language !== shownLanguage().choice) await setLanguage(language);
  } catch {
    // The choices of this browser stay.
    columnLayouts.take(userId, undefined);
    seenEvents.take(userId, undefined);
  }
}

/**
 * Shows a language and keeps it for the user.
 * @throws ApiFault, EngineUnreachable when it could not be kept
 */
export async function chooseLanguage(userId: string, choice: LanguageChoice): Promise<void> {
  await setLanguage(choice);
  await keepOption(userId, 'virgate.portal.language', choice === 'browser' ? undefined : choice);
}
