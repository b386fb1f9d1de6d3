import type { ExternalTemplateImport, ExternalVmImport } from '@virgate/contract/generated/types';
import { check, choice, reference, text } from '../kinds/fields.ts';
import type { ActionDescription, Around, FieldDescription, FormDescription, Reference } from '../kinds/kind.ts';
import { clusters, storageDomains, upHosts } from '../kinds/references.ts';
import { valueAt } from '../kinds/value.ts';

const dataDomains: Reference = {
  ...storageDomains,
  only: (domain) => valueAt(domain, 'type') === 'data' && valueAt(domain, 'status') !== 'unattached',
};

/** Where a machine may come from; an archive lies in a folder of a host. */
const sources = ['ova', 'vmware', 'kvm', 'xen'] as const;
const fromArchive = (around: Around): boolean => around.value('source') === 'ova';
const fromManager = (around: Around): boolean => !fromArchive(around);

const path: FieldDescription = text('label.ovaPath', 'path', {
  need: true,
  hint: 'import.path.hint',
  refuses: (value) => (/^\/\S+$/.test(String(value)) ? undefined : 'import.path.wrong'),
});
const place: readonly FieldDescription[] = [
  reference('label.cluster', 'cluster', clusters, { need: true }),
  reference('label.storageDomain', 'storage_domain', dataDomains, { need: true }),
];
const importForm: FormDescription = {
  title: 'import.vm.title',
  dialog: 'ImportVmsPopupView',
  tabs: [
    {
      label: 'form.tab.general',
      fields: [
        {
          ...choice('label.source', 'source', sources, { need: true, initial: 'ova', covers: 'importSourcesEditor' }),
          control: {
            kind: 'choice',
            options: sources,
            label: { ova: 'import.source.ova', vmware: 'import.source.vmware', kvm: 'import.source.kvm', xen: 'import.source.xen' },
          },
        },
        { ...path, covers: 'ovaPathEditor', when: fromArchive },
        text('label.address', 'url', { need: true, hint: 'import.url.hint', when: fromManager }),
        text('label.userName', 'username', { need: true, when: fromManager }),
        { label: 'label.password', path: 'password', control: { kind: 'password' }, need: true, when: fromManager },
        text('label.nameThere', 'name', { need: true, when: fromManager }),
        reference('label.host', 'host', upHosts, { need: true, covers: 'hostsEditor', hint: 'import.host.hint' }),
        text('label.newName', 'vm.name', { hint: 'import.name.hint' }),
        ...place,
        check('label.sparse', 'sparse', { initial: true }),
      ],
    },
  ],
};

/** Brings a machine out of an archive on a host, or from another manager; a job tells how far it is. */
export const importingVm: ActionDescription = {
  key: 'import',
  label: 'action.import',
  can: null,
  form: importForm,
  async run(client, _, body) {
    const { source, path: file = '', ...rest } = body as ExternalVmImport & { source: (typeof sources)[number]; path?: string };
    if (source !== 'ova') {
      await client.externalVmImports.add({ ...rest, provider: source });
      return;
    }
    // The API asks for a provider and a name of archives too, and makes nothing of the first.
    const name = rest.vm?.name ?? file.replace(/^.*\//, '').replace(/\.ova$/i, '');
    await client.externalVmImports.add({ ...rest, provider: 'vmware', name, url: `ova://${file}` });
  },
};

/** Brings a template out of an archive on a host. */
export const importingTemplate: ActionDescription = {
  key: 'import',
  label: 'action.import',
  can: null,
  form: {
    title: 'import.template.title',
    dialog: 'ImportTemplatesPopupView',
    tabs: [
      {
        label: 'form.tab.general',
        fields: [
          { ...path, covers: 'ovaPathEditor' },
          reference('label.host', 'host', upHosts, { need: true, covers: 'hostsEditor', hint: 'import.host.hint' }),
          text('label.newName', 'template.name', { hint: 'import.name.hint' }),
          ...place,
        ],
      },
    ],
  },
  async run(client, _, body) {
    const { path: file, ...rest } = body as ExternalTemplateImport & { path: string };
    await client.externalTemplateImports.add({ ...rest, url: `ova://${file}` });
  },
};
