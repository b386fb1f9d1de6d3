import type { Terminal } from '../terminal/terminal.ts';

/** What a status means to the eye; the word itself says it to everybody. */
type Tone = 'good' | 'busy' | 'care' | 'bad' | 'off';

/** Numbers of "select graphic rendition". Source: ECMA-48, SGR. */
const codes: Readonly<Record<Tone | 'title', number>> = { good: 32, busy: 36, care: 33, bad: 31, off: 2, title: 1 };

const wordsOfTones: Readonly<Record<Tone, readonly string[]>> = {
  good: ['up', 'active', 'ok', 'operational', 'finished', 'finished_success', 'succeeded', 'ready', 'complete', 'normal', 'info'],
  busy: [
    'powering_up',
    'powering_down',
    'wait_for_launch',
    'reboot_in_progress',
    'migrating',
    'saving_state',
    'restoring_state',
    'initializing',
    'installing',
    'installing_os',
    'connecting',
    'reboot',
    'preparing_for_maintenance',
    'activating',
    'detaching',
    'started',
    'starting',
    'transferring',
    'resuming',
    'finalizing',
    'finalizing_success',
    'in_progress',
    'pending',
  ],
  care: [
    'paused',
    'paused_user',
    'paused_system',
    'suspended',
    'image_locked',
    'locked',
    'maintenance',
    'pending_approval',
    'warning',
    'contend',
    'mixed',
    'in_preview',
    'kdumping',
    'uninitialized',
    'unattached',
  ],
  bad: [
    'not_responding',
    'non_responsive',
    'non_operational',
    'not_operational',
    'problematic',
    'install_failed',
    'inactive',
    'illegal',
    'failed',
    'aborted',
    'error',
    'alert',
    'failure',
    'finished_failure',
    'finalizing_failure',
  ],
  off: ['down', 'unknown', 'unassigned', 'cancelled', 'cancelled_user', 'cancelled_system'],
};
const tones: ReadonlyMap<string, Tone> = new Map(
  Object.entries(wordsOfTones).flatMap(([tone, words]) => words.map((word) => [word, tone as Tone] as const)),
);

/** Attributes whose values are such words. */
const isStatus = (attribute: string): boolean => /(^|[._-])(status|severity|phase)$/.test(attribute);

/** Whether a terminal reads the output, and whoever sits there wants colours. Source: no-color.org. */
export const wantsColours = ({ stdout, environment }: Pick<Terminal, 'stdout' | 'environment'>): boolean =>
  stdout.isTTY === true && (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb';

const coloured = (text: string, code: number): string => (text.trim() === '' ? text : `\u001b[${code}m${text}\u001b[0m`);

/** The title of a column, or the name of an attribute. */
export const titleColoured = (text: string): string => coloured(text, codes.title);

/** A value, with the colour of what it means when its attribute is a status; spaces around it are allowed. */
export function valueColoured(attribute: string, text: string): string {
  const tone = isStatus(attribute) ? tones.get(text.trim()) : undefined;
  return tone === undefined ? text : coloured(text, codes[tone]);
}
