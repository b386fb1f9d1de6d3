import { extensionRecord, javaList, type Typed } from './java-json.ts';

const text = 'java.lang.String';
const collection = 'java.util.Collection';

/** Keys of a principal's record. Source: oVirt's interface of extensions, `Authz.PrincipalRecord`. */
const principalKeys = {
  namespace: `AAA_AUTHZ_PRINCIPAL_NAMESPACE;${text};79703b8c-1e50-462f-9491-f5cf446f49de`,
  id: `AAA_AUTHZ_PRINCIPAL_ID;${text};4f9440bc-9303-4d95-b317-b827515c782f`,
  name: `AAA_AUTHZ_PRINCIPAL_NAME;${text};a0df5bcc-6ead-40a2-8565-2f5cc8773bdd`,
  displayName: `AAA_AUTHZ_PRINCIPAL_DISPLAY_NAME;${text};1687a9e2-d951-4ee6-9409-36bca8e83ed1`,
  email: `AAA_AUTHZ_PRINCIPAL_EMAIL;${text};47367f40-71ca-472f-81b6-e11a0e0b75ed`,
  firstName: `AAA_AUTHZ_PRINCIPAL_FIRST_NAME;${text};654c2738-581b-45d4-a486-362d891d2db2`,
  lastName: `AAA_AUTHZ_PRINCIPAL_LAST_NAME;${text};d1479cd7-a19e-4bd8-a639-1e9db7f398d8`,
  department: `AAA_AUTHZ_PRINCIPAL_DEPARTMENT;${text};636e84bc-1e3a-4537-9407-7c6c3024fb60`,
  groups: `AAA_AUTHZ_PRINCIPAL_GROUPS;${collection};738ec045-aade-478f-90f9-13f4aa229a54`,
  principal: `AAA_AUTHZ_PRINCIPAL_PRINCIPAL;${text};37c1c4ff-5367-480d-950a-1c3092521188`,
} as const;

/** Keys of a group's record. Source: oVirt's interface of extensions, `Authz.GroupRecord`. */
const groupKeys = {
  namespace: `AAA_AUTHZ_GROUP_NAMESPACE;${text};a4763ceb-472f-4f06-a61e-e71289b5afe4`,
  id: `AAA_AUTHZ_GROUP_ID;${text};4615d4d3-a1b7-43cc-bc8d-c8a24a2ffd5a`,
  name: `AAA_AUTHZ_GROUP_NAME;${text};0eebe54f-b429-44f3-aa80-4704cbb16835`,
  displayName: `AAA_AUTHZ_GROUP_DISPLAY_NAME;${text};cc2c8f75-bfac-453b-9184-c6ee18d62ef5`,
  groups: `AAA_AUTHZ_GROUP_GROUPS;${collection};c4f34760-084b-4f29-b9cf-e77bb539ec18`,
} as const;

/** A group as directories tell of it. */
export interface FoundGroup {
  namespace: string;
  externalId: string;
  name: string;
}

/** A user as directories tell of him. */
export interface FoundPrincipal {
  namespace: string;
  externalId: string;
  principal: string;
  firstName: string;
  lastName: string;
  email: string;
  department: string;
}

const groupFields = (group: FoundGroup) => ({
  [groupKeys.namespace]: group.namespace,
  [groupKeys.id]: group.externalId,
  [groupKeys.name]: group.name,
  [groupKeys.displayName]: group.name,
  [groupKeys.groups]: javaList([]),
});

export const groupRecord = (group: FoundGroup): Typed => extensionRecord(groupFields(group));

/**
 * A group that a user is in, as a token's facts name it: what makes it one of his own and not one above them is the principal's key.
 * All his groups are his own here, those above them too.
 */
export const membershipRecord = (group: FoundGroup): Typed => extensionRecord({ ...groupFields(group), [principalKeys.principal]: '' });

/** @param groups those of the user, to any depth; undefined where nobody asked for them */
export const principalRecord = (user: FoundPrincipal, groups?: readonly FoundGroup[]): Typed =>
  extensionRecord({
    [principalKeys.namespace]: user.namespace,
    [principalKeys.id]: user.externalId,
    [principalKeys.name]: user.principal,
    [principalKeys.principal]: user.principal,
    [principalKeys.displayName]: [user.firstName, user.lastName].filter(Boolean).join(' ') || user.principal,
    [principalKeys.email]: user.email,
    [principalKeys.firstName]: user.firstName,
    [principalKeys.lastName]: user.lastName,
    [principalKeys.department]: user.department,
    [principalKeys.groups]: groups === undefined ? undefined : javaList(groups.map(groupRecord)),
  });
