import type { TextKey } from './en.ts';

/** Texts of a language by the keys of `en.ts`. A key that English does not have is a type error; one that is left out is shown in English. */
export type Catalogue = Readonly<Partial<Record<TextKey, string>>>;

/** Words for values of the API's enumerations, such as `powering_up`; what is left out is told by the value's own words. */
export type Values = Readonly<Record<string, string>>;

/** All that a language has; loaded when it is chosen. */
export interface Words {
  readonly texts: Catalogue;
  readonly values: Values;
}
