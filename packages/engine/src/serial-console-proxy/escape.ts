/** What typed bytes come to: what goes to the guest, and whether its console is to be closed. */
export interface Typed {
  readonly toGuest: Buffer;
  readonly closes: boolean;
}

const [tilde, dot] = [0x7e, 0x2e];
const isLineEnd = (byte: number | undefined): boolean => byte === 0x0d || byte === 0x0a;

/**
 * Finds `~.` at the begin of a line in what is typed, as OpenSSH's client has it: it closes the console. `~~` there is one `~` for the guest;
 * anything else goes on as it came. A `~` at the begin of a line waits for what follows it.
 */
export class EscapeReader {
  #state: 'line_start' | 'tilde' | 'line' = 'line_start';

  read(bytes: Buffer): Typed {
    const toGuest: number[] = [];
    for (const byte of bytes) {
      if (this.#state === 'line_start' && byte === tilde) {
        this.#state = 'tilde';
        continue;
      }
      if (this.#state === 'tilde') {
        if (byte === dot) return { toGuest: Buffer.from(toGuest), closes: true };
        toGuest.push(tilde);
        if (byte === tilde) {
          this.#state = 'line';
          continue;
        }
      }
      toGuest.push(byte);
      this.#state = isLineEnd(byte) ? 'line_start' : 'line';
    }
    return { toGuest: Buffer.from(toGuest), closes: false };
  }
}
