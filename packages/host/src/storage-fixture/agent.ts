import { createInterface } from 'node:readline';
import { startStorageHost } from './host.ts';

// For tests only: the storage half as a process of its own, so that it can be killed. One call a
// line on the standard input, one answer a line on the standard output.
const root = process.argv[2];
if (root === undefined) throw new Error('usage: agent.ts ROOT');
const host = await startStorageHost({ root });
process.stdout.write('ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  const { verb, params } = JSON.parse(line) as { verb: string; params: Record<string, unknown> };
  const answer = await host.call(verb, params).then(
    (result) => ({ result }),
    (error: unknown) => ({ error: String(error) }),
  );
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await host.close();
