import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { services } from './generated/services.ts';
import { actionsOf, bodyTypeOf, locatorsOf, matchRoute, memberServiceOf, routes, typeOfService } from './routes.ts';

function segmentsOf(template: string): string[] {
  return template
    .split('/')
    .filter((part) => part !== '')
    .map((part) => (part.startsWith('{') ? `id of ${part.slice(1, -1)}` : part));
}

describe('routes', () => {
  test('every operation is found again, with its parameters', () => {
    for (const route of routes) {
      const segments = [...segmentsOf(route.template), ...(route.action === undefined ? [] : [route.action])];
      const match = matchRoute(route.http, segments);
      const where = `${route.http} ${segments.join('/')}`;
      if (match.kind !== 'found') return assert.fail(`${where}: ${match.kind}`);
      assert.deepEqual(
        [match.service, match.method, match.action, match.template],
        [route.service, route.method, route.action, route.template],
        where,
      );
      for (const [name, value] of Object.entries(match.params)) assert.equal(value, `id of ${name}`, where);
      assert.equal(Object.keys(match.params).length, route.template.split('{').length - 1, where);
    }
    return undefined;
  });

  test('two ids on one path have two names', () => {
    const match = matchRoute('GET', ['vms', '1', 'nics', '2', 'networkfilterparameters', '3']);
    assert.deepEqual(match.kind === 'found' && [match.params, match.entityPath], [
      { vm: '1', nic: '2', parameter: '3' },
      '/vms/1/nics/2/networkfilterparameters/3',
    ]);
  });

  test('what is not there', () => {
    for (const path of ['bogus', 'vms/1/bogus', 'vms/1/nics/2/bogus', 'vms/1/start/7/x', 'vms//nics', 'vms/', '/vms', 'vms/1/nics/2/3']) {
      assert.equal(matchRoute('GET', path.split('/')).kind, 'not_found', path);
    }
  });

  test('wrong verbs say which are right', () => {
    const allow = (http: string, path: string): unknown => {
      const match = matchRoute(http, path.split('/').filter(Boolean));
      return match.kind === 'method_not_allowed' ? match.allow : match.kind;
    };
    assert.deepEqual(allow('DELETE', ''), ['HEAD', 'GET', 'OPTIONS']);
    assert.deepEqual(allow('PUT', 'vms'), ['HEAD', 'GET', 'POST', 'OPTIONS']);
    assert.deepEqual(allow('GET', 'vms/1/start'), ['POST', 'OPTIONS']);
    assert.deepEqual(allow('POST', 'vms/1'), ['HEAD', 'GET', 'DELETE', 'PUT', 'OPTIONS']);
    assert.equal(allow('HEAD', 'vms'), 'found');
  });

  test('an action of a collection hides a member of that name', () => {
    const match = matchRoute('POST', ['clusters', '1', 'glustervolumes', '2', 'glusterbricks', 'activate']);
    assert.deepEqual(match.kind === 'found' && [match.service, match.action], ['GlusterBricksService', 'activate']);
    const member = matchRoute('GET', ['clusters', '1', 'glustervolumes', '2', 'glusterbricks', 'activated']);
    assert.equal(member.kind === 'found' && member.service, 'GlusterBrickService');
  });

  test('the state of work that was started', () => {
    const action = matchRoute('GET', ['vms', '1', 'start', '77']);
    assert.deepEqual(action.kind === 'work_status' && [action.work, action.workId, action.entityPath], ['start', '77', '/vms/1']);
    const creation = matchRoute('GET', ['disks', '1', 'creation_status', '5']);
    assert.deepEqual(creation.kind === 'work_status' && [creation.work, creation.workId], ['creation_status', '5']);
    assert.equal(matchRoute('POST', ['vms', '1', 'start', '77']).kind, 'method_not_allowed');
  });

  test('overloads stand together, the general one first', () => {
    const match = matchRoute('POST', ['vms']);
    assert.deepEqual(match.kind === 'found' && match.methods.map((method) => method.name), [
      'add',
      'add_from_configuration',
      'add_from_scratch',
      'add_from_snapshot',
    ]);
  });

  test('ids are encoded in hrefs', () => {
    const match = matchRoute('GET', ['storagedomains', '1', 'files', 'a b/c.iso']);
    assert.equal(match.kind === 'found' && match.entityPath, '/storagedomains/1/files/a%20b%2Fc.iso');
    assert.equal(matchRoute('GET', ['vms', '__proto__']).kind, 'found');
    assert.equal(matchRoute('GET', ['__proto__']).kind, 'not_found');
  });
});

describe('what hangs on a service', () => {
  test('a VM has 19 links and 22 actions, as a real engine shows', () => {
    assert.equal(locatorsOf('VmService').length, 19);
    assert.equal(actionsOf('VmService').length, 22);
    assert.deepEqual(
      locatorsOf('HostService')
        .filter(({ path }) => ['storage', 'fenceagents'].includes(path))
        .map(({ service }) => service),
      ['FenceAgentsService', 'HostStorageService'],
    );
  });

  test('types of services', () => {
    assert.deepEqual(
      ['VmsService', 'VmService', 'SystemService', 'DiskAttachmentsService', 'HostNicsService', 'StorageDomainContentDisksService'].map(
        (name) => typeOfService(name as 'VmsService'),
      ),
      ['Vm', 'Vm', 'Api', 'DiskAttachment', 'HostNic', 'Disk'],
    );
    assert.equal(memberServiceOf('VmsService'), 'VmService');
    assert.equal(memberServiceOf('VmService'), undefined);
    for (const [name, service] of Object.entries(services)) {
      if (service.methods.some((method) => method.name === 'get' || method.name === 'list'))
        assert.ok(typeOfService(name as 'VmsService'), name);
    }
  });

  test('bodies', () => {
    const body = (service: keyof typeof services, name: string): unknown =>
      bodyTypeOf(services[service].methods.find((method) => method.name === name) ?? assert.fail(name));
    assert.deepEqual(
      [body('VmService', 'start'), body('VmsService', 'add'), body('VmService', 'get'), body('VmNicService', 'update')],
      ['Action', 'Vm', undefined, 'Nic'],
    );
  });
});
