/** Kinds of directories that the engine knows how to read. */
export type DirectoryKind = 'rfc2307' | 'ipa' | 'active_directory';

/** Where a kind of directory keeps what the engine needs. */
export interface DirectorySchema {
  user: {
    classes: readonly string[];
    /** The name by which a user signs in. */
    login: string;
    /** A second name of sign-in, used when the given name has an `@` in it. */
    mailLikeLogin?: string;
    /** Never changes, whatever else does. */
    id: string;
    firstName: string;
    lastName: string;
    email: string;
    department: string;
  };
  group: {
    classes: readonly string[];
    name: string;
    id: string;
    /** Attributes that hold the names (DN) of members, users and groups alike. */
    members: readonly string[];
    /** Attribute that holds the login names of members. */
    memberLogins?: string;
  };
  /** How the group is found that a user is in by a number of his own, not by a member entry. */
  primaryGroup?: 'gid_number' | 'security_identifier';
  /** Attributes whose values are bytes. */
  binary: readonly string[];
  /** Whether a user's entry says that he is switched off. */
  disabled?: { attribute: string; bit?: number; text?: string };
}

export const directorySchemas: Record<DirectoryKind, DirectorySchema> = {
  rfc2307: {
    user: {
      classes: ['posixAccount', 'inetOrgPerson'],
      login: 'uid',
      id: 'entryUUID',
      firstName: 'givenName',
      lastName: 'sn',
      email: 'mail',
      department: 'departmentNumber',
    },
    group: {
      classes: ['posixGroup', 'groupOfNames', 'groupOfUniqueNames'],
      name: 'cn',
      id: 'entryUUID',
      members: ['member', 'uniqueMember'],
      memberLogins: 'memberUid',
    },
    primaryGroup: 'gid_number',
    binary: [],
  },
  ipa: {
    user: {
      classes: ['posixAccount'],
      login: 'uid',
      id: 'ipaUniqueID',
      firstName: 'givenName',
      lastName: 'sn',
      email: 'mail',
      department: 'departmentNumber',
    },
    group: { classes: ['ipaUserGroup'], name: 'cn', id: 'ipaUniqueID', members: ['member'] },
    binary: [],
    disabled: { attribute: 'nsAccountLock', text: 'TRUE' },
  },
  active_directory: {
    user: {
      classes: ['user'],
      login: 'sAMAccountName',
      mailLikeLogin: 'userPrincipalName',
      id: 'objectGUID',
      firstName: 'givenName',
      lastName: 'sn',
      email: 'mail',
      department: 'department',
    },
    group: { classes: ['group'], name: 'cn', id: 'objectGUID', members: ['member'] },
    primaryGroup: 'security_identifier',
    binary: ['objectGUID', 'objectSid'],
    disabled: { attribute: 'userAccountControl', bit: 2 },
  },
};

/** The identifier of a user's primary group: the user's own, with its last part replaced. Source: Active Directory, security identifiers. */
export function primaryGroupSid(userSid: Buffer, primaryGroupId: number): Buffer | null {
  const partBytes = 4;
  const headerBytes = 8;
  const parts = userSid[1] ?? 0;
  if (parts < 1 || userSid.length !== headerBytes + parts * partBytes || primaryGroupId < 0 || primaryGroupId > 0xffff_ffff) return null;
  const sid = Buffer.from(userSid);
  sid.writeUInt32LE(primaryGroupId, sid.length - partBytes);
  return sid;
}
