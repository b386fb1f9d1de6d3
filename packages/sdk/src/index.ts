export { createClient } from './client.ts';
export type { Client } from './client.ts';
export {
  ApiFault,
  BadRequest,
  ChangedMeanwhile,
  Conflict,
  EngineUnreachable,
  Gone,
  JobFailed,
  NotBuilt,
  NotFound,
  NotPermitted,
  SignedOut,
  Unavailable,
  WaitTimeout,
} from './fault.ts';
export { diskOfImage, headerBytes, readImageHeader } from './images/image-header.ts';
export type { ImageHeader, ImageProblem } from './images/image-header.ts';
export { OpenTransfer, phaseOf, TransferOver } from './images/open-transfer.ts';
export type { TransferLimits } from './images/open-transfer.ts';
export { downloadImage, uploadImage } from './images/transfer.ts';
export type { DownloadOptions, ImageSource, TransferOptions, UploadOptions } from './images/transfer.ts';
export { waitUntil } from './waiting/until.ts';
export type { Goal, Wait, WaitLimits } from './waiting/wait.ts';
export type { FollowPath, Followed } from './follow.ts';
export type { RequestOptions } from './request.ts';
export type { Transport, TransportOptions } from './transport.ts';
export type { Superset } from './virgate/superset.ts';
export type { AllowedAction, AllowedActions, ConsoleTicket, Count, ListKind, ListPart, Session } from '@virgate/contract/generated/virgate';
export type { Change, ChangeWatch, WatchOptions } from './changes/watch.ts';
export type { Frame, FrameOptions, FrameWatch, ListNews, WatchedWindow } from './changes/frames.ts';
export type { Statistics, StatisticsOptions } from './changes/statistics.ts';
export type { ConnectionState } from './changes/connection.ts';
