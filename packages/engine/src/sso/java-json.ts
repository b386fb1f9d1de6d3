/**
 * The JSON in which oVirt's engine and its single sign-on talk: whatever stands where Java knows only "an object" carries the name of
 * its class, `["java.util.ArrayList", […]]`; texts, truth values and whole numbers do not. Clients read it by that shape.
 */
export type Typed = string | number | boolean | null | readonly [string, readonly Typed[] | Readonly<Record<string, unknown>>];

export const javaList = (values: readonly Typed[]): Typed => ['java.util.ArrayList', values];
export const javaMap = (values: Readonly<Record<string, Typed>>): Typed => ['java.util.HashMap', values];
/** A record of an extension: keys are `NAME;class;id`. Members that say nothing are left out. */
export const extensionRecord = (values: Readonly<Record<string, Typed | undefined>>): Typed => [
  'org.ovirt.engine.api.extensions.ExtMap',
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)),
];

/** A value without the names of its classes; what carries none stays as it is. */
export function untyped(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const [type, inner] = value as unknown[];
  const named = value.length === 2 && typeof type === 'string' && /^java\.[\w.$]+$/.test(type) && typeof inner === 'object';
  return named ? untyped(inner) : (value as unknown[]).map(untyped);
}
