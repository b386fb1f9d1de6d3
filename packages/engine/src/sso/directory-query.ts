import type { DirectoryCondition, UserField } from '../directories/ldap.ts';

/** Attributes that queries name, by the field that they stand for. Source: oVirt's single sign-on, directory search. */
const userFields: Record<string, UserField> = {
  $GIVENNAME: 'firstName',
  sn: 'lastName',
  $SN: 'lastName',
  $SAMACCOUNTNAME: 'login',
  $PRINCIPAL_NAME: 'login',
  // No directory here keeps a name for display: the login name stands for it.
  $USER_ACCOUNT_NAME: 'login',
  $DEPARTMENT: 'department',
};

const begins = { users: '(&($USER_ACCOUNT_TYPE)', groups: '(&($LDAP_GROUP_CATEGORY)' } as const;
export const maxConditions = 50;

/**
 * The conditions of a query such as `(&($USER_ACCOUNT_TYPE)(|($GIVENNAME=an*)(!($DEPARTMENT=lab))))`, any of which must hold; none for
 * everybody.
 * @returns null for one that makes no sense, names an attribute that nobody is looked for by, or says too much
 */
export function directoryConditions(of: 'users' | 'groups', query: string): DirectoryCondition[] | null {
  if (query === '') return [];
  if (!query.startsWith(begins[of]) || !query.endsWith(')')) return null;
  const rest = query.slice(begins[of].length, -1);
  const conditions: DirectoryCondition[] = [];
  const pattern = /\((!\()?(\$?\w+)=([^()]*)\)/g;
  for (const [, not, attribute = '', value = ''] of rest.matchAll(pattern)) {
    const field = of === 'groups' ? (attribute === '$CN' ? 'name' : undefined) : userFields[attribute];
    if (field === undefined || conditions.length >= maxConditions) return null;
    conditions.push({ field, pattern: value, negated: not !== undefined });
  }
  return /^[()|&!]*$/.test(rest.replaceAll(pattern, '')) ? conditions : null;
}
