/** Destinations of VDSM's host connection and of its second connection to the storage pool manager (engine options VdsRequestQueueName … EventQueueName). */
export const QUEUES = {
  requests: 'jms.topic.vdsm_requests',
  responses: 'jms.topic.vdsm_responses',
  irsRequests: 'jms.topic.vdsm_irs_requests',
  irsResponses: 'jms.topic.vdsm_irs_responses',
  events: 'jms.queue.events',
} as const;

/** Whether a destination is one of the request queues or a dotted child of one. */
export function isRequestQueue(destination: string): boolean {
  return [QUEUES.requests, QUEUES.irsRequests].some((queue) => destination === queue || destination.startsWith(`${queue}.`));
}

/** Whether a destination is one that all share, or reaches one by its dots: others are private to who made up their names. */
export function isSharedQueue(destination: string): boolean {
  return Object.values(QUEUES).some(
    (queue) => destination === queue || queue.startsWith(`${destination}.`) || destination.startsWith(`${queue}.`),
  );
}
