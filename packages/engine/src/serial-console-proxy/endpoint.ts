import type { VirgateOperations } from '../virgate/operation.ts';
import { proxyUser } from './key-owner.ts';

/** `GET /virgate/api/serial-console-proxy`: where the proxy is, and by which keys it is known. */
export const serialConsoleProxyOperations: VirgateOperations = {
  SerialConsoleProxyService: {
    get: {
      run: async ({ engine: { serialConsoles } }) => ({
        user: proxyUser,
        port: serialConsoles?.port ?? null,
        hostKeys: (serialConsoles?.hostKeys ?? []).map(({ type, fingerprint, publicKey }) => ({ type, fingerprint, publicKey })),
      }),
    },
  },
};
