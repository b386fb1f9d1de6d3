import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { virgateServices } from '../generated/virgate.ts';
import { routes } from '../routes.ts';
import { openApiDocument } from './document.ts';

const document = openApiDocument({ version: '4.5.8', factsOf: (route) => ({ permit: 'login', isMissing: route.tier === 2 }) });

test('the document is valid OpenAPI 3.1, and its references lead somewhere', async () => {
  const validator = new Validator();
  const result = await validator.validate(structuredClone(document));
  assert.deepEqual([result.valid, result.errors ?? []], [true, []]);
  assert.equal(validator.version, '3.1');
  const refs = new Set(JSON.stringify(document).match(/"\$ref":"#[^"]+"/g));
  assert.ok(refs.size > 200, `${refs.size} references`);
  for (const ref of refs) {
    const path = ref.slice('"$ref":"#/'.length, -1).split('/');
    const found = path.reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], document);
    assert.ok(found !== undefined, ref);
  }
});

test('every path × verb of the contract and of the declaration is in it once', () => {
  const paths = document['paths'] as Record<string, Record<string, { operationId: string; parameters?: { in: string; name: string }[] }>>;
  const operations = Object.entries(paths).flatMap(([path, verbs]) => Object.entries(verbs).map(([verb, one]) => ({ path, verb, ...one })));
  const own = Object.values(virgateServices).reduce((sum, service) => sum + service.methods.length, 0);
  assert.equal(
    operations.length,
    new Set([...routes.map((route) => `${route.http} ${route.template} ${route.action ?? ''}`), 'GET / ']).size + own,
  );
  assert.equal(new Set(operations.map((one) => one.operationId)).size, operations.length, 'ids are unique');
  for (const { path, parameters } of operations) {
    const ids = [...path.matchAll(/\{(\w+)\}/g)].map(([, id]) => id);
    assert.deepEqual(parameters?.filter((one) => one.in === 'path').map((one) => one.name) ?? [], ids, path);
  }
});
