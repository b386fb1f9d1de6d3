import type { disks as english } from '../en/disks.ts';

export const disks: Readonly<Record<keyof typeof english, string>> = {
  ACTION_TYPE_FAILED_DISK_LUN_HAS_NO_VALID_TYPE: 'lun_storage.type: muss iscsi oder fcp sein',
  ACTION_TYPE_FAILED_DISK_LUN_IS_ALREADY_IN_USE: 'Die LUN $lunId wird bereits benutzt, als Festplatte oder von einer Speicherdomäne',
  ACTION_TYPE_FAILED_DISK_LUN_INVALID: 'lun_storage.logical_units: eine Festplatte ist eine LUN',
  ACTION_TYPE_FAILED_DISK_LUN_ISCSI_MISSING_CONNECTION_PARAMS: 'logical_units: eine LUN von iSCSI braucht address und target',
  ACTION_TYPE_FAILED_DISKS_LOCKED: 'Diese Festplatten sind gesperrt: $diskAliases. Versuchen Sie es in einigen Minuten erneut',
  ACTION_TYPE_FAILED_DISKS_ILLEGAL: 'Diese Festplatten haben kein brauchbares Abbild: $diskAliases',
  ACTION_TYPE_FAILED_VM_SNAPSHOT_DOES_NOT_EXIST: 'Einen Snapshot mit dieser ID gibt es nicht, oder er gehört zu einer anderen VM',
  ACTION_TYPE_FAILED_VM_SNAPSHOT_HAS_NO_CONFIGURATION: 'Der Snapshot enthält keine Konfiguration der VM, die zu benutzen wäre',
  ACTION_TYPE_FAILED_VM_SNAPSHOT_NOT_IN_PREVIEW: 'Die VM zeigt keinen Snapshot als Vorschau',
  ACTION_TYPE_FAILED_VM_SNAPSHOT_TYPE_NOT_REGULAR:
    'Der Snapshot ist der Zustand der VM selbst oder einer, den die Engine aufbewahrt, nicht einer, den jemand erstellt hat',
  CANNOT_PREVIEW_ACTIVE_SNAPSHOT: 'Der Snapshot ist der gegenwärtige Zustand der VM',
  ACTION_TYPE_FAILED_DISK_HAS_SNAPSHOTS: 'Die Festplatte $diskAlias hat Snapshots oder teilt ihre Daten mit einer Vorlage',
  ERROR_CANNOT_DETACH_DISK_WITH_SNAPSHOT:
    'Snapshots der VM enthalten Zustände der Festplatte. Entfernen Sie zuerst diese, oder entfernen Sie die Festplatte',
  ACTION_TYPE_FAILED_DISK_NOT_EXIST: 'Die Festplatte gibt es nicht mehr',
  ACTION_TYPE_FAILED_DISKS_NOT_EXIST: 'Diese Festplatten liegen nicht auf der Speicherdomäne: $diskAliases',
  ACTION_TYPE_FAILED_DISK_ALREADY_ATTACHED: 'Die Festplatte hängt bereits an der VM',
  ACTION_TYPE_FAILED_NOT_SHAREABLE_DISK_ALREADY_ATTACHED:
    'Die Festplatte hängt an einer anderen VM; mehrere können sie nur haben, wenn sie gemeinsam nutzbar ist (shareable)',
  ACTION_TYPE_FAILED_DISKS_NOT_ATTACHED_TO_VM: 'Die VM hat keine Festplatte mit dieser ID: $diskIds',
  ACTION_TYPE_FAILED_DISKS_ARE_NOT_ACTIVE: 'Diese Festplatten sind nicht aktiv: $diskAliases. Aktivieren Sie sie zuerst',
  ACTION_TYPE_FAILED_DISK_ALREADY_EXISTS: 'Eine Festplatte mit dieser ID gibt es bereits',
  ACTION_TYPE_FAILED_DISK_BOOT_IN_USE: 'bootable: eine andere Festplatte der VM ist bereits ihre Startfestplatte',
  ACTION_TYPE_FAILED_DISK_CONFIGURATION_NOT_SUPPORTED:
    'sparse: auf Blockspeicher ist eine Festplatte vom Format raw vorab belegt. Wählen Sie das Format cow oder sparse false',
  ACTION_TYPE_FAILED_DISK_IS_BEING_TRANSFERRED:
    'Die Festplatte wird bereits übertragen. Schließen Sie diese Übertragung zuerst ab oder brechen Sie sie ab',
  ACTION_TYPE_FAILED_SHAREABLE_DISK_NOT_SUPPORTED:
    'Andere VMs können auf diese Festplatten schreiben: $diskAliases. Nur eine ausgeschaltete VM kann mit ihnen exportiert werden',
  ACTION_TYPE_FAILED_SOURCE_AND_TARGET_SAME: 'storage_domain: die Festplatte liegt bereits auf dieser Speicherdomäne',
  CANNOT_MOVE_DISK_TEMPLATE: 'Die Festplatte einer Vorlage bleibt, wo daraus erstellte VMs sie suchen. Kopieren Sie sie stattdessen',
  DISK_IS_ALREADY_SHARED_BETWEEN_VMS: 'shareable: mehrere VMs haben die Festplatte. Trennen Sie sie zuerst von allen bis auf eine',
  HOT_PLUG_DISK_IS_NOT_VIRTIO:
    'interface: eine Festplatte an IDE oder SATA wird nicht bei laufender VM ein- oder ausgesteckt. Fahren Sie sie zuerst herunter, oder benutzen Sie virtio_scsi oder virtio',
  ACTION_TYPE_FAILED_STORAGE_POOL_NOT_MATCH: 'storage_domain: die Speicherdomäne gehört zu einem anderen Rechenzentrum als die Festplatte',
  ACTION_TYPE_FAILED_UNSUPPORTED_DISK_STORAGE_TYPE:
    'Das ist mit dem Speicher der Festplatte nicht möglich: manche Aktionen gelten für Abbilder, andere für LUNs',
  ERROR_CANNOT_REMOVE_ISO_DISK_ATTACHED_TO_VMS: 'Das ISO-Abbild liegt im CD-Laufwerk der VM $VmNames. Werfen Sie es dort zuerst aus',
  ACTION_TYPE_FAILED_VM_BACKUP_NOT_EXIST: 'Eine Sicherung mit dieser ID gibt es nicht: $vmBackupId',
  ACTION_TYPE_FAILED_VM_BACKUP_NOT_READY: 'Die Sicherung ist nicht in der Phase ready: sie beginnt, endet oder ist beendet',
  SHAREABLE_DISK_IS_NOT_SUPPORTED_FOR_DISK:
    'shareable: die Festplatte hat Snapshots, die eine Festplatte mehrerer VMs nicht haben kann. Entfernen Sie sie zuerst',
  SHAREABLE_DISK_IS_NOT_SUPPORTED_BY_VOLUME_FORMAT: 'shareable: nur eine Festplatte vom Format raw kann von mehreren VMs genutzt werden',
  SCSI_GENERIC_IO_IS_NOT_SUPPORTED_FOR_IMAGE_DISK: 'sgio: nur eine LUN reicht SCSI-Befehle durch',
  SCSI_PASSTHROUGH_IS_NOT_SUPPORTED_FOR_READ_ONLY_DISK:
    'read_only: eine LUN, die SCSI-Befehle durchreicht (sgio), kann nicht schreibgeschützt sein',
  ACTION_TYPE_FAILED_SGIO_IS_FILTERED:
    'uses_scsi_reservation: Reservierungen brauchen eine LUN, deren SCSI-Befehle nicht gefiltert werden (sgio unfiltered)',
  ACTION_TYPE_FAILED_DISK_SPARSIFY_NOT_SUPPORTED_FOR_PREALLOCATED: 'Die Festplatte ist vorab belegt, sodass es nichts zurückzugeben gibt',
  ACTION_TYPE_FAILED_DISK_SPARSIFY_NOT_SUPPORTED_FOR_COW: 'Nur eine Festplatte vom Format raw wird ausgedünnt. Wandeln Sie sie zuerst um',
  ACTION_TYPE_FAILED_CONVERT_DISK_NO_FORMAT_CHANGE: 'disk.format: die Festplatte hat dieses Format und diese Belegung bereits',
  ACTION_TYPE_FAILED_CONVERT_DISK_NO_ALLOCATION_CHANGE: 'disk.sparse: die Festplatte hat diese Belegung bereits',
  ACTION_TYPE_FAILED_REDUCE_IMAGE_NOT_SUPPORTED_FOR_FILE_DOMAINS:
    'Nur auf Blockspeicher hat ein Abbild mehr Platz, als es braucht. Dünnen Sie die Festplatte auf Dateispeicher aus',
  ACTION_TYPE_FAILED_DISK_SNAPSHOTS_ACTIVE: 'Das Volume ist das, auf das die VM schreibt. Entfernen Sie stattdessen die Festplatte',
  CANNOT_START_BACKUP_VM_SHOULD_BE_IN_UP_OR_DOWN_STATUS:
    'Die VM muss laufen oder ausgeschaltet sein; für eine ausgeschaltete muss ein Host ihres Rechenzentrums aktiv sein',
  ACTION_TYPE_FAILED_INCREMENTAL_BACKUP_DISABLED_FOR_DISKS:
    'from_checkpoint_id: für diese Festplatten ist inkrementelle Sicherung nicht eingeschaltet: $diskAliases. Schalten Sie sie ein und sichern Sie zuerst vollständig',
  ACTION_TYPE_FAILED_INCREMENTAL_BACKUP_NOT_SUPPORTED_FOR_RAW_DISK:
    'from_checkpoint_id: Festplatten vom Format raw werden nur vollständig gesichert: $diskAliases',
  ACTION_TYPE_FAILED_VM_BACKUP_ID_ALREADY_EXIST: 'Eine Sicherung oder ein Prüfpunkt mit dieser ID gibt es bereits',
  ACTION_TYPE_FAILED_VM_BACKUP_DESCRIPTION_IS_TOO_LONG: 'description: darf höchstens 1024 Zeichen haben',
  ACTION_TYPE_FAILED_VM_BACKUP_LOCKED: 'Die Sicherung wird gerade beendet: $action (Auftrag $job)',
  ACTION_TYPE_FAILED_ACTIVE_IMAGE_TRANSFER_FOR_VM_BACKUP:
    'Eine Festplatte der Sicherung wird gerade übertragen. Schließen Sie die Übertragung zuerst ab oder brechen Sie sie ab',
  ACTION_TYPE_FAILED_CHECKPOINT_NOT_EXIST:
    'Die VM hat keinen Prüfpunkt mit dieser ID: $checkpointId. Sichern Sie sie stattdessen vollständig',
  ACTION_TYPE_FAILED_CHECKPOINT_INVALID:
    'Es ist nicht mehr festzustellen, was sich seit dem Prüfpunkt $checkpointId geändert hat. Sichern Sie die VM stattdessen vollständig',
  CANNOT_DELETE_CHECKPOINT_VM_SHOULD_BE_IN_UP_STATUS:
    'Die VM muss laufen oder ausgeschaltet sein und darf währenddessen nicht starten, enden oder umziehen',
  ACTION_TYPE_FAILED_VM_IS_DURING_A_BACKUP_CHECKPOINT_REMOVAL:
    'Die VM wird gerade gesichert, wozu ihre Prüfpunkte nötig sind. Schließen Sie die Sicherung zuerst ab',
  ACTION_TYPE_FAILED_CANNOT_RESUME_IMAGE_TRANSFER: 'Die Übertragung ist in der Phase "$phase", in der das nicht möglich ist',
  ACTION_TYPE_FAILED_FORMAT_NOT_APPLICABLE_FOR_BACKUP: 'format: die Festplatten einer Sicherung werden im Format raw übertragen',
};
