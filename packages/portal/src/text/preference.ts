import { ApiFault } from '@virgate/sdk';
import { client } from '../app/client.ts';
import { setLanguage, shownLanguage } from './language.ts';
import type { LanguageChoice } from './language.ts';
import { isLanguage } from './languages.ts';

/** Name of the user's option that keeps the language; its content is the tag as JSON text. */
const optionName = 'virgate.portal.language';

const keptOption = async (userId: string) => (await client.users.user(userId).options.list()).find(({ name }) => name === optionName);

/** What an option says; undefined when it is no language of the portal. */
function languageOf(content: string | undefined): LanguageChoice | undefined {
  try {
    const value: unknown = JSON.parse(content ?? '');
    return isLanguage(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whose choice was read already: read again it would undo a choice that is only being kept. */
let readFor: string | undefined;

/** Shows the language that the user has chosen at another browser, once. What cannot be read changes nothing. */
export async function loadPreference(userId: string): Promise<void> {
  if (readFor === userId) return;
  readFor = userId;
  try {
    const language = languageOf((await keptOption(userId))?.content);
    if (language !== undefined && language !== shownLanguage().choice) await setLanguage(language);
  } catch {
    // The language of this browser stays.
  }
}

/**
 * Shows a language and keeps it for the user. Who may not change his profile has it in this browser only.
 * @throws ApiFault, EngineUnreachable when it could not be kept
 */
export async function choosePreference(userId: string, choice: LanguageChoice): Promise<void> {
  await setLanguage(choice);
  try {
    const options = client.users.user(userId).options;
    const kept = await keptOption(userId);
    const content = choice === 'browser' ? undefined : JSON.stringify(choice);
    if (kept?.content === content) return;
    // The contract changes no option: it is made anew.
    if (kept?.id !== undefined) await options.option(kept.id).remove();
    if (content !== undefined) await options.add({ name: optionName, content });
  } catch (error) {
    if (!(error instanceof ApiFault && error.status === 403)) throw error;
  }
}
