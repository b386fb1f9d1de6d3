import type { Disk, StorageDomain } from '@virgate/contract/generated/types';
import type { Client } from '@virgate/sdk';
import { serviceFor } from '../call/resolve.ts';
import { findOperation } from '../catalog/places.ts';

async function objectNamed(client: Client, kind: string, word: string): Promise<unknown> {
  const { operation } = findOperation([kind, 'get'], () => 1);
  return (await serviceFor(client, operation, [word]))['get']?.();
}

/** The disk that is called so, by id or name. @throws CliError not_found, ambiguous_name; ApiFault */
export const diskNamed = async (client: Client, word: string): Promise<Disk> => (await objectNamed(client, 'disk', word)) as Disk;

/** The storage domain that is called so. @throws as {@link diskNamed} */
export const domainNamed = async (client: Client, word: string): Promise<StorageDomain> =>
  (await objectNamed(client, 'storage-domain', word)) as StorageDomain;
