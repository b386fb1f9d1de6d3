import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TypeName } from './generated/types.ts';
import { decodeXml, DecodeError, type DecodeLimits } from './xml.ts';

function refusal(source: string | Uint8Array, type: TypeName = 'Vm', limits: Partial<DecodeLimits> = {}): DecodeError {
  try {
    decodeXml(source, type, limits);
  } catch (error) {
    assert.ok(error instanceof DecodeError, String(error));
    return error;
  }
  return assert.fail(`accepted: ${String(source).slice(0, 100)}`);
}

describe('XML that is refused', () => {
  test('document types and entities are never read', () => {
    const levels = Array.from({ length: 10 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('');
    assert.equal(refusal(`<!DOCTYPE vm [<!ENTITY l0 "ha">${levels}]><vm><name>&l10;</name></vm>`).code, 'dtd');
    assert.equal(refusal('<!DOCTYPE vm SYSTEM "file:///etc/passwd"><vm/>').code, 'dtd');
    assert.equal(refusal('<!DOCTYPE vm [<!ENTITY x SYSTEM "file:///etc/passwd">]><vm><name>&x;</name></vm>').code, 'dtd');
    assert.equal(refusal('<vm><name>&nbsp;</name></vm>').code, 'syntax');
  });

  test('what looks like one inside of text is text', () => {
    assert.equal(decodeXml('<vm><description><![CDATA[<!DOCTYPE html>]]></description></vm>', 'Vm').description, '<!DOCTYPE html>');
  });

  test('nesting, size, count and text have bounds', () => {
    const nested = `${'<vm><template>'.repeat(100_000)}${'</template></vm>'.repeat(100_000)}`;
    assert.ok(['too_deep', 'unknown_element'].includes(refusal(nested).code));
    assert.equal(refusal(`<vm>${'<template><vm>'.repeat(100_000)}`).code, 'too_deep');
    assert.equal(refusal(`<vm>${' '.repeat(200)}</vm>`, 'Vm', { maxSize: 100 }).code, 'too_large');
    assert.equal(refusal(`<vm><name>${'x'.repeat(200)}</name></vm>`, 'Vm', { maxText: 100 }).code, 'too_large');
    assert.equal(refusal(`<vm><nics>${'<nic/>'.repeat(200)}</nics></vm>`, 'Vm', { maxElements: 100 }).code, 'too_many');
    assert.equal(
      refusal(`<vm ${Array.from({ length: 200 }, (_, i) => `a${i}=""`).join(' ')}/>`, 'Vm', { maxElements: 100 }).code,
      'too_many',
    );
  });

  test('unknown elements say where and what is expected', () => {
    const error = refusal('<vm><os><boot><nic/></boot></os></vm>');
    assert.deepEqual([error.code, error.path], ['unknown_element', 'vm.os.boot.nic']);
    assert.match(error.detail, /expected: devices/);
    assert.equal(error.reason, 'Request syntactically incorrect.');
    for (const text of [
      '<host/>',
      '<VM/>',
      '<vm><Name/></vm>',
      '<vm><nics><vm/></nics></vm>',
      '<vm><name><b/></name></vm>',
      '<vm><link><x/></link></vm>',
      '<vm><actions><x/></actions></vm>',
      '<vm><os><link/></os></vm>',
      '<vm><__proto__/></vm>',
      '<vm><constructor/></vm>',
      '<vm><id>1</id></vm>'.replace('id', 'uuid'),
    ]) {
      assert.match(refusal(text).code, /unknown_element|syntax/, text);
    }
  });

  test('a namespace makes another element', () => {
    assert.equal(refusal('<vm xmlns="urn:x"/>').code, 'unknown_element');
    assert.equal(refusal('<v:vm xmlns:v="urn:x"/>').code, 'unknown_element');
    assert.equal(refusal('<vm><name xmlns="urn:x">a</name></vm>').code, 'unknown_element');
  });

  test('values', () => {
    const cases: [string, TypeName, string][] = [
      ['<vm><status>sideways</status></vm>', 'Vm', 'vm.status'],
      ['<vm><status/></vm>', 'Vm', 'vm.status'],
      ['<vm><stateless>yes</stateless></vm>', 'Vm', 'vm.stateless'],
      ['<vm><memory>1.5</memory></vm>', 'Vm', 'vm.memory'],
      ['<vm><memory>9007199254740992</memory></vm>', 'Vm', 'vm.memory'],
      ['<vm><memory>0x10</memory></vm>', 'Vm', 'vm.memory'],
      ['<vm><cpu_shares>2147483648</cpu_shares></vm>', 'Vm', 'vm.cpu_shares'],
      ['<vm><cpu_shares>-2147483649</cpu_shares></vm>', 'Vm', 'vm.cpu_shares'],
      ['<ticket><expiry>-1</expiry></ticket>', 'Ticket', 'ticket.expiry'],
      ['<vm><start_time>2023-02-29T00:00:00Z</start_time></vm>', 'Vm', 'vm.start_time'],
      ['<vm><start_time>2023-02-01T24:00:00Z</start_time></vm>', 'Vm', 'vm.start_time'],
      ['<vm><start_time>yesterday</start_time></vm>', 'Vm', 'vm.start_time'],
      ['<network><vlan id="x"/></network>', 'Network', 'network.vlan.id'],
      ['<network><usages><usage>x</usage></usages></network>', 'Network', 'network.usages.usage'],
      ['<value><datum>1e400</datum></value>', 'Value', 'value.datum'],
      ['<value><datum>NaN</datum></value>', 'Value', 'value.datum'],
    ];
    for (const [text, type, path] of cases) {
      const error = refusal(text, type);
      assert.deepEqual([error.code, error.path, error.reason], ['invalid_value', path, 'Invalid value'], text);
    }
    assert.match(refusal('<vm><status>sideways</status></vm>').detail, /valid values are: .*\bup\b/);
  });

  test('text where elements belong', () => {
    assert.equal(refusal('<vm>up</vm>').code, 'invalid_shape');
    assert.equal(refusal('<vm><nics>x</nics></vm>').code, 'invalid_shape');
  });

  test('what is not XML', () => {
    for (const text of [
      '',
      ' ',
      'vm',
      '{}',
      '<vm',
      '<vm>',
      '<vm></host>',
      '<vm/><vm/>',
      '<vm/>x',
      '<vm a=1/>',
      '<vm a="1" a="2"/>',
      '<vm><name>&#0;</name></vm>',
      '<vm><name>\u0000</name></vm>',
      '<vm><name>&#xD800;</name></vm>',
      '<vm><name>\ud800</name></vm>',
      '<vm><name>\uffff</name></vm>',
      '<vm>\u000b</vm>',
      '<?xml version="1.0"?><?xml version="1.0"?><vm/>',
    ]) {
      assert.equal(refusal(text).code, 'syntax', JSON.stringify(text));
    }
  });

  test('other encodings', () => {
    assert.equal(refusal(new Uint8Array([...Buffer.from('<vm><name>'), 0xe9, ...Buffer.from('</name></vm>')])).code, 'encoding');
    assert.equal(refusal(Buffer.from('\ufeff<vm/>', 'utf16le')).code, 'encoding');
    assert.equal(refusal(Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><vm/>')).code, 'encoding');
    assert.equal(refusal('<?xml version="1.0" encoding="UTF-16"?><vm/>').code, 'encoding');
    assert.deepEqual(decodeXml('<?xml version="1.0" encoding="utf-8" standalone="no"?><vm/>', 'Vm'), {});
  });
});
