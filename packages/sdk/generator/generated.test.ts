import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { generate, generatedFolder } from './main.ts';
import { camel } from './model.ts';

test('the generated files are what the generator makes of the model', async () => {
  for (const [name, text] of Object.entries(await generate())) {
    assert.equal(
      await readFile(new URL(name, generatedFolder), 'utf8'),
      text,
      `${name} is out of date: run packages/sdk/generator/main.ts`,
    );
  }
});

test('a name whose camel case form is ambiguous stops the generator', () => {
  assert.equal(camel('disk_attachments'), 'diskAttachments');
  assert.throws(() => camel('disk_2attachments'), /cannot be told/);
});
