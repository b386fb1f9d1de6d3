import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../rest/fault.ts';
import { bootFileProblem, bootFilesOf, bootLimits, checkBootTexts } from './boot-files.ts';

test('a file to boot from is an ISO image or an absolute path', () => {
  for (const good of ['/boot/vmlinuz', '/srv/boot/..vmlinuz', '/srv/boot/a b', 'iso://vmlinuz', 'iso://Fedora, 40'])
    assert.equal(bootFileProblem(good), undefined, good);
  for (const bad of [
    'vmlinuz',
    './vmlinuz',
    'iso://',
    'iso:/vmlinuz',
    'ISO://vmlinuz',
    'file:///etc/shadow',
    '/srv/boot/../../etc/shadow',
    '/..',
    '/srv/a,file=/etc/shadow',
    '/srv/a\n',
    '/srv/a\u0000b',
    'iso://a\u007f',
    `/${'a'.repeat(bootLimits.pathCharacters)}`,
  ])
    assert.notEqual(bootFileProblem(bad), undefined, bad);
});

test('what cannot be is named by its field', () => {
  const refused = (field: string) => (error: unknown) => error instanceof Fault && error.message.includes(field);
  checkBootTexts({});
  checkBootTexts({ kernel: '', initrd: '', cmdline: '' });
  checkBootTexts({ kernel: '/boot/k', initrd: 'iso://i', cmdline: 'a=1' });
  assert.throws(() => checkBootTexts({ kernel: '/boot/k', initrd: '/etc/../i' }), refused('os.initrd'));
  assert.throws(() => checkBootTexts({ initrd: '/boot/i' }), refused('os.initrd'));
  assert.throws(() => checkBootTexts({ kernel: '', cmdline: 'quiet' }), refused('os.cmdline'));
  assert.throws(() => checkBootTexts({ kernel: 'k' }, 'vm.os'), refused('vm.os.kernel'));
  const cmdline = 'a'.repeat(bootLimits.commandLineCharacters);
  checkBootTexts({ kernel: '/boot/k', cmdline });
  assert.throws(() => checkBootTexts({ kernel: '/boot/k', cmdline: `${cmdline}a` }), refused('os.cmdline'));
  assert.throws(() => checkBootTexts({ kernel: '/boot/k', cmdline: 'a\nb' }), refused('os.cmdline'));
});

test('a run boots from what it says for itself, else as the VM is defined', () => {
  const defined = { kernel: '/boot/k', initrd: '/boot/i', cmdline: '' };
  assert.deepEqual(bootFilesOf(defined, {}), { kernel: '/boot/k', initrd: '/boot/i' });
  assert.deepEqual(bootFilesOf(defined, { kernel: '/boot/other', cmdline: 'quiet' }), {
    kernel: '/boot/other',
    initrd: '/boot/i',
    cmdline: 'quiet',
  });
  assert.deepEqual(bootFilesOf(undefined, {}), {});
});
