import type { Migration } from '@virgate/database';
import { sagaMigrations } from '@virgate/saga';
import { initialSchema } from './initial.sql.ts';

/** Every change of the schema, oldest first. A released migration never changes. */
export const engineMigrations: readonly Migration[] = [...sagaMigrations, { name: 'engine/001-initial', up: initialSchema }];
