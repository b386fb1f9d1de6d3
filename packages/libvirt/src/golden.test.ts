/** Bytes as libvirt 9.0.0's own daemon exchanged them with a client, opened on `test:///default`. */
import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { describe, it } from 'node:test';
import { connect } from './connection.ts';
import type { LibvirtConnection } from './connection.ts';
import { ErrorDomain, ErrorNumber } from './generated/constants.ts';
import { LibvirtError } from './errors.ts';

const domainBytes = '00000004746573746695eb01f6a4830479aa97f2502e193f00000001';
const domain = { name: 'test', uuid: '6695eb01-f6a4-8304-79aa-97f2502e193f', id: 1 };

const handshake: [string, string][] = [
  ['0000001c200080860000000100000042000000000000000100000000', '000000242000808600000001000000420000000100000001000000000000000100000000'],
  ['0000002020008086000000010000003c0000000000000002000000000000000a', '0000002020008086000000010000003c00000001000000020000000000000001'],
  [
    '00000038200080860000000100000001000000000000000300000000000000010000000f746573743a2f2f2f64656661756c740000000000',
    '0000001c200080860000000100000001000000010000000300000000',
  ],
];

/** A transport that expects these bytes, one write each, and answers with those. */
function replay(exchanges: [expected: string, answer: string][]): Duplex & { left(): number } {
  const steps = exchanges.slice();
  const transport = new Duplex({
    read() {
      /* Answers are pushed by writes. */
    },
    write(chunk: Buffer, _encoding, done) {
      const [expected, answer] = steps.shift() ?? ['nothing more', ''];
      if (chunk.toString('hex') === expected) {
        if (answer !== '') this.push(Buffer.from(answer, 'hex'));
        done();
      } else done(new Error(`sent ${chunk.toString('hex')}, expected ${expected}`));
    },
  });
  return Object.assign(transport, { left: () => steps.length });
}

async function withReplay(exchanges: [string, string][], work: (connection: LibvirtConnection) => Promise<void>): Promise<void> {
  const transport = replay([...handshake, ...exchanges]);
  const connection = await connect({ transport, uri: 'test:///default', callTimeoutMs: 2000 });
  try {
    await work(connection);
    assert.equal(transport.left(), 0, 'exchanges left');
  } finally {
    connection.destroy();
  }
}

describe('golden bytes', () => {
  it('of a call and its answer', async () => {
    await withReplay(
      [
        [
          '000000242000808600000001000001110000000000000004000000000000000100000000',
          `0000004020008086000000010000011100000001000000040000000000000001${domainBytes}00000001`,
        ],
      ],
      async (connection) => {
        assert.deepEqual(await connection.listAllDomains(), [domain]);
      },
    );
  });

  it('of an event that comes with the answer to the call that caused it', async () => {
    await withReplay(
      [
        [
          '0000002420008086000000010000013c0000000000000004000000000000000000000000',
          '0000002020008086000000010000013c00000001000000040000000000000000',
        ],
        [
          `00000038200080860000000100000022000000000000000500000000${domainBytes}`,
          `0000004420008086000000010000013e00000002000000010000000000000000${domainBytes}00000003000000000000001c200080860000000100000022000000010000000500000000`,
        ],
      ],
      async (connection) => {
        const events: unknown[] = [];
        await connection.onDomainEvent('lifecycle', (event) => events.push(event));
        await connection.domainSuspend(domain);
        assert.deepEqual(events, [{ dom: domain, event: 3, detail: 0 }]);
      },
    );
  });

  it('of an error', async () => {
    await withReplay(
      [
        [
          '00000028200080860000000100000017000000000000000400000000000000066e6f626f64790000',
          '000000702000808600000001000000170000000100000004000000010000002a0000000c0000000100000010446f6d61696e206e6f7420666f756e6400000002000000000000000100000010446f6d61696e206e6f7420666f756e640000000000000000ffffffffffffffff00000000',
        ],
      ],
      async (connection) => {
        await assert.rejects(connection.domainLookupByName('nobody'), (error) => {
          assert.ok(error instanceof LibvirtError);
          assert.equal(error.code, ErrorNumber.NO_DOMAIN);
          assert.equal(error.codeName, 'NO_DOMAIN');
          assert.equal(error.domain, ErrorDomain.TEST);
          assert.equal(error.domainName, 'TEST');
          assert.equal(error.level, 2);
          assert.equal(error.message, 'Domain not found');
          assert.equal(error.procedure, 'DOMAIN_LOOKUP_BY_NAME');
          assert.deepEqual(error.detail, { str1: 'Domain not found', str2: null, str3: null, int1: -1, int2: -1 });
          return true;
        });
      },
    );
  });

  it("of the daemon's ping", async () => {
    await withReplay(
      [
        ['0000001c20008086000000010000003b000000000000000400000000', '0000001c6b6565700000000100000001000000020000000000000000'],
        [
          '0000001c6b6565700000000100000002000000020000000000000000',
          '0000002420008086000000010000003b0000000100000004000000000000000268690000',
        ],
      ],
      async (connection) => {
        assert.equal(await connection.hostname(), 'hi');
      },
    );
  });

  it('of a stream from its opening to its confirmed end', async () => {
    await withReplay(
      [
        [
          `000000402000808600000001000000d3000000000000000400000000${domainBytes}0000000000000000`,
          '000000302000808600000001000000d30000000100000004000000000000000100000009696d6167652f706e67000000' +
            '000000212000808600000001000000d300000003000000040000000289504e470d' +
            '0000001c2000808600000001000000d3000000030000000400000002',
        ],
        ['0000001c2000808600000001000000d3000000030000000400000000', '0000001c2000808600000001000000d3000000030000000400000000'],
      ],
      async (connection) => {
        const { mediaType, stream } = await connection.domainScreenshot(domain);
        assert.equal(mediaType, 'image/png');
        const chunks: Buffer[] = [];
        for await (const chunk of stream) chunks.push(chunk);
        assert.equal(Buffer.concat(chunks).toString('hex'), '89504e470d');
        assert.ok(stream.closed);
      },
    );
  });
});
