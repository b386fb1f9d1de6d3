import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDomainMetadata, newDomainMetadata, parseDomainMetadata } from './domain-metadata.ts';

const fields = {
  domainId: '3f1a3e0e-1111-4222-8333-444455556666',
  name: 'data1',
  class: 'Data',
  type: 'NFS',
  remotePath: '127.0.0.1:/export/data',
  blockSizeBytes: 512,
  alignmentBytes: 1024 * 1024,
} as const;

test('metadata of a domain is what VDSM writes, seal included', () => {
  const text = formatDomainMetadata(newDomainMetadata(fields));
  assert.equal(
    text,
    'ALIGNMENT=1048576\nBLOCK_SIZE=512\nCLASS=Data\nDESCRIPTION=data1\nIOOPTIMEOUTSEC=10\nLEASERETRIES=3\nLEASETIMESEC=60\nLOCKPOLICY=\n' +
      'LOCKRENEWALINTERVALSEC=5\nPOOL_UUID=\nREMOTE_PATH=127.0.0.1:/export/data\nROLE=Regular\nSDUUID=3f1a3e0e-1111-4222-8333-444455556666\n' +
      'TYPE=NFS\nVERSION=5\n_SHA_CKSUM=fba2c06dca34e728004254c7b041cbe985113b64\n',
  );
});

test('the seal counts characters outside ASCII as references', () => {
  const text = formatDomainMetadata(newDomainMetadata({ ...fields, name: 'žluť' }));
  assert.match(text, /\n_SHA_CKSUM=f01cc8a1621199c5881b899c3c66a282bf1d6827\n$/);
  assert.match(text, /^DESCRIPTION=žluť$/m);
  assert.equal(parseDomainMetadata(text).name, 'žluť');
});

test('a domain reads back as it was written, unknown keys kept', () => {
  const metadata = { ...newDomainMetadata(fields), role: 'Master' as const, poolIds: ['99999999-1111-4222-8333-444455556666'] };
  metadata.other['MASTER_VERSION'] = '1';
  assert.deepEqual(parseDomainMetadata(formatDomainMetadata(metadata)), metadata);
});

test('what is damaged is refused with its code', () => {
  const text = formatDomainMetadata(newDomainMetadata(fields));
  const cases: [string, number][] = [
    [text.replace('data1', 'data2'), 752],
    [text.replace(/_SHA_CKSUM=.*\n/, ''), 752],
    ['', 751],
    ['no equals sign\n', 751],
    [`${text}ROLE=Master\n`, 751],
  ];
  for (const [damaged, code] of cases) assert.throws(() => parseDomainMetadata(damaged), { code });
});

test('another storage format is refused', () => {
  const text = formatDomainMetadata({ ...newDomainMetadata(fields), version: 4 });
  assert.throws(() => parseDomainMetadata(text), { code: 394 });
});

test('a line break in a name is refused', () => {
  assert.throws(() => formatDomainMetadata(newDomainMetadata({ ...fields, name: 'x\nROLE=Master' })), { code: 1000 });
});
