import assert from 'node:assert/strict';
import { test } from 'node:test';
import { criteriaOf, criteriaSearch, downloadAddress, isComplete } from './place.ts';
import type { ReportEntry } from './report.ts';

const entry: ReportEntry = {
  code: 'BR3',
  name: 'Hosts',
  group: 'Trend / Hosts',
  kind: 'report',
  criteria: ['period', 'startDate', 'hosts', 'showDeleted', 'cpuThreshold'],
  needs: ['hosts'],
  menus: [],
};

test('an address becomes criteria: texts to lists, numbers and flags; what is none of the report is left out', () => {
  const search = criteriaSearch({
    period: 'daily',
    startDate: '2030-01-02',
    hosts: 'a,b',
    showDeleted: true,
    cpuThreshold: 70,
    vm: 'x',
    other: 'y',
    figure: { a: 1 },
  });
  assert.deepEqual(search, { period: 'daily', startDate: '2030-01-02', hosts: 'a,b', showDeleted: 'true', cpuThreshold: '70', vm: 'x' });
  assert.deepEqual(criteriaOf(entry, search), {
    period: 'daily',
    startDate: '2030-01-02',
    hosts: ['a', 'b'],
    showDeleted: true,
    cpuThreshold: 70,
  });
  assert.equal(
    downloadAddress(entry, search, 'pdf'),
    '/virgate/api/reports/BR3/download?format=pdf&period=daily&startDate=2030-01-02&showDeleted=true&hosts=a%2Cb&cpuThreshold=70',
  );
});

test('a report is made when everything that it needs is chosen', () => {
  assert.equal(isComplete(entry, { period: 'daily', startDate: '2030-01-02' }), false);
  assert.equal(isComplete(entry, { period: 'daily', startDate: '2030-01-02', hosts: 'a' }), true);
});
