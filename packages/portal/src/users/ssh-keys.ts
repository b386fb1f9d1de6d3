import type { Client } from '@virgate/sdk';
import { removing } from '../kinds/actions.ts';
import type { Entity, PartsDescription } from '../kinds/kind.ts';
import { valueAt } from '../kinds/value.ts';

/** One public key of a user; its id is its fingerprint as an address can hold it. */
export interface SshKey extends Entity {
  readonly id: string;
  readonly type: string;
  readonly comment: string;
  /** As OpenSSH tells it: `SHA256:` and the digest in base64. */
  readonly fingerprint: string;
  /** As it was given. */
  readonly line: string;
}

const keyForm =
  /^(?:ssh-(?:rsa|ed25519)|ecdsa-sha2-nistp(?:256|384|521)|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com)\s+[A-Za-z0-9+/]+={0,2}(?:\s.*)?$/;

/** Whether a text looks like one public key, one line as in a `.pub` file; whether it is one the engine says. */
export const looksLikeKey = (text: string): boolean => keyForm.test(text.trim()) && !text.trim().includes('\n');

const linesOf = (content: string): string[] =>
  content
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** The keys of the engine's one text, one a line. */
export async function keysOf(content: string): Promise<SshKey[]> {
  return await Promise.all(
    linesOf(content).map(async (line) => {
      const [type = '', key = '', ...comment] = line.split(/\s+/);
      const blob = Uint8Array.from(atob(key), (letter) => letter.charCodeAt(0));
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', blob));
      const base64 = btoa(String.fromCharCode(...digest)).replace(/=+$/, '');
      const id = base64.replaceAll('+', '-').replaceAll('/', '_');
      return { id, name: comment.join(' ') || type, type, comment: comment.join(' '), fingerprint: `SHA256:${base64}`, line };
    }),
  );
}

/** The engine keeps one text of keys for a user: what is changed is changed in it, as it is now. */
async function change(client: Client, userId: string, next: (lines: readonly string[]) => Promise<readonly string[]>): Promise<void> {
  const properties = client.users.user(userId).sshPublicKeys;
  const [kept] = await properties.list();
  const before = linesOf(kept?.content ?? '');
  const content = (await next(before)).join('\n');
  if (kept?.id === undefined) await properties.add({ content });
  else if (content === '') await properties.key(kept.id).remove();
  else if (content !== before.join('\n')) await properties.key(kept.id).update({ content });
}

/** Keys with which a user comes to serial consoles. */
export const sshKeys: PartsDescription = {
  types: ['user'],
  list: async (client, owner, signal) => {
    const kept = await client.users.user(owner.id).sshPublicKeys.list({}, { signal });
    return (await Promise.all(kept.map(({ content = '' }) => keysOf(content)))).flat();
  },
  columns: [
    { label: 'label.type', path: 'type' },
    { label: 'label.comment', path: 'comment' },
    { label: 'label.fingerprint', path: 'fingerprint' },
  ],
  empty: 'sshKeys.empty',
  adds: [
    {
      key: 'add',
      label: 'action.add',
      form: {
        title: 'sshKey.add',
        tabs: [
          {
            label: 'form.tab.general',
            fields: [
              {
                label: 'label.publicKey',
                path: 'key',
                control: { kind: 'area' },
                need: true,
                hint: 'sshKey.hint',
                refuses: (value) => (looksLikeKey(String(value)) ? undefined : 'sshKey.refused'),
              },
            ],
          },
        ],
      },
      run: (client, target, body) => {
        const line = String(valueAt(body, 'key')).trim();
        return change(client, target.ownerId, async (lines) => {
          const [fresh] = await keysOf(line);
          // A key that is there already may get another comment, and stays where it is.
          const known = (await keysOf(lines.join('\n'))).findIndex((one) => one.id === fresh?.id);
          return known < 0 ? [...lines, line] : lines.with(known, line);
        });
      },
    },
  ],
  actions: [
    removing(
      'sshKey.remove.body',
      (client, target) =>
        change(client, target.ownerId, async (lines) =>
          (await keysOf(lines.join('\n'))).filter((one) => one.id !== target.id).map((one) => one.line),
        ),
      null,
    ),
  ],
};
