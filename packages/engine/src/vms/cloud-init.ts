import type { AuthorizedKey, CloudInit, Initialization, NicConfiguration } from '@virgate/contract/generated/types';
import { invalidValue } from '../rest/fault.ts';
import { isSshKey } from '../users/ssh-key.ts';

const rootName = 'root';

const addresses = (hosts: readonly { address?: string }[] | undefined): string =>
  (hosts ?? []).flatMap(({ address }) => address ?? []).join(' ');

/** The one user whom a guest is set up with. @throws {Fault} 400 for several */
function userOf({ users = [] }: CloudInit, field: string): Initialization {
  const [user, ...others] = users;
  if (others.length > 0) throw invalidValue(`${field}.users`, 'a guest is set up with one user');
  const name = user?.user_name ?? user?.name;
  return { ...(name ? { user_name: name } : {}), ...(user?.password === undefined ? {} : { root_password: user.password }) };
}

/** The keys that the guest's user is reached with. @throws {Fault} 400 for keys of somebody else */
function keysOf({ authorized_keys: keys = [] }: CloudInit, owner: string | undefined, field: string): Initialization {
  if (keys.length === 0) return {};
  for (const { user } of keys) {
    const name = user?.user_name ?? user?.name;
    if (name !== undefined && name !== (owner ?? rootName))
      throw invalidValue(`${field}.authorized_keys.user`, 'keys are for the user whom the guest is set up with');
  }
  return { authorized_ssh_keys: keys.flatMap(({ key }) => key?.trim() || []).join('\n') };
}

const nicsOf = ({ network_configuration: network }: CloudInit): NicConfiguration[] =>
  (network?.nics ?? []).map((nic) => ({
    ...(nic.name === undefined ? {} : { name: nic.name }),
    ...(nic.boot_protocol === undefined ? {} : { boot_protocol: nic.boot_protocol }),
    ...(nic.on_boot === undefined ? {} : { on_boot: nic.on_boot }),
    ...(nic.network?.ip === undefined ? {} : { ip: nic.network.ip }),
  }));

/** A script is the one file that a guest is given. @throws {Fault} 400 for several */
function scriptOf({ files = [] }: CloudInit, field: string): Initialization {
  const [file, ...others] = files;
  if (others.length > 0) throw invalidValue(`${field}.files`, 'only one file, the script, can be given');
  return file?.content === undefined ? {} : { custom_script: file.content };
}

/**
 * An initialization whose older part `cloud_init` is said by the attributes that have replaced it; these win where both are there.
 * Source: REST contract, CloudInit (deprecated).
 * @param field where in the request it is
 * @throws {Fault} 400 naming what no attribute has a place for
 */
export function withoutCloudInit({ cloud_init: old, ...said }: Initialization, field = 'initialization'): Initialization {
  if (old === undefined) return said;
  const place = `${field}.cloud_init`;
  const dns = old.network_configuration?.dns;
  const nics = nicsOf(old);
  const [servers, domains] = [addresses(dns?.servers), addresses(dns?.search_domains)];
  const user = userOf(old, place);
  return {
    ...(old.host?.address === undefined ? {} : { host_name: old.host.address }),
    ...(old.timezone === undefined ? {} : { timezone: old.timezone }),
    ...(old.regenerate_ssh_keys === undefined ? {} : { regenerate_ssh_keys: old.regenerate_ssh_keys }),
    ...user,
    ...keysOf(old, said.user_name ?? user.user_name, place),
    ...(servers === '' ? {} : { dns_servers: servers }),
    ...(domains === '' ? {} : { dns_search: domains }),
    ...(nics.length === 0 ? {} : { nic_configurations: nics }),
    ...scriptOf(old, place),
    ...said,
  };
}

/** The key that a start gives to the guest's user beside those that it is set up with. @throws {Fault} 400 */
export function checkedKey({ key, user }: AuthorizedKey): string {
  if (user !== undefined)
    throw invalidValue('authorized_key.user', 'the key is for the user whom the guest is set up with (initialization.user_name)');
  if (key === undefined || !isSshKey(key.trim())) throw invalidValue('authorized_key.key', 'must be a public key as OpenSSH writes it');
  return key.trim();
}

/** An initialization with one more key. */
export const withKey = (said: Initialization | undefined, key: string | undefined): Initialization | undefined =>
  key === undefined ? said : { ...said, authorized_ssh_keys: [said?.authorized_ssh_keys?.trim(), key].filter(Boolean).join('\n') };
