/** What a single call can carry beside its parameters. */
export interface RequestOptions {
  /** Ends the call early; the promise then rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Milliseconds until the call is given up. Default: the client's `timeoutMs`. */
  timeoutMs?: number;
  /** `If-Match` of an update: refused with 412 when somebody else changed the object since. */
  ifMatch?: string;
  /** Adds wait until the object is complete (`Expect: 201-created`). */
  waitForCreation?: boolean;
  /** Text that joins the call with its job and its events; letters, digits, `_` and `-`, at most 36. */
  correlationId?: string;
  /** Of a list: attributes that are wanted, by their names; the others are left out of the objects. The engine is asked for no more than them. */
  fields?: readonly string[];
}
