/**
 * Code of a call whose host was not reached, or whose answer was lost: whether the host did anything is not known. Source: engine errors,
 * VDS_NETWORK_ERROR.
 */
export const connectionLost = 5022;
