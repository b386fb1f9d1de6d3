import { isClosedPipe, run } from './run.ts';

/** The program `virgate`. */
const interrupted = new AbortController();
let times = 0;
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.on(name, () => {
    times += 1;
    // Who asks twice does not want to wait for what is being ended.
    if (times > 1) process.exit(3);
    interrupted.abort(new Error('interrupted'));
  });
// Errors of a pipe that closes come to whoever writes, and here when nobody does.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error) => {
    if (isClosedPipe(error)) process.exit(0);
  });

process.exitCode = await run(process.argv.slice(2), {
  // Opened only when it is read.
  get stdin() {
    return process.stdin;
  },
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  signal: interrupted.signal,
});
