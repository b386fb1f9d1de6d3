import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decideRest, type RestingHost } from './host-rest.ts';

const host = (name: string, more: Partial<RestingHost> = {}): RestingHost => ({
  id: name,
  name,
  status: 'up',
  vmCount: 0,
  isSpm: false,
  switchable: true,
  externallyOk: true,
  restsByPolicy: false,
  failedLately: false,
  ...more,
});
const busy = host('busy', { vmCount: 3 });
const rests = (name: string, status: string, more = {}): RestingHost => host(name, { status, restsByPolicy: true, ...more });

describe('hosts that rest', () => {
  const table: [it: string, hosts: RestingHost[], reserve: number, decided: string | null][] = [
    ['one without VMs too many goes into maintenance', [busy, host('a'), host('b')], 1, 'maintain a'],
    ['as many as are to be in reserve stay', [busy, host('a')], 1, null],
    ['the last host that is up stays, busy or not', [host('a')], 0, null],
    ['who manages the storage stays', [busy, host('a', { isSpm: true })], 0, null],
    ['one whose power is not for automatic use stays', [busy, host('a', { switchable: false })], 0, null],
    ['one that is reported as ill stays', [busy, host('a', { externallyOk: false })], 0, null],
    ['who rests in maintenance is switched off next', [busy, rests('a', 'maintenance'), host('b')], 0, 'switch_off a'],
    ['what a person put into maintenance is left there', [busy, host('a', { status: 'maintenance' })], 0, null],
    ['nothing more while one is on its way', [busy, rests('a', 'preparing_for_maintenance'), host('b')], 0, null],
    ['too few: one in maintenance is back soonest', [busy, rests('a', 'down'), rests('b', 'maintenance')], 1, 'activate b'],
    ['too few: else one is switched on', [busy, rests('a', 'down')], 1, 'switch_on a'],
    ['what a person switched off stays so', [busy, host('a', { status: 'down' })], 1, null],
    ['one that could not be switched is left alone for a while', [busy, rests('a', 'down', { failedLately: true })], 1, null],
  ];
  for (const [it, hosts, reserve, decided] of table)
    test(it, () => {
      const found = decideRest(hosts, reserve);
      assert.equal(found && `${found.do} ${found.host.name}`, decided);
    });
});
