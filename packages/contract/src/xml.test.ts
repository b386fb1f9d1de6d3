import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Api, Host, Network, Vm } from './generated/types.ts';
import { decodeXml, decodeXmlCollection, EncodeError, encodeXml, encodeXmlCollection, XmlCollectionWriter } from './xml.ts';

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

const vm: Vm = {
  id: '123',
  href: '/ovirt-engine/api/vms/123',
  name: 'web & <db>',
  description: '',
  comment: 'a\r\nb',
  actions: [{ href: '/ovirt-engine/api/vms/123/start', rel: 'start' }],
  links: [{ href: '/ovirt-engine/api/vms/123/nics', rel: 'nics' }],
  creation_status: 'complete',
  memory: 1_073_741_824,
  delete_protected: false,
  type: 'server',
  os: { type: 'rhel_9x64', boot: { devices: ['hd', 'network'] } },
  memory_policy: { guaranteed: 0, transparent_huge_pages: { enabled: true } },
  migration: { auto_converge: 'inherit' },
  custom_properties: [{ name: 'sap_agent', value: 'true' }],
  cluster: { id: '9', href: '/ovirt-engine/api/clusters/9' },
  numa_nodes: [{ index: 0, memory: 1024 }],
  start_time: Date.UTC(2024, 0, 2, 3, 4, 5, 123),
  status: 'up',
  payloads: [],
};

const vmXml = `${declaration}<vm href="/ovirt-engine/api/vms/123" id="123">
    <actions>
        <link href="/ovirt-engine/api/vms/123/start" rel="start"/>
    </actions>
    <name>web &amp; &lt;db&gt;</name>
    <description></description>
    <comment>a&#13;
b</comment>
    <creation_status>complete</creation_status>
    <link href="/ovirt-engine/api/vms/123/nics" rel="nics"/>
    <custom_properties>
        <custom_property>
            <name>sap_agent</name>
            <value>true</value>
        </custom_property>
    </custom_properties>
    <delete_protected>false</delete_protected>
    <memory>1073741824</memory>
    <memory_policy>
        <guaranteed>0</guaranteed>
        <transparent_hugepages>
            <enabled>true</enabled>
        </transparent_hugepages>
    </memory_policy>
    <migration>
        <auto_converge>inherit</auto_converge>
    </migration>
    <os>
        <boot>
            <devices>
                <device>hd</device>
                <device>network</device>
            </devices>
        </boot>
        <type>rhel_9x64</type>
    </os>
    <type>server</type>
    <cluster href="/ovirt-engine/api/clusters/9" id="9"/>
    <payloads/>
    <start_time>2024-01-02T03:04:05.123+00:00</start_time>
    <status>up</status>
    <host_numa_nodes>
        <host_numa_node>
            <index>0</index>
            <memory>1024</memory>
        </host_numa_node>
    </host_numa_nodes>
</vm>
`;

describe('writing XML', () => {
  test('a VM: order, tags, wrappers, references', () => assert.equal(encodeXml('Vm', vm), vmXml));

  test('a host keeps its own element names', () => {
    const host: Host = {
      id: '1',
      name: 'h',
      transparent_huge_pages: { enabled: false },
      se_linux: { mode: 'enforcing' },
      max_scheduling_memory: 5e9,
      address: '10.0.0.1',
    };
    assert.equal(
      encodeXml('Host', host),
      `${declaration}<host id="1">
    <name>h</name>
    <address>10.0.0.1</address>
    <max_scheduling_memory>5000000000</max_scheduling_memory>
    <se_linux>
        <mode>enforcing</mode>
    </se_linux>
    <transparent_hugepages>
        <enabled>false</enabled>
    </transparent_hugepages>
</host>
`,
    );
  });

  test('a list of enums: wrapper and singular', () => {
    const network: Network = {
      name: 'n',
      usages: ['vm', 'management'],
      vlan: { id: 7 },
      dns_resolver_configuration: { name_servers: ['1.1.1.1'] },
    };
    assert.equal(
      encodeXml('Network', network),
      `${declaration}<network>
    <name>n</name>
    <dns_resolver_configuration>
        <name_servers>
            <name_server>1.1.1.1</name_server>
        </name_servers>
    </dns_resolver_configuration>
    <usages>
        <usage>vm</usage>
        <usage>management</usage>
    </usages>
    <vlan id="7"/>
</network>
`,
    );
  });

  test('tag exceptions of operating systems, bricks, NUMA nodes and OpenStack', () => {
    assert.match(
      encodeXmlCollection('OperatingSystemInfo', [{ id: '0' }]),
      /<operation_systems>\s+<operating_system id="0"\/>\s+<\/operation_systems>/,
    );
    assert.match(encodeXml('OperatingSystem', { type: 'other' }), /<os>/);
    assert.match(encodeXmlCollection('GlusterBrick', [{}]), /<bricks>\s+<brick\/>/);
    assert.match(encodeXmlCollection('GlusterServerHook', []), /<server_hooks\/>/);
    assert.match(encodeXml('GlusterBrickMemoryInfo', {}), /<brick_memoryinfo\/>/);
    assert.match(encodeXmlCollection('VirtualNumaNode', [{}]), /<vm_numa_nodes>\s+<vm_numa_node\/>/);
    assert.match(encodeXmlCollection('NumaNode', [{}]), /<host_numa_nodes>\s+<host_numa_node\/>/);
    assert.match(encodeXml('MigrationOptions', {}), /<migration\/>/);
    assert.match(encodeXml('OpenStackImageProvider', {}), /<openstack_image_provider\/>/);
    assert.match(encodeXmlCollection('VmPool', []), /<vm_pools\/>/);
  });

  test('a fault begins with the declaration that older clients look for', () => {
    assert.equal(
      encodeXml('Fault', { detail: '[Cannot run VM.]', reason: 'Operation Failed' }),
      `${declaration}<fault>
    <detail>[Cannot run VM.]</detail>
    <reason>Operation Failed</reason>
</fault>
`,
    );
  });

  test('an action carries its job, its fault and what it was given', () => {
    assert.equal(
      encodeXml('Action', { job: { id: '5', href: '/ovirt-engine/api/jobs/5' }, status: 'failed', fault: { reason: 'r' }, async: true }),
      `${declaration}<action>
    <async>true</async>
    <fault>
        <reason>r</reason>
    </fault>
    <job href="/ovirt-engine/api/jobs/5" id="5"/>
    <status>failed</status>
</action>
`,
    );
  });

  test('the root document has links before everything else', () => {
    const api: Api = {
      links: [{ href: '/ovirt-engine/api/vms', rel: 'vms' }],
      time: 0,
      product_info: { version: { major: 4, full_version: '4.5.8' } },
      summary: { vms: { active: 1, total: 2 } },
    };
    assert.equal(
      encodeXml('Api', api),
      `${declaration}<api>
    <link href="/ovirt-engine/api/vms" rel="vms"/>
    <product_info>
        <version>
            <full_version>4.5.8</full_version>
            <major>4</major>
        </version>
    </product_info>
    <summary>
        <vms>
            <active>1</active>
            <total>2</total>
        </vms>
    </summary>
    <time>1970-01-01T00:00:00.000+00:00</time>
</api>
`,
    );
  });

  test('collections: empty, with totals and actions, followed inline', () => {
    assert.equal(encodeXmlCollection('Vm', []), `${declaration}<vms/>\n`);
    assert.equal(
      encodeXmlCollection('Host', [{ id: '1' }], { size: 1, total: 9, active: 3, actions: [{ rel: 'x' }] }),
      `${declaration}<hosts>
    <actions>
        <link rel="x"/>
    </actions>
    <size>1</size>
    <total>9</total>
    <active>3</active>
    <host id="1"/>
</hosts>
`,
    );
    assert.match(encodeXml('Vm', { nics: [{ id: 'n' }] }), /<nics>\n {8}<nic id="n"\/>\n {4}<\/nics>/);
  });

  test('pieces of a collection are the collection', () => {
    const vms = Array.from({ length: 500 }, (_, index) => ({ ...vm, id: String(index) }));
    const writer = new XmlCollectionWriter('Vm');
    const members = vms.map((one) => writer.member(one));
    assert.equal(members.join('') + writer.end(), encodeXmlCollection('Vm', vms));
  });

  test('dates carry the offset that was asked for', () => {
    assert.match(encodeXml('Vm', { start_time: 0 }, { utcOffsetMinutes: 120 }), /<start_time>1970-01-01T02:00:00\.000\+02:00</);
    assert.match(encodeXml('Vm', { start_time: 0 }, { utcOffsetMinutes: -210 }), /<start_time>1969-12-31T20:30:00\.000-03:30</);
  });

  test('what XML has no place for becomes the replacement character', () => {
    const text = encodeXml('Vm', { name: 'a\u0000b\ud800c\udc00d😀\uffff', id: '\u001f"\n' });
    assert.match(text, /<name>a\ufffdb\ufffdc\ufffdd😀\ufffd<\/name>/u);
    assert.match(text, /id="\ufffd&quot;&#10;"/);
    assert.equal(decodeXml(text, 'Vm').name, 'a\ufffdb\ufffdc\ufffdd😀\ufffd');
  });

  test('decimals have no exponent, doubles may', () => {
    assert.match(encodeXml('Statistic', { values: [{ datum: 1e-9 }] }), /<datum>0\.000000001<\/datum>/);
    assert.match(encodeXml('QuotaStorageLimit', { usage: 1e30 }), /<usage>1e\+30<\/usage>/);
  });

  test("values that cannot be written are the caller's fault", () => {
    const around: Vm = {};
    around.template = { vm: around };
    assert.throws(() => encodeXml('Vm', around), EncodeError);
    assert.throws(() => encodeXml('Vm', { memory: Number.NaN }), EncodeError);
    assert.throws(() => encodeXml('Vm', { memory: 1.5 }), EncodeError);
    assert.throws(() => encodeXml('Vm', { start_time: 1e18 }), EncodeError);
    assert.throws(() => encodeXml('Vm', { memory: '5' } as unknown as Vm), EncodeError);
    assert.throws(() => encodeXmlCollection('Action', []), EncodeError);
  });
});

describe('reading XML', () => {
  test('what was written', () => assert.deepEqual(decodeXml(vmXml, 'Vm'), vm));

  test('any order, last one wins, unknown attributes passed over', () => {
    const text = '<vm foo="1" id="x"><status>up</status><name>a</name><name>b</name><nics><nic/><nic/></nics><nics><nic/></nics></vm>';
    assert.deepEqual(decodeXml(text, 'Vm'), { id: 'x', name: 'b', status: 'up', nics: [{}] });
  });

  test('enums and booleans in any case, empty number is 0', () => {
    const text =
      '<vm><status> UP </status><delete_protected>TRUE</delete_protected><stateless>0</stateless><memory/><cpu_shares>+7</cpu_shares></vm>';
    assert.deepEqual(decodeXml(text, 'Vm'), { status: 'up', delete_protected: true, stateless: false, memory: 0, cpu_shares: 7 });
  });

  test('dates with and without fraction and offset', () => {
    for (const [text, expected] of [
      ['2024-01-02T03:04:05.123+02:00', Date.UTC(2024, 0, 2, 1, 4, 5, 123)],
      ['2024-01-02T03:04:05Z', Date.UTC(2024, 0, 2, 3, 4, 5)],
      ['2024-01-02T03:04:05.5', Date.UTC(2024, 0, 2, 3, 4, 5, 500)],
      ['2024-02-29T23:59:59.999999-0530', Date.UTC(2024, 2, 1, 5, 29, 59, 999)],
    ] as const) {
      assert.equal(decodeXml(`<vm><start_time>${text}</start_time></vm>`, 'Vm').start_time, expected, text);
    }
  });

  test('actions and links of a whole object that comes back', () => {
    assert.deepEqual(
      decodeXml('<host><actions><link href="/a" rel="b"/></actions><link href="/c" rel="d"/><link rel="e"/></host>', 'Host'),
      { actions: [{ href: '/a', rel: 'b' }], links: [{ href: '/c', rel: 'd' }, { rel: 'e' }] },
    );
  });

  test('comments, processing instructions, CDATA, character references', () => {
    assert.deepEqual(
      decodeXml('\ufeff<?xml version="1.0"?><!-- a --><?p x?><vm><!-- b --><name>a<![CDATA[<&]]>&#233;&amp;<!-- c -->z</name></vm>', 'Vm'),
      { name: 'a<&é&z' },
    );
  });

  test('bytes are UTF-8, with or without a byte order mark', () => {
    assert.deepEqual(decodeXml(Buffer.from('\ufeff<vm><name>é😀</name></vm>'), 'Vm'), { name: 'é😀' });
  });

  test('collections', () => {
    assert.deepEqual(decodeXmlCollection(encodeXmlCollection('Vm', [vm, {}], { size: 2, total: 2, actions: [{ rel: 'x' }] }), 'Vm'), [
      vm,
      {},
    ]);
    assert.deepEqual(decodeXmlCollection('<vms/>', 'Vm'), []);
  });
});
