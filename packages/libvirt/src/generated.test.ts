import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { staleFiles } from '../generator/main.ts';
import { DomainEventID, ErrorNumber, programs } from './generated/constants.ts';
import { eventFamilies } from './generated/events.ts';
import { procedures } from './generated/procedures.ts';

describe('generated files', () => {
  it('are what the facts give', () => {
    assert.deepEqual(staleFiles(), []);
  });

  it('number every procedure once, without a gap', () => {
    for (const program of ['remote', 'qemu'] as const) {
      const numbers = Object.values(procedures)
        .filter((table) => table.program === program)
        .map(({ number }) => number);
      assert.deepEqual(
        numbers,
        numbers.map((_, index) => index + 1),
        program,
      );
    }
    assert.equal(programs.remote.number, 0x20008086);
    assert.equal(programs.qemu.number, 0x20008087);
    assert.equal(programs.keepalive.number, 0x6b656570);
  });

  it('have a message for each kind of event, and a kind for each domain event', () => {
    for (const { register, deregister, kinds } of Object.values(eventFamilies) as {
      register: keyof typeof procedures;
      deregister: keyof typeof procedures;
      kinds: Record<string, { procedure: keyof typeof procedures }>;
    }[]) {
      assert.deepEqual(procedures[deregister].args, { callbackID: 'int' });
      assert.deepEqual(procedures[register].ret, { callbackID: 'int' });
      for (const { procedure } of Object.values(kinds))
        assert.equal(Object.keys(procedures[procedure].message ?? {})[0], 'callbackID', procedure);
    }
    assert.deepEqual(
      Object.values(eventFamilies.domain.kinds).map(({ id }) => id),
      Object.values(DomainEventID),
    );
  });

  it('name the errors', () => {
    assert.equal(ErrorNumber.NO_DOMAIN, 42);
    assert.equal(ErrorNumber.OPERATION_INVALID, 55);
    assert.equal(ErrorNumber.AGENT_UNRESPONSIVE, 86);
    assert.equal(ErrorNumber.NO_DOMAIN_METADATA, 80);
  });
});
