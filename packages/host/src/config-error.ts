/** A configuration that can't be used; says which entry and what it should be. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  readonly code = 'CONFIG';
}
