import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@virgate/sdk';
import type { Locator, Page } from 'playwright-core';
import { eventually } from '../engine/installation.ts';
import type { ListedNames } from './own-walk.ts';

const mib = 1024 ** 2;
/** What of the contract's list {@link transferImages} does. */
export const transferNames: ListedNames = {
  actions: ['Start', 'Pause', 'Resume', 'Download'].map((name) => `disks|${name}`),
  fields: ['UploadImagePopupView|imageSourcePanel'],
};

/** Uploads a disk image with a pause and a reload between, and downloads it again. */
export async function transferImages(page: Page, base: string, client: Client): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'vgu-'));
  try {
    await transferFrom(folder, page, base, client);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function transferFrom(folder: string, page: Page, base: string, client: Client): Promise<void> {
  const made = async (name: string, content: Buffer): Promise<string> => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  // Four pieces.
  const content = randomBytes(15 * mib);
  const image = await made('walked.img', content);
  await page.goto(`${base}/ovirt-engine/webadmin/disks?dialog=upload`);
  const file = page.getByRole('dialog', { name: 'Upload an image' }).getByLabel('File');
  await file.setInputFiles(await made('other.vmdk', Buffer.from('KDMV')));
  await page.getByRole('alert').getByText('Hosts do not take this format.', { exact: false }).waitFor();
  let pieces = 0;
  const second = Promise.withResolvers<undefined>();
  await page.route('**/images/**', async (route) => {
    pieces += 1;
    if (pieces === 2) await second.promise;
    await route.continue().catch(() => undefined);
  });
  await file.setInputFiles(image);
  const form = page.getByRole('dialog', { name: 'Upload walked.img (raw, 15 MiB)' });
  await begin(form);
  const transfers = page.getByRole('region', { name: 'Transfers' });
  await transfers.getByText('4 MiB of 15 MiB').waitFor();
  await transfers.getByRole('button', { name: 'Pause: walked' }).click();
  await transfers.getByText('paused').waitFor();
  second.resolve(undefined);
  await page.reload();
  await transfers.getByText('interrupted').waitFor();
  const choose = async (chosen: string): Promise<void> => {
    const chooser = page.waitForEvent('filechooser');
    await transfers.getByRole('button', { name: 'Choose the file again: walked' }).click();
    await (await chooser).setFiles(chosen);
  };
  await choose(await made('else.img', content));
  await page.getByText('This is another file than before').waitFor();
  await choose(image);
  await transfers.getByText('done').waitFor();
  await transfers.getByRole('button', { name: 'Dismiss: walked' }).click();
  const [disk] = await client.disks.list({ search: 'alias=walked' });
  assert.deepEqual([disk?.status, disk?.provisioned_size, disk?.content_type], ['ok', 15 * mib, 'data']);
  const download = page.waitForEvent('download');
  await page.getByRole('row', { name: /^walked / }).click();
  await page.getByRole('toolbar', { name: 'Actions for walked' }).getByRole('button', { name: 'Download' }).click();
  const got = await download;
  assert.equal(got.suggestedFilename(), 'walked.raw');
  assert.ok((await readFile(await got.path())).equals(content));
}

/** Sends the form, when it knows the domains that there are. */
async function begin(form: Locator): Promise<void> {
  const domain = form.getByLabel('Storage domain');
  await eventually('a domain is proposed', async () => (await domain.inputValue()) !== '');
  await form.getByRole('button', { name: 'Upload' }).click();
}
