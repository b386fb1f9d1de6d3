import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchRoute } from './routes.ts';
import { pathOfV3, pathsV3, placeInV4 } from './routes-v3.ts';

test('what version 3 has at a path', () => {
  assert.deepEqual(pathOfV3(['vms'])?.verbs, ['GET', 'POST']);
  const activate = pathOfV3(['vms', 'x', 'disks', 'y', 'activate']);
  assert.deepEqual(activate?.verbs, ['POST']);
  assert.deepEqual([activate.template, activate.ids], ['vms/{}/disks/{}/activate', ['x', 'y']]);
  const vm = pathOfV3(['vms', 'x']);
  assert.ok(vm !== undefined);
  assert.ok(vm.actions.includes('preview_snapshot') && vm.links.includes('disks'));
  assert.ok(!vm.links.includes('start') && !vm.actions.includes('disks') && !vm.links.includes('diskattachments'));
  assert.equal(pathOfV3(['vms', 'x', 'diskattachments']), undefined);
  assert.equal(pathOfV3(['__proto__']), undefined);
});

test('places that version 4 has elsewhere', () => {
  assert.deepEqual(placeInV4(['vms', 'x', 'preview_snapshot']), { segments: ['vms', 'x', 'previewsnapshot'] });
  assert.deepEqual(placeInV4(['vms', 'x', 'start']), { segments: ['vms', 'x', 'start'] });
  assert.deepEqual(placeInV4(['vms', 'v', 'disks', 'd', 'permissions', 'p']), {
    segments: ['disks', 'd', 'permissions', 'p'],
    within: ['vms', 'v', 'diskattachments', 'd'],
  });
  assert.deepEqual(placeInV4(['hosts', 'h', 'nics', 'n', 'labels']), { segments: ['hosts', 'h', 'nics', 'n', 'networklabels'] });
  assert.deepEqual(placeInV4(['datacenters', 'd', 'networks', 'n', 'labels', 'l']).within, ['datacenters', 'd', 'networks', 'n']);
});

/** Made of several operations of version 4, or of none that there is. */
const made =
  /^capabilities|^(vms|templates)\/\{\}\/disks(\/\{\}(\/(de)?activate)?)?$|^hosts\/\{\}\/nics(\/setupnetworks|\/\{\}(\/attach|\/detach)?)?$|^vms\/\{\}\/move$|^vms\/\{\}\/snapshots\/\{\}\/disks\/\{\}$/;

test('all other operations of version 3 are operations of version 4', () => {
  let all = 0;
  for (const [path, verbs] of pathsV3) {
    for (const verb of verbs) {
      if (made.test(path) || (verb === 'DELETE' && path.endsWith('/bricks'))) continue;
      all += 1;
      const { segments } = placeInV4(path.split('/').map((segment) => (segment === '{}' ? 'some-id' : segment)));
      assert.equal(matchRoute(verb, segments).kind, 'found', `${verb} ${path}`);
    }
  }
  assert.ok(all > 740, `only ${all} operations`);
});
