import { refused } from '../rest/fault.ts';

const types = [
  'ssh-rsa',
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
];
/** Keys that one text may hold, one a line. */
const maxKeys = 20;

/** Whether a line is a public key in OpenSSH's form: a type, the key whose first field repeats the type, and a comment. */
export function isSshKey(line: string): boolean {
  const [type = '', key = ''] = line.trim().split(/\s+/, 2);
  if (!types.includes(type) || !/^[A-Za-z0-9+/]+={0,2}$/.test(key)) return false;
  const blob = Buffer.from(key, 'base64');
  const length = blob.length >= 4 ? blob.readUInt32BE(0) : 0;
  return length === type.length && blob.length > 4 + length && blob.subarray(4, 4 + length).toString('latin1') === type;
}

/** Refuses what is not one or several public keys, one a line. @throws {Fault} 400 */
export function checkSshKey(content: string): void {
  const lines = content.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0 || lines.length > maxKeys || !lines.every(isSshKey)) throw refused('ACTION_TYPE_FAILED_INVALID_PUBLIC_SSH_KEY');
}
