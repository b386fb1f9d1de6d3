const STOMP_COMMANDS = ['CONNECT', 'CONNECTED', 'DISCONNECT', 'ERROR', 'MESSAGE', 'RECEIPT', 'SEND', 'SUBSCRIBE', 'UNSUBSCRIBE'];
const HTTP_STARTS = ['GET /', 'PUT /'];

/** Which protocol a connection speaks by its first bytes (VDSM's rule). `undefined` = more bytes are needed. A leading heart-beat and the command `STOMP` are unknown, as in VDSM. */
export function detectProtocol(bytes: Buffer): 'stomp' | 'http' | 'unknown' | undefined {
  const text = bytes.toString('latin1', 0, 11);
  if (STOMP_COMMANDS.some((command) => text.startsWith(command))) return 'stomp';
  if (HTTP_STARTS.some((start) => text.startsWith(start))) return 'http';
  const undecided = [...STOMP_COMMANDS, ...HTTP_STARTS].some((start) => start.startsWith(text));
  return undecided ? undefined : 'unknown';
}
