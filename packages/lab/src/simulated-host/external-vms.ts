import { failure, readList, readObject, readText } from './parameters.ts';
import type { Parameters, SimulatedVerb } from './parameters.ts';
import type { SimulatedStorage } from './storage.ts';
import type { SimulatedTasks } from './tasks.ts';

const GIB = 1024 ** 3;

/** What every other manager has: a VM that is down, and one that runs. */
const EXTERNAL_VMS = [
  {
    vmName: 'foreign',
    vmId: '6b2c9f0e-0c5e-4b1e-8a43-0000000000f1',
    status: 'Down',
    memSize: 2048,
    smp: 2,
    disks: [
      { type: 'disk', dev: 'sda', alias: '/srv/foreign-1', capacity: String(GIB), allocation: '1048576', format: 'COW' },
      { type: 'disk', dev: 'vdb', alias: '/srv/foreign-2', capacity: String(2 * GIB), allocation: '1048576', format: 'RAW' },
    ],
    networks: [{ type: 'bridge', macAddr: '52:54:00:00:00:f1', bridge: 'ovirtmgmt', model: 'e1000' }],
    has_snapshots: false,
  },
  { vmName: 'busy', vmId: '6b2c9f0e-0c5e-4b1e-8a43-0000000000f2', status: 'Up', memSize: 64, smp: 1, disks: [], networks: [] },
];

/** The description that a conversion leaves: virtual disks of another interface, and another NIC. */
function describe(params: Parameters): string {
  const disks = readList(readObject(params, 'vminfo'), 'disks').map((value) => readObject({ value }, 'value'));
  const files = disks.map(
    (disk) =>
      `<File ovf:href="${readText(disk, 'imageID')}/${readText(disk, 'volumeID')}" ovf:id="${readText(disk, 'volumeID')}" ovf:size="1048576"/>`,
  );
  const described = disks.map(
    (disk) =>
      `<Disk ovf:diskId="${readText(disk, 'volumeID')}" ovf:size="1" ovf:fileRef="${readText(disk, 'imageID')}/${readText(disk, 'volumeID')}" ovf:volume-format="COW" ovf:volume-type="Sparse" ovf:disk-interface="SATA" ovf:boot="True" ovf:disk-alias="x"/>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?><ovf:Envelope xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1/" xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ovf:version="3.5.0.0"><References>${files.join('')}</References><Section xsi:type="ovf:DiskSection_Type"><Info>Disks</Info>${described.join('')}</Section><Content ovf:id="out" xsi:type="ovf:VirtualSystem_Type"><Name>foreign</Name><Section xsi:type="ovf:VirtualHardwareSection_Type"><Info>Hardware</Info><Item><rasd:Caption>nic</rasd:Caption><rasd:InstanceId>n1</rasd:InstanceId><rasd:ResourceType>10</rasd:ResourceType><rasd:ResourceSubType>1</rasd:ResourceSubType><rasd:Name>eth0</rasd:Name></Item></Section></Content></ovf:Envelope>`;
}

/** Verbs over the VMs of other managers, whose addresses all lead to the same one. */
export function externalVmVerbs({ storage, tasks }: { storage: SimulatedStorage; tasks: SimulatedTasks }): Record<string, SimulatedVerb> {
  const descriptions = new Map<string, string>();
  const checkPassword = (params: Parameters): void => {
    if (readText(params, 'password') === 'wrong') throw failure('V2VConnectionError', 'authentication failed');
  };
  return {
    'Host.getExternalVMNames': (params) => {
      checkPassword(params);
      return EXTERNAL_VMS.map(({ vmName }) => vmName);
    },
    'Host.getExternalVMs': (params) => {
      checkPassword(params);
      const names = readList(params, 'vm_names');
      return EXTERNAL_VMS.filter(({ vmName }) => names.length === 0 || names.includes(vmName));
    },
    'Host.convertExternalVm': (params) => {
      checkPassword(params);
      const info = readObject(params, 'vminfo');
      const volumes = readList(info, 'disks').map((value) =>
        storage.volume(readText(info, 'domainID'), readText(readObject({ value }, 'value'), 'volumeID')),
      );
      const id = readText(params, 'jobid');
      return tasks.startJob(id, 'v2v', `Importing VM ${readText(info, 'vmName')}`, () => {
        for (const volume of volumes) volume.generation += 1;
        if (!readText(params, 'uri').startsWith('qemu')) descriptions.set(id, describe(params));
        storage.onChange();
      });
    },
    'Host.getConvertedVm': (params) => {
      const found = descriptions.get(readText(params, 'jobid'));
      if (found === undefined) throw failure('V2VNoSuchOVF', 'The job has left no description');
      return found;
    },
    'Host.abortV2VJob': () => true,
    'Host.deleteV2VJob': () => true,
  };
}
