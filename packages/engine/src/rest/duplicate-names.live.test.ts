import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blankTemplateId, defaultClusterId, defaultDataCenterId } from '../installation/fixed-ids.ts';
import { startTestEngine } from '../testing/engine.ts';
import { addObjects } from '../testing/objects.ts';

test('a name that another object of the kind has is refused, at its addition and at a change', async (t) => {
  const { get, post, put, ...rest } = await startTestEngine(t);
  const ids = await addObjects({ get, post, put, ...rest });
  const dataCenter = { id: defaultDataCenterId };
  let pools = 0;
  const nextRange = () => {
    pools += 1;
    return { from: `02:00:00:0${pools}:00:00`, to: `02:00:00:0${pools}:00:09` };
  };
  const kinds: Record<string, (name: string) => object> = {
    datacenters: (name) => ({ name, local: false }),
    clusters: (name) => ({ name, cpu: { architecture: 'x86_64', type: '' }, data_center: dataCenter }),
    networks: (name) => ({ name, data_center: dataCenter, usages: { usage: [] } }),
    vnicprofiles: (name) => ({ name, network: { id: ids['networks'] } }),
    vms: (name) => ({ name, cluster: { id: defaultClusterId }, template: { id: blankTemplateId } }),
    [`vms/${ids['vms']}/nics`]: (name) => ({ name }),
    macpools: (name) => ({ name, ranges: { range: [nextRange()] } }),
    tags: (name) => ({ name }),
    roles: (name) => ({ name, administrative: false, permits: { permit: [{ id: '1' }] } }),
    bookmarks: (name) => ({ name, value: 'Vms: status=up' }),
    schedulingpolicies: (name) => ({ name }),
    affinitylabels: (name) => ({ name }),
    [`datacenters/${defaultDataCenterId}/quotas`]: (name) => ({ name }),
    [`clusters/${defaultClusterId}/affinitygroups`]: (name) => ({ name, positive: true, enforcing: true }),
  };
  const troubles: string[] = [];
  for (const [path, body] of Object.entries(kinds)) {
    const first = await post(`/${path}`, body('taken'));
    assert.equal(first.status, 201, `${path}: ${first.text}`);
    const other = await post(`/${path}`, body('free'));
    assert.equal(other.status, 201, `${path}: ${other.text}`);
    const count = async (): Promise<number> => Object.values((await get(`/${path}`)).body).flat().length;
    const before = await count();
    const again = await post(`/${path}`, body('taken'));
    const renamed = await put(`/${path}/${other.body['id']}`, { name: 'taken' });
    for (const [what, answer] of Object.entries({ again, renamed })) {
      const fault = answer.body['fault'] ?? answer.body;
      // The contract gives some of these messages 400.
      if (![400, 409].includes(answer.status) || fault.reason !== 'Operation Failed' || !/name|exist|in ?use/i.test(String(fault.detail)))
        troubles.push(`${path}, ${what}: ${answer.status} ${answer.text.slice(0, 200)}`);
    }
    if ((await count()) !== before) troubles.push(`${path}: something was made`);
    if ((await get(`/${path}/${other.body['id']}`)).body['name'] !== 'free') troubles.push(`${path}: it was renamed`);
  }
  assert.deepEqual(troubles, []);
});
