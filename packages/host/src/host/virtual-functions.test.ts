import { VdsmError } from '@virgate/vdsm';
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { changeVirtualFunctions } from './virtual-functions.ts';

test('the number of virtual functions goes to the kernel, unless the card can not make as many', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'virgate-functions-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const card = join(root, 'bus/pci/devices/0000:05:00.0');
  await mkdir(card, { recursive: true });
  await mkdir(join(root, 'bus/pci/devices/0000:06:00.0'));
  await writeFile(join(card, 'sriov_totalvfs'), '4\n');
  await writeFile(join(card, 'sriov_numvfs'), '2\n');
  await changeVirtualFunctions('pci_0000_05_00_0', 3, root);
  assert.equal(await readFile(join(card, 'sriov_numvfs'), 'utf8'), '3');
  await changeVirtualFunctions('pci_0000_05_00_0', 0, root);
  assert.equal(await readFile(join(card, 'sriov_numvfs'), 'utf8'), '0');
  const bad: [string, number][] = [
    ['pci_0000_05_00_0', 5],
    ['pci_0000_06_00_0', 1],
    ['pci_0000_07_00_0', 1],
    ['../../etc', 1],
  ];
  for (const [name, count] of bad)
    await assert.rejects(changeVirtualFunctions(name, count, root), (error) => error instanceof VdsmError && error.code === 91, name);
});
