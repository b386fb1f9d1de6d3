import assert from 'node:assert/strict';
import { test } from 'node:test';
import { directoryConditions, maxConditions } from './directory-query.ts';
import { javaList, javaMap, untyped } from './java-json.ts';

test('queries for users and groups are read, and what makes no sense is not', () => {
  assert.deepEqual(directoryConditions('users', '(&($USER_ACCOUNT_TYPE)(|($GIVENNAME=an*)(sn=an*)($PRINCIPAL_NAME=an*)))'), [
    { field: 'firstName', pattern: 'an*', negated: false },
    { field: 'lastName', pattern: 'an*', negated: false },
    { field: 'login', pattern: 'an*', negated: false },
  ]);
  assert.deepEqual(directoryConditions('users', '(&($USER_ACCOUNT_TYPE)(!($DEPARTMENT=lab)))'), [
    { field: 'department', pattern: 'lab', negated: true },
  ]);
  assert.deepEqual(directoryConditions('groups', '(&($LDAP_GROUP_CATEGORY)($CN=st*))'), [
    { field: 'name', pattern: 'st*', negated: false },
  ]);
  assert.deepEqual(directoryConditions('users', ''), []);
  assert.deepEqual(directoryConditions('users', '(&($USER_ACCOUNT_TYPE))'), []);
  for (const query of [
    '(&($LDAP_GROUP_CATEGORY)($CN=x))',
    '(&($USER_ACCOUNT_TYPE)($TITLE=x))',
    '(&($USER_ACCOUNT_TYPE)(objectClass=*))',
    '(&($USER_ACCOUNT_TYPE)($GIVENNAME=a)x)',
    '($GIVENNAME=a)',
    `(&($USER_ACCOUNT_TYPE)${'(sn=a)'.repeat(maxConditions + 1)})`,
  ])
    assert.equal(directoryConditions('users', query), null, query.slice(0, 60));
});

test("names of Java's classes are written and taken off", () => {
  const value = javaMap({ ids: javaList(['a', 'b']), flag: true });
  assert.deepEqual(value, ['java.util.HashMap', { ids: ['java.util.ArrayList', ['a', 'b']], flag: true }]);
  assert.deepEqual(untyped(['java.util.HashSet', ['a', 'b']]), ['a', 'b']);
  assert.deepEqual(untyped(['java.util.x', 'b']), ['java.util.x', 'b'], 'two texts are two texts');
  assert.deepEqual(untyped(['a', ['java.util.ArrayList', []]]), ['a', []]);
});
