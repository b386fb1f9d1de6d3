/** Objects whose tags are remembered: those that were read last. */
const most = 500;
/** Newest entity tags by the id of the object: `/ovirt-engine/api/vms/{id}`. */
const tags = new Map<string, string>();

/** An object of a collection at the top, which is what pages show and forms change. */
const objectPath = /^\/ovirt-engine\/api\/[a-z]+\/([0-9a-f-]{36})$/;

function idIn(input: Parameters<typeof fetch>[0]): string | undefined {
  const address = input instanceof Request ? input.url : input;
  return objectPath.exec(new URL(address, 'http://page').pathname)?.[1];
}

/** Entity tag of an object as it was read last; undefined of one that was not. */
export function tagOf(id: string): string | undefined {
  return tags.get(id);
}

/** Remembers the tags of objects that are read. */
export function noting(send: typeof fetch): typeof fetch {
  return async (input, init) => {
    const response = await send(input, init);
    const id = (init?.method ?? 'GET') === 'GET' && response.ok ? idIn(input) : undefined;
    const tag = response.headers.get('etag');
    if (id !== undefined && tag !== null) {
      tags.delete(id);
      tags.set(id, tag);
      const [oldest] = tags.keys();
      if (tags.size > most && oldest !== undefined) tags.delete(oldest);
    }
    return response;
  };
}

/** Changes of one object carry the tag of what was seen of it (`If-Match`). */
export function guarding(send: typeof fetch, id: string, tag: string): typeof fetch {
  return async (input, init) => {
    if (init?.method !== 'PUT' || idIn(input) !== id) return await send(input, init);
    const headers = new Headers(init.headers);
    headers.set('If-Match', tag);
    return await send(input, { ...init, headers });
  };
}
