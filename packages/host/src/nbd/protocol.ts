/** Numbers of the NBD protocol. Source: NBD protocol specification, `doc/proto.md`. */
export const magic = {
  server: 0x4e42444d41474943n,
  option: 0x49484156454f5054n,
  optionReply: 0x0003e889045565a9n,
  request: 0x25609513,
  simpleReply: 0x67446698,
  structuredReply: 0x668e33ef,
} as const;

export const handshakeFlags = { fixedNewstyle: 1, noZeroes: 2 } as const;
export const options = { go: 7, structuredReply: 8, listMetaContext: 9, setMetaContext: 10 } as const;
export const optionReplies = { ack: 1, info: 3, metaContext: 4 } as const;
/** Set in the type of every reply to an option that was refused. */
export const optionError = 0x80000000;
export const infoTypes = { export: 0, blockSize: 3 } as const;
export const commands = { read: 0, write: 1, disconnect: 2, flush: 3, writeZeroes: 6, blockStatus: 7 } as const;
export const commandFlags = { noHole: 2 } as const;
export const transmissionFlags = { readOnly: 2, sendFlush: 4, sendWriteZeroes: 64 } as const;
export const replyTypes = { none: 0, offsetData: 1, offsetHole: 2, blockStatus: 5 } as const;
/** Set in the type of every chunk that tells of an error. */
export const replyError = 0x8000;
export const replyDone = 1;

/** Contexts of block status. Source: NBD specification and QEMU's own, `qemu:*`. */
export const contexts = { allocation: 'base:allocation', depth: 'qemu:allocation-depth', dirtyPrefix: 'qemu:dirty-bitmap:' } as const;
export const allocationFlags = { hole: 1, zero: 2 } as const;
export const dirtyFlag = 1;

/** Most bytes of one request; what servers take without having said so. Source: NBD specification, size constraints. */
export const maximumRequestBytes = 32 * 1024 * 1024;
/** Most bytes of one block status or write of zeros: a length travels in 32 bits, and some servers count blocks. */
export const maximumSpanBytes = 1024 ** 3;
