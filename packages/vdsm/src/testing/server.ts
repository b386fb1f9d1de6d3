import type { TestContext } from 'node:test';
import type { VdsmServerOptions } from '../server.ts';
import { VdsmServer } from '../server.ts';

/** A server on a free loopback port, without TLS unless told, closed with the test. Its default verb echoes the parameters. */
export async function startServer(
  context: TestContext,
  options: Partial<VdsmServerOptions> = {},
): Promise<{ server: VdsmServer; port: number }> {
  const server = new VdsmServer({ host: '127.0.0.1', port: 0, tls: null, dispatch: async ({ params }) => params, ...options });
  context.after(() => server.close());
  return { server, port: (await server.listen()).port };
}
