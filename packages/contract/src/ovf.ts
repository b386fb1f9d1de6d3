/** Descriptions of VMs and templates (OVF): reading and writing. */
export { OvfError, type OvfEntity, type OvfFlavour, type OvfNic, type OvfSnapshot, type OvfVolume } from './ovf-model.ts';
export { readArchiveOvf, type ArchiveDisk } from './ovf-archive.ts';
export { readOvf } from './ovf-read.ts';
export { writeOvf } from './ovf-write.ts';
