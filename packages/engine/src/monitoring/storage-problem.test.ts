import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { storageErrors } from '@virgate/contract/generated/vdsm-errors';
import { connectionProblem, poolProblem, type DomainConnection } from './storage-problem.ts';

const localFolder: DomainConnection = { storage_type: 'localfs', address: null, path: '/data', vfs_type: null };
const sharedFolder: DomainConnection = { storage_type: 'posixfs', address: null, path: '/data', vfs_type: 'none' };
const nfs: DomainConnection = { storage_type: 'nfs', address: 'storage', path: '/export', vfs_type: null };
const { StorageServerConnectionError, StorageServerAccessPermissionError, MountError, StoragePoolMasterNotFound, StoragePoolWrongMaster } =
  storageErrors;

describe('why a host cannot use the storage of its data center', () => {
  const connecting: [string, DomainConnection, number, RegExp][] = [
    [
      'a local folder is that of another host',
      localFolder,
      StorageServerConnectionError,
      /local folder \(\/data\) of another host.*data center of its own/,
    ],
    [
      'a shared folder is not mounted',
      sharedFolder,
      StorageServerConnectionError,
      /no usable folder \/data\. Mount the shared storage there/,
    ],
    ['the agent has no rights', sharedFolder, StorageServerAccessPermissionError, /may not read and write \/data/],
    ['a server is not reached', nfs, MountError, /^storage:\/export cannot be mounted \(MountError, code 477\)/],
    ['a code that nobody knows', nfs, 99_999, /unknown error, code 99999/],
  ];
  for (const [name, connection, code, text] of connecting)
    test(name, () => {
      assert.match(connectionProblem(connection, code), text);
    });

  const pool: [string, DomainConnection, number, RegExp][] = [
    ['a local folder of the same name', localFolder, StoragePoolMasterNotFound, /local folder \(\/data\) of another host/],
    [
      'another folder in the place of the shared one',
      sharedFolder,
      StoragePoolMasterNotFound,
      /is another one than that of the other hosts/,
    ],
    ['a share without the domain', nfs, StoragePoolMasterNotFound, /^storage:\/export is reached: the storage domain is not in it/],
    ['anything else is what the host says', nfs, StoragePoolWrongMaster, /^what the host says$/],
  ];
  for (const [name, connection, code, text] of pool)
    test(name, () => {
      assert.match(poolProblem(connection, code, 'what the host says'), text);
    });
});
