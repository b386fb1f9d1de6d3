import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Bodies of the route may take any time, as long as they go on. */
    endlessBody?: boolean;
  }
}

/** Ends requests whose body has not come whole in time, except those of routes with `endlessBody`. */
export function limitBodyTime(app: FastifyInstance, timeoutMs: number): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { headers, socket } = request.raw;
    const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
    if (hasBody && request.routeOptions.config.endlessBody !== true) {
      const timer = setTimeout(() => {
        if (reply.raw.headersSent) socket.destroy();
        else socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', () => socket.destroy());
      }, timeoutMs);
      // Requests that are made within the engine end, but do not close.
      for (const event of ['end', 'close']) request.raw.once(event, () => clearTimeout(timer));
    }
    done();
  });
}
