export { createClient } from './client.ts';
export type { Client } from './client.ts';
export { ApiFault, EngineUnreachable } from './fault.ts';
export type { RequestOptions } from './request.ts';
export type { Transport, TransportOptions } from './transport.ts';
export type { AllowedAction, ConsoleTicket, Session, Superset } from './virgate/superset.ts';
export type { Change, ChangeWatch, WatchOptions } from './changes/watch.ts';
export type { Statistics, StatisticsOptions } from './changes/statistics.ts';
export type { ConnectionState } from './changes/connection.ts';
