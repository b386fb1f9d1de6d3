import type { FastifyInstance } from 'fastify';
import { registerAssistants } from '../assistants/endpoint.ts';
import { assistantOperations } from '../assistants/operations.ts';
import { apiTokenOperations } from '../api-tokens/endpoint.ts';
import { browserSessionOperations } from '../access/browser-sessions.ts';
import { liveChannels } from '../changes/endpoint.ts';
import { canOperations } from '../can/can.ts';
import { consoleOperations } from '../consoles/proxy.ts';
import { directoryOperations } from '../directories/endpoint.ts';
import { diskImportOperations } from '../disks/import.ts';
import type { Engine } from '../engine.ts';
import { enrolmentOperations } from '../hosts/enrolment.ts';
import { mailOperations } from '../notifications/endpoint.ts';
import { securityGroupOperations } from '../network-providers/security-groups.ts';
import { openidProviderOperations } from '../openid-providers/operations.ts';
import { optionOperations } from '../options/endpoint.ts';
import { secondFactorOperations } from '../second-factor/endpoint.ts';
import { listOperations } from '../lists/endpoint.ts';
import { searchOperations } from '../search/endpoint.ts';
import { placementOperations } from '../placements/endpoint.ts';
import { serialConsoleProxyOperations } from '../serial-console-proxy/endpoint.ts';
import { services } from '../services.ts';
import { sessionOperations } from '../sessions/endpoint.ts';
import { whoamiOperations } from '../sessions/whoami.ts';
import { ssoClientOperations } from '../sso/client-operations.ts';
import { internalUserOperations } from '../users/internal.ts';
import { passwordOperations } from '../users/passwords-endpoint.ts';
import { reportOperations } from '../warehouse/reports/endpoint.ts';
import { savedReportOperations } from '../warehouse/reports/saved.ts';
import { exportOperations } from '../warehouse/exports/endpoint.ts';
import { queryOperations } from '../warehouse/queries/endpoint.ts';
import { savedQueryOperations } from '../warehouse/queries/saved.ts';
import { priceOperations } from '../warehouse/prices/endpoint.ts';
import { warehouseOperations } from '../warehouse/endpoint.ts';
import { cancellationOperations } from '../jobs/cancellation.ts';
import { nextRunOperations } from '../vms/next-run-endpoint.ts';
import { registerDocumentation } from './documentation.ts';
import type { VirgateOperations } from './operation.ts';
import { VirgateServer } from './server.ts';

/** Every operation of our own API that is handled; what is declared and missing here answers 501. */
const operations: readonly VirgateOperations[] = [
  browserSessionOperations,
  sessionOperations,
  whoamiOperations,
  apiTokenOperations,
  secondFactorOperations,
  ssoClientOperations,
  openidProviderOperations,
  securityGroupOperations,
  internalUserOperations,
  passwordOperations,
  directoryOperations,
  optionOperations,
  mailOperations,
  warehouseOperations,
  exportOperations,
  queryOperations,
  savedQueryOperations,
  reportOperations,
  priceOperations,
  savedReportOperations,
  searchOperations,
  listOperations,
  enrolmentOperations,
  diskImportOperations,
  consoleOperations,
  serialConsoleProxyOperations,
  canOperations(services),
  cancellationOperations,
  nextRunOperations,
  placementOperations,
];

/** Serves our own API under `/virgate/api`. */
export function registerVirgate(app: FastifyInstance, engine: Engine): void {
  registerDocumentation(app, engine, services);
  registerAssistants(app, engine, services);
  const live = liveChannels(engine);
  new VirgateServer(engine, [...operations, assistantOperations(app, services), live.operations]).register(app);
  app.addHook('preClose', () => live.close());
}
