import type { Duplex } from 'node:stream';

/** Who types has had enough: Ctrl+C, Ctrl+D, or the connection is over. */
export class UserLeft extends Error {}

const maxLength = 255;

/** Reads a line that is typed at a terminal in raw mode, echoing what can be shown. @throws {UserLeft} */
export function readLine(channel: Duplex): Promise<string> {
  return new Promise((resolve, reject) => {
    let line = '';
    const done = (settle: () => void): void => {
      channel.off('data', take).off('close', leave).off('end', leave);
      channel.pause();
      settle();
    };
    const leave = (): void => done(() => reject(new UserLeft('the user left')));
    const take = (bytes: Buffer): void => {
      for (const [index, one] of [...bytes.toString('utf8')].entries()) {
        if (one === '\r' || one === '\n') {
          channel.write('\r\n');
          const rest = [...bytes.toString('utf8')].slice(index + 1).join('');
          return done(() => {
            if (rest !== '') channel.unshift(Buffer.from(rest));
            resolve(line);
          });
        }
        if (one === '\u0003' || (one === '\u0004' && line === '')) return leave();
        if (one === '\u007f' || one === '\b') {
          if (line !== '') channel.write('\b \b');
          line = [...line].slice(0, -1).join('');
        } else if (/^[^\p{C}\p{Z}]$|^ $/u.test(one) && line.length < maxLength) {
          line += one;
          channel.write(one);
        }
      }
    };
    channel.on('data', take).once('close', leave).once('end', leave);
    channel.resume();
  });
}
