/** A domain document that can't be started as it is; says which part and why. */
export class DomainRequestError extends Error {
  override name = 'DomainRequestError';
}
