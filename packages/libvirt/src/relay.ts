import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { decodeFields, encodeFields, structureFields } from './codec.ts';
import { encodeFrame, FrameReader } from './frame.ts';
import type { Frame } from './frame.ts';
import { ErrorDomain, ErrorNumber, frameFacts, MessageStatus, MessageType, programs } from './generated/constants.ts';
import { procedures } from './generated/procedures.ts';
import type { Procedures } from './generated/procedures.ts';
import type { RemoteError } from './generated/structures.ts';
import { XdrReader } from './xdr.ts';

/** A call that a peer makes through a relay, with the protocol's own field names. */
export interface RelayedCall {
  name: keyof Procedures;
  args: Record<string, unknown>;
}

export interface RelayOptions {
  /** The peer's end, its transport already set up. */
  peer: Duplex;
  /** A new connection to the daemon. */
  daemon: Duplex;
  /** Why a call is not let through; undefined lets it through. The peer is told, and its connection goes on. */
  refuse(call: RelayedCall): string | undefined;
}

const procedureNames = new Map<string, keyof Procedures>(
  Object.entries(procedures)
    .filter(([, table]) => !table.message)
    .map(([name, table]) => [`${programs[table.program].number}:${table.number}`, name as keyof Procedures] as const),
);

/** An error level of libvirt's: error. */
const errorLevel = 2;

function refusal(frame: Frame, message: string): Buffer {
  const error: RemoteError = {
    code: ErrorNumber.OPERATION_DENIED,
    domain: ErrorDomain.RPC,
    message,
    level: errorLevel,
    dom: null,
    str1: null,
    str2: null,
    str3: null,
    int1: 0,
    int2: 0,
    net: null,
  };
  const { program, version, procedure, serial } = frame;
  return encodeFrame({ program, version, procedure, type: MessageType.REPLY, serial, status: MessageStatus.ERROR }, (writer) =>
    encodeFields(writer, structureFields('RemoteError'), error),
  );
}

/** Why a frame of the peer is not let through; undefined when it is. */
function judge(frame: Frame, refuse: RelayOptions['refuse']): string | undefined {
  if (frame.program === programs.keepalive.number) return undefined;
  if (frame.type !== MessageType.CALL) return 'streams and files are not relayed';
  const name = procedureNames.get(`${frame.program}:${frame.procedure}`);
  if (name === undefined) return `procedure ${frame.procedure} is not relayed`;
  const args = decodeFields(new XdrReader(frame.payload), procedures[name].args) as Record<string, unknown>;
  return refuse({ name, args });
}

/** A frame as it came. */
function whole(frame: Frame): Buffer {
  const head = Buffer.alloc(frameFacts.headerBytes);
  head.writeUInt32BE(frameFacts.headerBytes + frame.payload.length, 0);
  head.writeUInt32BE(frame.program, 4);
  head.writeUInt32BE(frame.version, 8);
  head.writeInt32BE(frame.procedure, 12);
  head.writeInt32BE(frame.type, 16);
  head.writeUInt32BE(frame.serial, 20);
  head.writeInt32BE(frame.status, 24);
  return Buffer.concat([head, frame.payload]);
}

/**
 * Carries one libvirt connection between a peer and a daemon, and lets through only the calls that `refuse` has nothing against. Resolves
 * when either end has closed; both are closed then. Rejects when the peer breaks the protocol.
 *
 * @example
 * await relayCalls({ peer: tlsSocket, daemon: net.connect(socketPath), refuse: ({ name }) => (name === 'CONNECT_OPEN' ? undefined : 'no') });
 */
export async function relayCalls({ peer, daemon, refuse }: RelayOptions): Promise<void> {
  const reader = new FrameReader();
  try {
    await Promise.all([
      pipeline(
        peer,
        async function* judged(chunks: AsyncIterable<Buffer>) {
          for await (const chunk of chunks) {
            for (const frame of reader.push(chunk)) {
              const reason = judge(frame, refuse);
              if (reason === undefined) yield whole(frame);
              else if (frame.type === MessageType.CALL) peer.write(refusal(frame, reason));
            }
          }
        },
        daemon,
      ),
      pipeline(daemon, peer),
    ]);
  } catch (error) {
    // An end that goes away without a word is an end all the same.
    if (!['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    peer.destroy();
    daemon.destroy();
  }
}
