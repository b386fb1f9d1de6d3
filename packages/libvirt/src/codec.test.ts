import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeFields, encodeFields, structureFields } from './codec.ts';
import { LibvirtClientError } from './errors.ts';
import { procedures } from './generated/procedures.ts';
import { structures } from './generated/structures.ts';
import { XdrReader, XdrWriter } from './xdr.ts';

const maxBytes = 1 << 20;
type Fields = Readonly<Record<string, string>>;

const scalarSamples: Record<string, unknown> = {
  int: -5,
  uint: 7,
  char: 1,
  uchar: 2,
  ushort: 3,
  bool: true,
  hyper: -9n,
  uhyper: 1n << 63n,
  double: 0.25,
  string: 'text with é',
  uuid: '6695eb01-f6a4-8304-79aa-97f2502e193f',
  bytes: Buffer.from([1, 2, 3]),
  chars: 'label',
  TypedParamValue: { type: 'string', value: 'x' },
};

/** A value of a type; `full` fills what may be absent or empty. */
function sample(type: string, full: boolean): unknown {
  const base = /^\w+/.exec(type)![0];
  if (type.endsWith('?')) return full ? sample(base, full) : null;
  if (base === 'bytes') return full ? scalarSamples['bytes'] : Buffer.alloc(0);
  if (base === 'chars') return full ? scalarSamples['chars'] : '';
  if (type.endsWith(']')) return full ? [sample(base, full), sample(base, full)] : [];
  if (base in scalarSamples) return scalarSamples[base];
  return sampleFields(structures[base], full);
}

function sampleFields(fields: Fields | undefined, full: boolean): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields ?? {}).map(([name, type]) => [name, sample(type, full)]));
}

function encode(fields: Fields | undefined, values: object): Buffer {
  const writer = new XdrWriter(maxBytes);
  encodeFields(writer, fields, values);
  return writer.finish();
}

describe('codec', () => {
  it('takes every procedure of the facts there and back', () => {
    let tables = 0;
    for (const [name, { args, ret, message }] of Object.entries(procedures)) {
      for (const fields of [args, ret, message]) {
        for (const full of [true, false]) {
          const values = sampleFields(fields, full);
          assert.deepEqual(decodeFields(new XdrReader(encode(fields, values)), fields), values, name);
        }
        if (fields) tables += 1;
      }
    }
    assert.ok(tables > 650, `${tables} tables`);
  });

  it('carries characters one a word', () => {
    const bytes = encode({ model: 'chars[32]', label: 'chars[..SECURITY_LABEL_MAX]' }, { model: 'x86_64', label: 'ab' });
    assert.equal(bytes.length, 32 * 4 + 4 + 2 * 4);
    assert.equal(bytes.subarray(0, 8).toString('hex'), '0000007800000038');
  });

  it('carries typed parameters', () => {
    const fields = { params: 'TypedParam[..DOMAIN_JOB_STATS_MAX]' };
    const values = {
      params: [
        { field: 'n', value: { type: 'ullong', value: 5n } },
        { field: 'b', value: { type: 'boolean', value: true } },
      ],
    };
    const bytes = encode(fields, values);
    assert.equal(
      bytes.toString('hex'),
      ['00000002', '000000016e000000', '00000004', '0000000000000005', '0000000162000000', '00000006', '00000001'].join(''),
    );
    assert.deepEqual(decodeFields(new XdrReader(bytes), fields), values);
  });

  it('lets flags and what may be absent be left out, nothing else', () => {
    assert.equal(encode({ name: 'string?', flags: 'uint' }, {}).toString('hex'), '0000000000000000');
    assert.throws(() => encode({ dom: 'Domain' }, {}), /dom is missing/);
    assert.throws(
      () => encode({ dom: 'Domain' }, { dom: { name: 'a', uuid: 'x', id: 1 } }),
      (error) => error instanceof LibvirtClientError && error.code === 'INVALID_ARGUMENT' && error.message.startsWith('dom: uuid: '),
    );
    assert.throws(
      () =>
        encode({ params: 'TypedParam[..DOMAIN_JOB_STATS_MAX]' }, { params: Array.from({ length: 65 }, () => sample('TypedParam', true)) }),
      /longer than 64/,
    );
  });

  it('answers arbitrary bytes with a value or a coded error', () => {
    let state = 20_261_123;
    const random = (): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
    const tables = [...Object.values(procedures).flatMap(({ ret, message }) => [ret, message]), structureFields('RemoteError')].filter(
      (fields) => fields !== undefined,
    );
    let refused = 0;
    for (let round = 0; round < 40; round += 1) {
      for (const fields of tables) {
        // Small words are the dangerous ones: they pass for lengths and marks.
        const bytes = Buffer.alloc(Math.floor(random() * 40) * 4);
        for (let offset = 0; offset < bytes.length; offset += 4)
          bytes.writeUInt32BE(random() < 0.7 ? Math.floor(random() * 4) : Math.floor(random() * 2 ** 32), offset);
        try {
          decodeFields(new XdrReader(bytes), fields);
        } catch (error) {
          assert.ok(error instanceof LibvirtClientError && error.code === 'PROTOCOL', String(error));
          refused += 1;
        }
      }
    }
    assert.ok(refused > 1000);
  });

  it('refuses each truncation of an answer', () => {
    const fields = procedures.CONNECT_GET_ALL_DOMAIN_STATS.ret;
    const bytes = encode(fields, sampleFields(fields, true));
    for (let length = 0; length < bytes.length; length += 1) {
      assert.throws(() => decodeFields(new XdrReader(bytes.subarray(0, length)), fields), LibvirtClientError);
    }
  });
});
