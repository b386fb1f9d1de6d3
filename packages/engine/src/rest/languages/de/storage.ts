import type { storage as english } from '../en/storage.ts';

export const storage: Readonly<Record<keyof typeof english, string>> = {
  ACTION_TYPE_FAILED_VM_DISKS_ON_BACKUP_STORAGE: 'Eine Speicherdomäne für Sicherungen führt keine VMs aus',
  ACTION_TYPE_FAILED_RUNNING_VM_OR_VM_LEASES_PRESENT_ON_STORAGE_DOMAIN:
    'backup: VMs laufen mit Festplatten oder Leases dieser Speicherdomäne',
  ACTION_TYPE_FAILED_ACTION_IS_SUPPORTED_ONLY_FOR_DATA_DOMAINS: 'Nur eine Datendomäne, die nicht für Sicherungen ist, wird zum Master',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_BELONGS_TO_SEVERAL_DISKS: 'Hinter der Verbindung liegen Festplatten, die LUNs sind: $diskNames',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_UNSUPPORTED_ACTION_FOR_RUNNING_VMS: 'VMs laufen mit LUNs hinter der Verbindung: $vmNames',
  ACTION_TYPE_FAILED_DISK_SPACE_LOW_ON_STORAGE_DOMAIN: 'Zu wenig Platz auf der Speicherdomäne $storageName',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_STATUS_ILLEGAL2: 'Die Speicherdomäne ist im Status "$status", in dem das nicht möglich ist',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_NOT_EXIST:
    'Die Speicherdomäne ist nicht da: nicht auf dem Speicher, oder nicht im genannten Rechenzentrum',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_ALREADY_EXIST: 'Die Engine hat diese Speicherdomäne bereits',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_ALREADY_MASTER: 'Die Speicherdomäne ist bereits der Master',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_NOT_IN_STORAGE_POOL:
    'storage_domain: die Speicherdomäne ist nicht an das Rechenzentrum des Clusters angehängt',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_TYPE_ILLEGAL: 'Mit einer Speicherdomäne dieser Art ist das nicht möglich',
  ACTION_TYPE_FAILED_MASTER_STORAGE_DOMAIN_NOT_ACTIVE: 'Die jetzige Master-Speicherdomäne ist nicht aktiv. Aktivieren Sie sie zuerst',
  ACTION_TYPE_FAILED_UNSUPPORTED_ACTION_DOMAIN_MUST_BE_IN_MAINTENANCE_OR_UNATTACHED:
    'Speicherdomänen hinter der Verbindung müssen in Wartung oder nicht angehängt sein: $domainNames. Oder setzen Sie force',
  ACTION_TYPE_FAILED_DETECTED_ACTIVE_VMS: 'VMs laufen mit Festplatten oder ISO-Abbildern der Speicherdomäne. Beenden Sie sie zuerst',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_ALREADY_EXISTS:
    'Eine Verbindung zu diesem Speicher gibt es bereits. Benutzen oder ändern Sie diese',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_NOT_EXIST: 'Eine Speicherverbindung mit dieser ID gibt es nicht',
  ERROR_CANNOT_DESTROY_LAST_STORAGE_DOMAIN:
    'Die letzte Speicherdomäne eines Rechenzentrums geht mit dem Rechenzentrum. Entfernen Sie stattdessen dieses mit force',
  ERROR_CANNOT_DEACTIVATE_DOMAIN_WITH_RUNNING_VMS_WITH_LEASES: 'VMs laufen mit Leases auf der Speicherdomäne. Beenden Sie sie zuerst',
  ERROR_CANNOT_DEACTIVATE_STORAGE_DOMAIN_WITH_ISO_ATTACHED:
    'ISO-Abbilder der Speicherdomäne liegen in CD-Laufwerken laufender VMs. Werfen Sie sie zuerst aus',
  CANNOT_REMOVE_STORAGE_DOMAIN_HOST_NOT_UP: 'host: zum Entfernen der Speicherdomäne ist ein aktiver Host nötig',
  CANNOT_FORCE_SELECT_SPM_VDS_NOT_UP: 'Der Host ist nicht aktiv und kann nicht SPM werden',
  CANNOT_FORCE_SELECT_SPM_VDS_ALREADY_SPM: 'Der Host ist bereits SPM',
  CANNOT_FORCE_SELECT_SPM_VDS_MARKED_AS_NEVER_SPM: 'Der Host soll nie SPM werden (spm.priority -1)',
  ACTION_TYPE_FAILED_UNSUPPORTED_OVF: 'Die Beschreibung (OVF) auf der Speicherdomäne ist nicht zu verstehen',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_BELONGS_TO_SEVERAL_STORAGE_DOMAINS:
    'Hinter der Verbindung liegen Speicherdomänen: $domainNames. Entfernen Sie sie zuerst',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_UNSUPPORTED_CHANGE_STORAGE_TYPE:
    'type: kann nicht geändert werden. Fügen Sie stattdessen eine andere Verbindung hinzu',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_FOR_DOMAIN_ALREADY_EXISTS: 'storage.id: hinter dieser Verbindung liegt bereits eine Speicherdomäne',
  VALIDATION_STORAGE_CONNECTION_INVALID_PORT: 'port: muss zwischen 1 und 65535 liegen',
  VALIDATION_STORAGE_CONNECTION_NFS_RETRANS: 'nfs_retrans: muss zwischen 0 und 32767 liegen',
  VALIDATION_STORAGE_CONNECTION_NFS_TIMEO: 'nfs_timeo: muss zwischen 1 und 6000 Zehntelsekunden liegen',
  VALIDATION_STORAGE_CONNECTION_MOUNT_OPTIONS_CONTAINS_MANAGED_PROPERTY:
    'mount_options: enthält eine Option, die ein eigenes Attribut hat, etwa nfs_version, nfs_timeo, nfs_retrans oder vfs_type',
  ACTION_TYPE_FAILED_ACTION_IS_SUPPORTED_ONLY_FOR_ISCSI_DOMAINS:
    'Die Verbindung einer Speicherdomäne bleibt bei ihr; nur LUNs von iSCSI sind über mehrere erreichbar',
  ACTION_TYPE_FAILED_DISCARD_AFTER_DELETE_NOT_SUPPORTED_BY_UNDERLYING_STORAGE:
    'discard_after_delete: dieser Speicher gibt den Platz entfernter Festplatten nicht von selbst zurück',
  CANNOT_FORCE_SELECT_SPM_VDS_NOT_IN_POOL: 'Der Cluster des Hosts gehört zu keinem Rechenzentrum',
  CANNOT_FORCE_SELECT_SPM_STORAGE_POOL_HAS_RUNNING_TASKS:
    'Der jetzige SPM arbeitet noch am Speicher des Rechenzentrums. Versuchen Sie es erneut, wenn seine Aufgaben beendet sind',
  ACTION_TYPE_FAILED_LUNS_NOT_PART_OF_STORAGE_DOMAIN: 'Diese LUNs gehören nicht zur Speicherdomäne: $lunIds',
  ACTION_TYPE_FAILED_LUNS_ALREADY_PART_OF_STORAGE_DOMAINS: 'Diese LUNs gehören bereits zu Speicherdomänen: $lunIds',
  ACTION_TYPE_FAILED_LUNS_ALREADY_USED_BY_DISKS: 'Diese LUNs sind bereits Festplatten: $lunIds',
  ACTION_TYPE_FAILED_CANNOT_REMOVE_ALL_LUNS:
    'Eine Speicherdomäne braucht mindestens eine LUN. Entfernen Sie stattdessen die Speicherdomäne',
  ACTION_TYPE_FAILED_DOMAIN_OVF_ON_UPDATE: 'Die OVF-Ablagen der Speicherdomäne werden gerade aktualisiert: $action (Auftrag $job)',
  ACTION_TYPE_FAILED_IMPORT_UNREGISTERED_NOT_COLLAPSED:
    'clone: was auf einer Speicherdomäne liegt, wird registriert, wie es ist. Registrieren Sie es und klonen Sie es dann',
  ACTION_TYPE_FAILED_ISCSI_BOND_NETWORK_CANNOT_BE_REQUIRED:
    'networks: ein Netzwerk eines iSCSI-Bonds darf in keinem Cluster erforderlich sein, sonst nähme ein ausgefallener Pfad Hosts außer Betrieb',
  ACTION_TYPE_FAILED_STORAGE_CONNECTIONS_CANNOT_BE_ADDED_TO_ISCSI_BOND:
    'storage_connections: ein iSCSI-Bond hat nur Verbindungen von iSCSI',
  ISCSI_BOND_WITH_SAME_NAME_EXIST_IN_DATA_CENTER: 'name: das Rechenzentrum hat bereits einen iSCSI-Bond dieses Namens',
  VALIDATION_ISCSI_BOND_NAME_INVALID_CHARACTER: 'name: muss 1 bis 50 Buchstaben, Ziffern und die Zeichen _ . - haben',
};
