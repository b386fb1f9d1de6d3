import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enumValues } from '@virgate/contract/generated/enums';
import { loggedName, told } from './events.ts';
import { mailOf } from './message.ts';

test('every event that can be subscribed to is one of the audit log', () => {
  assert.ok(enumValues.NotifiableEvent.length > 150);
  for (const event of enumValues.NotifiableEvent) assert.ok(loggedName(event), event);
  assert.deepEqual(
    ['host_install_failed', 'user_host_maintenance', 'engine_stop', 'engine_backup_started', 'host_interface_state_down'].map(loggedName),
    ['VDS_INSTALL_FAILED', 'USER_VDS_MAINTENANCE', 'VDC_STOP', 'ENGINE_BACKUP_STARTED', 'HOST_INTERFACE_STATE_DOWN'],
  );
  assert.equal(told.filter((one) => !one.resolves).length, enumValues.NotifiableEvent.length);
  assert.equal(told.filter((one) => one.resolves).length, 16);
});

test('a mail says what there is to say, on one line where it must', () => {
  const none = { user_name: null, vm_name: null, host_name: null, template_name: null, data_center_name: null, storage_domain_name: null };
  const event = { description: 'a\r\nBcc: b <c>', severity: 'error', time: 0, resolves: false, ...none, vm_name: 'vm&1' };
  const { subject, text, html } = mailOf(event, 'e', true);
  assert.equal(subject, 'alertMessage (e), [a Bcc: b <c>]');
  assert.equal(text, 'Time: 1970-01-01T00:00:00.000Z\nMessage: a\r\nBcc: b <c>\nSeverity: ERROR\nVM Name: vm&1\n');
  assert.match(html ?? '', /Bcc: b &#60;c&#62;[^]*vm&#38;1/);
  assert.equal(mailOf({ ...event, resolves: true }, 'e', false).html, undefined);
});
