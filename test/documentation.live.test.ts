// Budget: 90 s
// Needs: browser
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chromium } from 'playwright-core';
import { expectStatus, Installation } from './engine/installation.ts';

test('the OpenAPI document is served to everybody, and read on a page that asks nobody else', async (t) => {
  const installation = await Installation.start({ hosts: 0 });
  t.after(() => installation.stop());
  const nobody = installation.rest.as(null);
  const document = expectStatus(await nobody.get('/virgate/api/openapi.json'), 200);
  assert.equal(document.openapi, '3.1.0');
  const { post: start } = document.paths['/ovirt-engine/api/vms/{vm}/start'];
  assert.deepEqual([start['x-permit'], start['x-not-built']], ['run_vm', undefined]);
  assert.equal(expectStatus(await nobody.get('/ovirt-engine/api/openapi.json'), 200).openapi, '3.1.0');

  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  t.after(() => browser.close());
  const page = await browser.newPage({ ignoreHTTPSErrors: true, viewport: { width: 1400, height: 900 } });
  const asked: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url())) asked.push(new URL(request.url()).origin);
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(`${installation.url}/virgate/api/docs`);
  await page
    .getByText('The REST API, compatible with oVirt', { exact: false })
    .first()
    .waitFor({ timeout: 120_000 })
    .catch((error: unknown) => {
      throw new Error(`The page does not show the document: ${complaints.join('; ')}`, { cause: error });
    });
  if (process.env['SHOT']) await page.screenshot({ path: process.env['SHOT'] });
  assert.deepEqual(new Set(asked), new Set([installation.url]));
  assert.deepEqual(complaints, []);
});
