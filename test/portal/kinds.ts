import type { Kind } from '@virgate/portal/kinds/kind';
import { kindPlaces } from '@virgate/portal/kinds/registry';
import { events } from '@virgate/portal/events';
import { vms } from '@virgate/portal/vms';

/** Every kind that is described: those whose pages are built from that alone, and virtual machines. */
export async function allKinds(): Promise<Kind[]> {
  return [...(await Promise.all(kindPlaces.map((place) => place.load()))), vms, events];
}
