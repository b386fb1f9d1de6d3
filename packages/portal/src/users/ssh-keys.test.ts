import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from '@virgate/sdk';
import { keysOf, looksLikeKey, sshKeys } from './ssh-keys.ts';

const first = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIl5pV9Lkx9TgEr1mIZsTgNQq6XtmIwmTn2nfVbIvw0M';
const second = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJl5pV9Lkx9TgEr1mIZsTgNQq6XtmIwmTn2nfVbIvw0M';

test('keys are told by type, comment and fingerprint', async () => {
  const [one, two] = await keysOf(`${first} ann at home\n\n  ${second}  \n`);
  assert.deepEqual(
    [one?.type, one?.comment, one?.name, two?.comment, two?.name],
    ['ssh-ed25519', 'ann at home', 'ann at home', '', 'ssh-ed25519'],
  );
  assert.match(one?.fingerprint ?? '', /^SHA256:[A-Za-z0-9+/]{43}$/);
  assert.match(one?.id ?? '', /^[\w-]{43}$/);
  assert.notEqual(one?.id, two?.id);
  for (const right of [first, ` ${first} a comment `]) assert.ok(looksLikeKey(right), right);
  for (const wrong of ['', 'ssh-ed25519', `${first}\n${second}`, 'ssh-dss AAAA', 'ssh-ed25519 <script>'])
    assert.ok(!looksLikeKey(wrong), wrong);
});

test('adding and removing change the one text that the engine keeps', async () => {
  let content: string | undefined;
  const sent: string[] = [];
  const client = {
    users: {
      user: () => ({
        sshPublicKeys: {
          list: async () => (content === undefined ? [] : [{ id: 'p', content }]),
          add: async (body: { content: string }) => {
            sent.push('add');
            content = body.content;
          },
          key: () => ({
            update: async (body: { content: string }) => {
              sent.push('update');
              content = body.content;
            },
            remove: async () => {
              sent.push('remove');
              content = undefined;
            },
          }),
        },
      }),
    },
  } as unknown as Client;
  const target = (id: string) => ({ id, entity: undefined, ownerId: 'u', owner: undefined });
  const add = (key: string) => sshKeys.adds?.[0]?.run(client, target(''), { key });
  const remove = (id = '') => sshKeys.actions?.[0]?.run(client, target(id), {});
  await add(`${first} old`);
  await add(second);
  await add(`${first} new`);
  await add(second);
  assert.equal(content, `${first} new\n${second}`);
  const [one, two] = await keysOf(content);
  await remove(one?.id);
  assert.equal(content, second);
  await remove(two?.id);
  assert.equal(content, undefined);
  assert.deepEqual(sent, ['add', 'update', 'update', 'update', 'remove']);
});
