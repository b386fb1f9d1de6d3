import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configOptions } from '@virgate/contract/generated/config-options';
import { defaultOf, isValidValue, optionOf, versionsOf } from './values.ts';

const option = (name: string) => {
  const found = optionOf(name);
  assert.ok(found, name);
  return found;
};

test('options have values for all levels, or one for all', () => {
  assert.deepEqual(versionsOf(option('UserSessionTimeOutInterval')), ['general']);
  assert.deepEqual(versionsOf(option('MaxNumOfVmSockets')), ['4.2', '4.3', '4.4', '4.5', '4.6', '4.7', '4.8']);
  assert.deepEqual(
    ['4.5', '4.6'].map((level) => defaultOf(option('MaxNumOfVmSockets'), level)),
    ['16', '10000'],
  );
  assert.equal(defaultOf(option('ManyVmCpus'), 'general'), '128');
});

test('values are held against type and valid values', () => {
  const cases: [string, string, boolean][] = [
    ['UserSessionTimeOutInterval', '60', true],
    ['UserSessionTimeOutInterval', '-1', true],
    ['UserSessionTimeOutInterval', '0', false],
    ['UserSessionTimeOutInterval', 'soon', false],
    ['CORSSupport', 'TRUE', true],
    ['CORSSupport', 'maybe', false],
    ['ClientModeVncDefault', 'NoVnc', true],
    ['ClientModeVncDefault', 'Telnet', false],
    ['FenceProxyDefaultPreferences', 'cluster,dc', true],
    ['FenceProxyDefaultPreferences', 'cluster,moon', false],
    ['DefaultGeneralTimeZone', 'Europe/Berlin', true],
  ];
  for (const [name, value, right] of cases) assert.equal(isValidValue(option(name), value), right, `${name}=${value}`);
});

/** Their defaults lie outside of their own valid values. */
const odd = ['GlusterRefreshRateHooks', 'VncKeyboardLayout'];

test('every default may be set', () => {
  for (const one of configOptions.filter(({ engineConfig, name }) => engineConfig === true && !odd.includes(name)))
    for (const version of versionsOf(one)) {
      const value = defaultOf(one, version);
      assert.ok(value === '' || isValidValue(one, value), `${one.name} ${version}: ${value.slice(0, 80)} is not in ${one.valid}`);
    }
});
