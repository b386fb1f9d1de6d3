// Budget: 10 s
// Needs: guestImage
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeFloppyImage } from './floppy-image.ts';

test('the tools of DOS disks read back the image of a floppy disk', async () => {
  const texts: Record<string, string> = {
    'sysprep.inf': '[Unattended]\r\n',
    'a long name with its own ending.configuration': 'x'.repeat(5000),
    'openstack/latest/meta_data.json': '{}',
    ...Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`folder/a file with a long name ${index}`, String(index)])),
  };
  const folder = await mkdtemp(join(tmpdir(), 'floppy-image-'));
  try {
    const [path, out] = [join(folder, 'image'), join(folder, 'out')];
    await mkdir(out);
    const files = Object.entries(texts).map(([name, text]) => ({ path: name, content: Buffer.from(text) }));
    await writeFile(path, makeFloppyImage('TOOLS', files));
    execFileSync('mcopy', ['-s', '-n', '-i', path, '::*', out]);
    for (const [name, text] of Object.entries(texts)) assert.equal(await readFile(join(out, name), 'utf8'), text, name);
    assert.match(execFileSync('mlabel', ['-s', '-i', path, '::'], { encoding: 'utf8' }), /TOOLS/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
