import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { bootLimits, readBootFiles } from '../domain-xml/boot-files.ts';
import { descend, textOf } from '../domain-xml/element.ts';
import type { XmlElement } from '../domain-xml/element.ts';
import type { PreparedVolume } from '../domain-xml/environment.ts';
import { parseXml } from '../domain-xml/parse.ts';
import { DomainRequestError } from '../domain-xml/request.ts';
import { foreignReach, readArrivingDomain } from '../migration/document.ts';
import { placeBootFiles } from './boot-files.ts';

const [poolId, domainId, imageId, volumeId] = [1, 2, 3, 4].map((digit) => `${digit}1111111-1111-4111-8111-111111111111`) as [
  string,
  string,
  string,
  string,
];
const vmId = '91111111-1111-4111-8111-111111111111';
const volume = `/rhev/data-center/${poolId}/${domainId}/images/${imageId}/${volumeId}`;

const documentOf = (os: string): string => `<domain><name>vm</name><uuid>${vmId}</uuid><os><type>hvm</type>${os}</os><devices/></domain>`;
const kernel = (path: string, rest = ''): XmlElement => parseXml(documentOf(`<kernel>${path}</kernel>${rest}`));

describe('what a domain boots from', () => {
  it('is a volume of the repository, wherever that is mounted, or a file', () => {
    const ids = { poolId, domainId, imageId, volumeId };
    assert.deepEqual(readBootFiles(kernel(volume)), [{ part: 'kernel', source: { kind: 'volume', ids } }]);
    const [elsewhere] = readBootFiles(kernel(`/rhev/data-center/mnt/server:_iso/${domainId}/images/${imageId}/${volumeId}`));
    assert.ok(elsewhere?.source.kind === 'volume' && elsewhere.source.ids.volumeId === volumeId);
    assert.deepEqual(readBootFiles(kernel('/srv/boot/vmlinuz', '<initrd>/srv/boot/initrd</initrd><cmdline>quiet</cmdline>')), [
      { part: 'kernel', source: { kind: 'file', path: '/srv/boot/vmlinuz' } },
      { part: 'initrd', source: { kind: 'file', path: '/srv/boot/initrd' } },
    ]);
    assert.deepEqual(readBootFiles(parseXml(documentOf(''))), []);
  });

  for (const [what, os] of Object.entries({
    'a relative path': '<kernel>vmlinuz</kernel>',
    'a URL': '<kernel>iso://vmlinuz</kernel>',
    'a way up': '<kernel>/srv/boot/../../etc/shadow</kernel>',
    'a comma': '<kernel>/srv/boot/a,file=/etc/shadow</kernel>',
    'a control character': '<kernel>/srv/boot/a&#10;b</kernel>',
    'a long path': `<kernel>/${'a'.repeat(bootLimits.pathCharacters)}</kernel>`,
    'two kernels': '<kernel>/srv/boot/a</kernel><kernel>/etc/shadow</kernel>',
    'an initrd without kernel': '<initrd>/srv/boot/a</initrd>',
    'a command line without kernel': '<cmdline>quiet</cmdline>',
    'a command line of two lines': '<kernel>/srv/boot/a</kernel><cmdline>quiet&#10;x</cmdline>',
    'a long command line': `<kernel>/srv/boot/a</kernel><cmdline>${'a'.repeat(bootLimits.commandLineCharacters + 1)}</cmdline>`,
    'a device tree': '<dtb>/etc/shadow</dtb>',
    'a table for ACPI': '<acpi><table type="slic">/etc/shadow</table></acpi>',
  }))
    it(`is not ${what}, nor does such a VM come from another host`, () => {
      assert.throws(() => readBootFiles(parseXml(documentOf(os))), DomainRequestError);
      assert.throws(() => readArrivingDomain(vmId, documentOf(os)), DomainRequestError);
      assert.notEqual(foreignReach({ vmId, name: 'vm' }, documentOf(os), new Set(['/srv/boot/a'])), undefined);
    });

  it('is what was made ready, when libvirt of another host starts the VM here', () => {
    const reach = (path: string): string | undefined =>
      foreignReach({ vmId, name: 'vm' }, documentOf(`<kernel>${path}</kernel>`), new Set(['/srv/boot/vmlinuz']));
    assert.equal(reach('/srv/boot/vmlinuz'), undefined);
    assert.match(reach('/srv/boot/other') ?? '', /not made ready/);
    assert.deepEqual(
      readArrivingDomain(vmId, documentOf(`<kernel>${volume}</kernel>`)).bootVolumes.map((one) => one.volumeId),
      [volumeId],
    );
  });
});

describe('making it ready', () => {
  let folder: string;
  let boot: string;
  let image: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'boot-files-'));
    boot = join(folder, 'boot');
    image = join(folder, 'mnt', domainId, 'images', imageId);
    await mkdir(join(boot, 'deeper'), { recursive: true });
    await mkdir(join(folder, 'boot-other'));
    await mkdir(image, { recursive: true });
    for (const path of ['secret', 'boot/vmlinuz', 'boot/deeper/initrd', 'boot-other/vmlinuz']) await writeFile(join(folder, path), path);
    await symlink('../secret', join(boot, 'leak'));
    await symlink('deeper/initrd', join(boot, 'newest'));
    await symlink(boot, join(folder, 'link'));
    await writeFile(join(image, volumeId), 'kernel');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const ready = async (domain: XmlElement, directories: string[], prepared?: Partial<PreparedVolume>): Promise<string[]> => {
    const prepare = () => Promise.resolve<PreparedVolume>({ path: join(image, volumeId), format: 'raw', ...prepared });
    await placeBootFiles({ images: { prepare }, bootDirectories: directories }, domain);
    return ['kernel', 'initrd'].map((part) => textOf(descend(domain, 'os', part)));
  };

  it('takes files beneath the folders of the setting, where they really lie', async () => {
    const domain = kernel(join(boot, 'vmlinuz'), `<initrd>${join(folder, 'link', 'newest')}</initrd>`);
    assert.deepEqual(await ready(domain, [join(folder, 'nowhere'), join(folder, 'link')]), [
      join(boot, 'vmlinuz'),
      join(boot, 'deeper', 'initrd'),
    ]);
  });

  it('takes nothing else, and tells nothing of it', async () => {
    for (const path of ['secret', 'boot/leak', 'boot/deeper', 'boot/none', 'boot-other/vmlinuz', 'none'])
      await assert.rejects(ready(kernel(join(folder, path)), [boot]), {
        code: 9,
        message: /is no file beneath the folders.*boot\.directories/,
      });
    await assert.rejects(ready(kernel(join(boot, 'vmlinuz')), []), { code: 9, message: /names none/ });
    await assert.rejects(ready(kernel(join(boot, 'vmlinuz'), '<initrd>/etc/shadow</initrd>'), [boot]), { code: 9, message: /The initrd/ });
  });

  it('takes raw volumes of file domains', async () => {
    assert.deepEqual(await ready(kernel(volume), []), [join(image, volumeId), '']);
    await assert.rejects(ready(kernel(volume), [], { format: 'qcow2' }), { code: 9, message: /only raw volumes/ });
    await assert.rejects(ready(kernel(volume), [], { isBlockDevice: true }), { code: 9, message: /block domain/ });
    await rm(join(image, volumeId));
    await symlink(join(folder, 'secret'), join(image, volumeId));
    await assert.rejects(ready(kernel(volume), []), { code: 9, message: /no file of its storage domain/ });
  });
});
