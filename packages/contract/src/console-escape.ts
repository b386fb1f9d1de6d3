/** What typed bytes come to. */
export interface Typed {
  /** What goes to the guest. */
  readonly toGuest: Uint8Array;
  /** The command behind a `~`, before which `toGuest` was typed; what came after it is in `rest`. */
  readonly command?: string;
  readonly rest?: Uint8Array;
}

const tilde = 0x7e;
const isLineEnd = (byte: number): boolean => byte === 0x0d || byte === 0x0a;

/**
 * Finds commands in what is typed at a serial console: `~` and a letter, such as `~.`, at the begin of a line, as OpenSSH's client has them.
 * `~~` there is one `~` for the guest; with anything else behind it a `~` goes on as it came. It waits for what follows it.
 */
export class EscapeReader {
  readonly #commands: string;
  #state: 'line_start' | 'tilde' | 'line' = 'line_start';

  /** @param commands the letters that are commands */
  constructor(commands: string) {
    this.#commands = commands;
  }

  /** Reads on, as far as the next command. */
  read(bytes: Uint8Array): Typed {
    const toGuest: number[] = [];
    for (const [index, byte] of bytes.entries()) {
      if (this.#state === 'line_start' && byte === tilde) {
        this.#state = 'tilde';
        continue;
      }
      if (this.#state === 'tilde') {
        const command = String.fromCharCode(byte);
        if (this.#commands.includes(command)) {
          this.#state = 'line_start';
          return { toGuest: Uint8Array.from(toGuest), command, rest: bytes.subarray(index + 1) };
        }
        toGuest.push(tilde);
        if (byte === tilde) {
          this.#state = 'line';
          continue;
        }
      }
      toGuest.push(byte);
      this.#state = isLineEnd(byte) ? 'line_start' : 'line';
    }
    return { toGuest: Uint8Array.from(toGuest) };
  }
}
