import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext } from 'playwright-core';
import { adminUser, Installation } from '../engine/installation.ts';

/** Somebody who may look around, for sessions and permissions. */
export const walker = { name: 'walker', password: randomBytes(12).toString('base64url') };
const systemId = 'aaa00000-0000-0000-0000-123456789aaa';
const pageMs = 30_000;
/** The first page of a browser and of an engine that have both just started. */
const firstPageMs = 90_000;
/** Wide enough for every column of every list. */
const viewport = { width: 3_400, height: 1_400 };

/** An installation with what the portal's pages are to show: hosts, storage, a template and a user. */
export async function startForPortal(portalFolder: string): Promise<Installation> {
  const installation = await Installation.start({ hosts: 2, portalFolder });
  try {
    await installation.addStorage();
    await installation.addStorage('second');
    await installation.addTemplate();
    await installation.addUser(walker.name, [{ role: 'TemplateCreator', type: 'system', id: systemId }], walker.password);
    return installation;
  } catch (error) {
    await installation.stop();
    throw error;
  }
}

/** A browser's context with the administrator signed in. */
export async function openPortal(browser: Browser, installation: Installation): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport, ignoreHTTPSErrors: true });
  context.setDefaultTimeout(pageMs);
  const page = await context.newPage();
  await page.goto(`${installation.url}/ovirt-engine/webadmin/`);
  await page.getByRole('textbox', { name: 'User name' }).fill(adminUser, { timeout: firstPageMs });
  await page.getByLabel('Password').fill((await readFile(join(installation.folder, 'password'), 'utf8')).trim());
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor({ timeout: firstPageMs });
  await page.close();
  return context;
}
