import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { vmReport } from './statistics.ts';
import { analyzeVm, type KnownVm, type VmChange } from './vm-analyzer.ts';

const source = 'host-a';
const destination = 'host-b';
const migrating: KnownVm = { id: 'vm', status: 'migrating', hostId: source, migratingToHostId: destination, pauseCode: null, stamp: 5000 };
const handedOver: VmChange = { status: 'migrating', hostId: destination, migratingToHostId: null, pauseCode: null, handedOver: true };
const arrived: VmChange = { status: 'up', hostId: destination, migratingToHostId: null, handedOver: true };
const down = (reason: number, code: number) => ({ status: 'Down', exitCode: code, exitReason: reason, exitMessage: '' });

describe('a VM that migrates', () => {
  const table: [string, KnownVm, object | undefined, string, VmChange, string[]][] = [
    ['the old host let it go', migrating, down(4, 0), source, handedOver, ['destroyOnHost']],
    ['the old host has it no more', migrating, undefined, source, handedOver, []],
    [
      'the old host has it for the memory that is still to come',
      migrating,
      { status: 'Paused', pauseCode: 'POSTCOPY' },
      source,
      handedOver,
      [],
    ],
    ['the old host says again that it goes', migrating, { status: 'Migration Source' }, source, {}, []],
    ['the old host says that it is up: the job finds out', migrating, { status: 'Up' }, source, {}, []],
    ['the new host awaits it', migrating, { status: 'Migration Destination' }, destination, {}, []],
    ['the new host has it, whose clock is behind', migrating, { status: 'Up', statusTime: '10' }, destination, arrived, []],
    ['the new host did not get it', migrating, down(8, 1), destination, {}, ['destroyOnHost']],
    ['a stranger has it', migrating, { status: 'Paused' }, 'host-c', {}, []],
    [
      'the old host tells its end late',
      { ...migrating, status: 'up', hostId: destination, migratingToHostId: null },
      down(4, 0),
      source,
      {},
      ['destroyOnHost'],
    ],
  ];
  for (const [name, known, report, host, change, effects] of table)
    test(name, () => {
      const decision = analyzeVm(known, report && vmReport('vm', report), host, true);
      assert.deepEqual(decision.change, change);
      assert.deepEqual(
        decision.effects.map((effect) => effect.kind),
        effects,
      );
    });

  test('ends when its guest does', () => {
    const { change, effects } = analyzeVm(migrating, vmReport('vm', down(7, 0)), source, true);
    assert.deepEqual([change.status, change.hostId, change.migratingToHostId], ['down', null, null]);
    assert.deepEqual(
      effects.map((effect) => effect.kind),
      ['destroyOnHost', 'event'],
    );
  });

  test('is up again by the word of its host when no job moves it any more', () => {
    const { change } = analyzeVm(migrating, vmReport('vm', { status: 'Up' }), source, false);
    assert.deepEqual(change, { status: 'up', migratingToHostId: null });
  });
});
