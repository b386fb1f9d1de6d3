// Budget: 12 s
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { managementNetworkId } from '../installation/fixed-ids.ts';
import { startTestEngine } from '../testing/engine.ts';

test('profiles and VMs have the custom properties that their level knows, with values that match', async (t) => {
  const { get, post, put, engine } = await startTestEngine(t);
  const option = (name: string, value: string, version = '4.7') => put(`/virgate/api/options/${name}`, { version, value });
  assert.equal((await option('CustomDeviceProperties', '{type=interface;prop={a=(}}')).status, 400);
  assert.equal((await option('UserDefinedVMProperties', 'no pattern')).status, 400);
  const devices = '{type=interface;prop={speed=^\\d{1,5}$;path=^[^|]*$}};{type=disk;prop={pool=^[a-z]+$}}';
  assert.equal((await option('CustomDeviceProperties', devices)).status, 204);
  assert.equal((await option('UserDefinedVMProperties', 'color=^[^|]*$')).status, 204);
  await engine.options.reload();

  const path = `/networks/${managementNetworkId}/vnicprofiles`;
  const profile = (custom: { name: string; value?: string }[], name = 'fast') =>
    post(path, { name, custom_properties: { custom_property: custom } });
  const made = await profile([
    { name: 'speed', value: '4096' },
    { name: 'path', value: '$(id); `id` & <x>' },
  ]);
  assert.equal(made.status, 201, made.text);
  assert.deepEqual(made.body['custom_properties'].custom_property, [
    { name: 'path', value: '$(id); `id` & <x>' },
    { name: 'speed', value: '4096' },
  ]);
  const bad: [{ name: string; value?: string }[], RegExp][] = [
    [[{ name: 'speed', value: '123456' }], /speed.*cannot have this value/],
    [[{ name: 'speed', value: '1;rm' }], /speed.*cannot have this value/],
    [[{ name: 'pool', value: 'x' }], /no custom property .*pool/],
    [
      [
        { name: 'speed', value: '1' },
        { name: 'speed', value: '2' },
      ],
      /speed.*given twice/,
    ],
    [[{ name: 'path', value: 'x'.repeat(5000) }], /path.*cannot have this value/],
  ];
  for (const [custom, text] of bad) {
    const answer = await profile(custom, 'bad');
    assert.ok(answer.status === 400 || answer.status === 409, answer.text);
    assert.match(answer.text, text);
  }
  const own = `/vnicprofiles/${made.body['id']}`;
  assert.equal((await put(own, { comment: 'as before' })).body['custom_properties'].custom_property.length, 2);
  assert.equal((await put(own, { custom_properties: { custom_property: [] } })).status, 200);
  assert.equal((await get(own)).body['custom_properties'], undefined);

  const vm = (name: string, value: string) =>
    post('/vms', {
      name: `v-${name}`,
      cluster: { name: 'Default' },
      template: { name: 'Blank' },
      custom_properties: { custom_property: [{ name, value }] },
    });
  const color = await vm('color', '$(id); `id`');
  assert.equal(color.status, 201, color.text);
  assert.match((await vm('color', 'a|b')).text, /color.*cannot have this value/);
  assert.match((await vm('sndbuf', '1;2')).text, /sndbuf.*cannot have this value/);
  assert.match((await vm('speed', '1')).text, /no custom property .*speed/);
});
