import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hostCertificateOf, identityProblem, standingOf } from './validity.ts';

const dayMs = 86_400_000;
const notice = { warnDays: 365, alertDays: 30 };

describe('how a certificate stands', () => {
  const table: [life: number, left: number, standing: string][] = [
    [398, 397, 'good'],
    [398, 200, 'good'],
    [398, 198, 'renewal due'],
    [398, 133, 'renewal due'],
    [398, 132, 'ends'],
    [398, 31, 'ends'],
    [398, 29, 'ends soon'],
    [398, 0, 'ended'],
    [398, -10, 'ended'],
    [3650, 366, 'renewal due'],
    [3650, 364, 'ends'],
    [6, 1.5, 'ends'],
    [6, 0.9, 'ends soon'],
  ];
  for (const [life, left, standing] of table)
    test(`${left} of ${life} days left: ${standing}`, () => {
      const nowMs = 1_000 * dayMs;
      const untilMs = nowMs + left * dayMs;
      assert.equal(standingOf({ fromMs: untilMs - life * dayMs, untilMs }, nowMs, notice), standing);
    });
});

test('what a host shows of its certificate', () => {
  const peer = {
    subject: { O: 'Virgate', CN: 'host1' },
    serialNumber: '0A',
    valid_from: 'Jan  2 00:00:00 2026 GMT',
    valid_to: 'Jan  3 00:00:00 2027 GMT',
  };
  assert.deepEqual(hostCertificateOf(peer), {
    subject: 'O=Virgate, CN=host1',
    serial: '0A',
    fromMs: Date.UTC(2026, 0, 2),
    untilMs: Date.UTC(2027, 0, 3),
  });
  const certificate = hostCertificateOf(peer);
  assert.equal(identityProblem('O=Virgate, CN=host1', certificate), undefined);
  assert.equal(identityProblem(null, certificate), undefined);
  assert.match(
    String(identityProblem('O=Virgate, CN=host2', certificate)),
    /showed the certificate of O=Virgate, CN=host1, not that of O=Virgate, CN=host2/,
  );
});
