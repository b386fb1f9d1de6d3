import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathsV3 } from './generated/paths-v3.ts';
import { matchRoute } from './routes.ts';
import { nameInV3, pathOfV3, segmentsOfV4 } from './routes-v3.ts';

test('what version 3 has at a path', () => {
  assert.deepEqual(pathOfV3(['vms'])?.verbs, ['GET', 'POST']);
  assert.deepEqual(pathOfV3(['vms', 'x', 'disks', 'y', 'activate'])?.verbs, ['POST']);
  assert.ok(pathOfV3(['vms', 'x'])?.children.has('preview_snapshot'));
  assert.equal(pathOfV3(['vms', 'x'])?.children.has('diskattachments'), false);
  assert.equal(pathOfV3(['vms', 'x', 'diskattachments']), undefined);
  assert.equal(pathOfV3(['__proto__']), undefined);
  assert.deepEqual(segmentsOfV4(['vms', 'x', 'preview_snapshot']), ['vms', 'x', 'previewsnapshot']);
  assert.equal(nameInV3('undosnapshot'), 'undo_snapshot');
  assert.equal(nameInV3('start'), 'start');
});

test('most operations of version 3 are operations of version 4', () => {
  let all = 0;
  let same = 0;
  for (const [path, verbs] of Object.entries(pathsV3)) {
    for (const verb of verbs.split(' ')) {
      all += 1;
      const segments = segmentsOfV4(path.split('/').map((segment) => (segment === '{}' ? 'some-id' : segment)));
      if (matchRoute(verb, segments).kind === 'found') same += 1;
    }
  }
  assert.ok(all > 700, `only ${all} operations`);
  assert.ok(same / all > 0.85, `only ${same} of ${all}`);
});
