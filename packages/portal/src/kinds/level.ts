/** Compatibility levels of data centers and clusters, the newest first. */
export const levels = ['4.8', '4.7', '4.6', '4.5', '4.4', '4.3', '4.2'] as const;
