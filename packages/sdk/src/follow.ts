import type { Links } from './generated/links.ts';

declare const resource: unique symbol;

/** A service of one object, of this type. Only the type checker sees the member. */
export interface Resource<Type> {
  readonly [resource]?: Type;
}

/** Names of a type's links, and of those of what they lead to: `nics`, `disk_attachments.disk`. Deeper ones are given as a text. */
export type FollowPath<Type extends keyof Links> =
  | LinkName<Type>
  | { [Name in LinkName<Type>]: Links[Type][Name] extends keyof Links ? `${Name}.${LinkName<Links[Type][Name]>}` : never }[LinkName<Type>];

type LinkName<Type extends keyof Links> = Extract<keyof Links[Type], string>;

type Head<Path extends string> = Path extends `${infer First}.${string}` ? First : Path;

/** A resource whose links have been followed: their objects are there. */
export type Followed<Resource, Path extends string> = [Path] extends [never]
  ? Resource
  : Resource & { [Name in Extract<Head<Path>, keyof Resource>]-?: NonNullable<Resource[Name]> };
