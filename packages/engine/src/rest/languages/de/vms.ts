import type { vms as english } from '../en/vms.ts';

export const vms: Readonly<Record<keyof typeof english, string>> = {
  ACTION_TYPE_FAILED_VM_IS_RUNNING: 'Die VM läuft',
  ACTION_TYPE_FAILED_MIGRATION_OF_NON_MIGRATABLE_PASSTHROUGH_VNICS_IS_NOT_SUPPORTED:
    'Netzwerkschnittstellen, die virtuelle Funktionen des Hosts sind, binden die VM an ihn, da ihre vNIC-Profile nicht migrierbar sind: $interfaces',
  ACTION_TYPE_FAILED_INVALID_CUSTOM_PROPERTIES_INVALID_KEYS:
    'Die benutzerdefinierte Eigenschaft "$property" gibt es auf dieser Kompatibilitätsstufe nicht',
  ACTION_TYPE_FAILED_INVALID_CUSTOM_PROPERTIES_INVALID_VALUES:
    'Die benutzerdefinierte Eigenschaft "$property" kann diesen Wert nicht haben',
  ACTION_TYPE_FAILED_INVALID_CUSTOM_PROPERTIES_DUPLICATE_KEYS: 'Die benutzerdefinierte Eigenschaft "$property" ist zweimal angegeben',
  ACTION_TYPE_FAILED_INVALID_TIMEZONE: 'time_zone.name: eine Zeitzone dieses Namens gibt es nicht',
  ACTION_TYPE_FAILED_INVALID_SERIAL_NUMBER: 'serial_number.value: die Richtlinie "custom" braucht eine Seriennummer',
  ACTION_TYPE_FAILED_ILLEGAL_NUM_OF_MONITORS: 'display.monitors: eine VM hat 1, 2 oder 4 Bildschirme, mit VNC allein 1',
  MOVE_VM_CLUSTER_MISSING_NETWORK: 'cluster: dem Cluster fehlen diese Netzwerke der VM: $networks',
  VM_CANNOT_MOVE_TO_CLUSTER_IN_OTHER_STORAGE_POOL: 'cluster: der Cluster gehört zu einem anderen Rechenzentrum als die VM',
  VM_OR_TEMPLATE_ILLEGAL_PRIORITY_VALUE: 'high_availability.priority: muss zwischen 0 und 100 liegen',
  TPM_DEVICE_REQUESTED_ON_NOT_SUPPORTED_PLATFORM:
    'tpm_enabled: ein TPM braucht UEFI, also einen der BIOS-Typen q35_ovmf und q35_secure_boot',
  ACTION_TYPE_FAILED_VM_IS_NOT_RUNNING: 'Die VM läuft nicht',
  ACTION_TYPE_FAILED_VM_IS_LOCKED: 'Die VM ist gesperrt. Versuchen Sie es in einigen Minuten erneut',
  ACTION_TYPE_FAILED_VM_STATUS_ILLEGAL: 'Die VM ist im Status "$vmStatus", in dem das nicht möglich ist',
  ACTION_TYPE_FAILED_VDS_STATUS_ILLEGAL: 'Der Host ist im Status "$hostStatus", in dem das nicht möglich ist',
  ACTION_TYPE_FAILED_VM_IS_NOT_UP: 'Die VM ist im Status "$vmStatus"; sie muss laufen',
  ACTION_TYPE_FAILED_VM_IS_SAVING_RESTORING: 'Die VM sichert ihren Speicher oder stellt ihn wieder her. Warten Sie, bis das beendet ist',
  VM_CANNOT_REMOVE_VM_WHEN_STATUS_IS_NOT_DOWN: 'Die VM ist im Status "$vmStatus"; sie muss ausgeschaltet sein. Beenden Sie sie zuerst',
  ACTION_TYPE_FAILED_VM_IS_NOT_DOWN: 'Die VM $vmName muss ausgeschaltet sein. Fahren Sie sie zuerst herunter',
  ACTION_TYPE_FAILED_VM_NOT_FOUND: 'Die VM gibt es nicht mehr',
  ACTION_TYPE_FAILED_VM_IN_PREVIEW: 'Die VM zeigt einen Snapshot als Vorschau. Übernehmen Sie ihn zuerst oder machen Sie ihn rückgängig',
  ACTION_TYPE_FAILED_VM_IS_DURING_SNAPSHOT:
    'Der Snapshot ist gesperrt: er wird gerade erstellt, entfernt oder wiederhergestellt. Versuchen Sie es danach erneut',
  ACTION_TYPE_FAILED_VM_IS_DURING_BACKUP: 'Die VM wird gerade gesichert. Schließen Sie die Sicherung zuerst ab',
  ACTION_TYPE_FAILED_VM_ATTACHED_TO_POOL: 'Die VM gehört zu einem Pool. Trennen Sie sie zuerst vom Pool',
  ACTION_TYPE_FAILED_VM_RUNNING_STATELESS:
    'Die VM läuft zustandslos: was sie schreibt, wird beim Beenden verworfen. Beenden Sie sie zuerst',
  ACTION_TYPE_FAILED_VM_IS_PINNED_TO_HOST: 'Die VM ist an ihren Host gebunden (placement_policy.affinity pinned)',
  ACTION_TYPE_FAILED_VM_NOT_PINNED_TO_AT_LEAST_ONE_HOST:
    'Die VM ist an keinen Host gebunden. Nennen Sie zuerst einen in placement_policy.hosts',
  ACTION_TYPE_FAILED_VM_IS_NON_MIGRTABLE_AND_IS_NOT_FORCED_BY_USER_TO_MIGRATE:
    'Die VM wird nur auf ausdrücklichen Wunsch migriert (placement_policy.affinity user_migratable). Setzen Sie force',
  ACTION_TYPE_FAILED_VM_HAS_ATTACHED_PCI_HOST_DEVICES:
    'Die VM hat Geräte ihres Hosts und kann ihn nicht verlassen. Trennen Sie sie zuerst ab',
  ACTION_TYPE_FAILED_VM_USES_SCSI_RESERVATION:
    'Eine Festplatte der VM kann SCSI-Reservierungen halten (uses_scsi_reservation), die beim Host blieben',
  ACTION_TYPE_FAILED_MIGRATION_IN_PROGRESS: 'Die VM wird bereits migriert',
  ACTION_TYPE_FAILED_MIGRATION_TO_SAME_HOST: 'host: die VM läuft bereits auf diesem Host',
  ACTION_TYPE_FAILED_MIGRATE_BETWEEN_TWO_CLUSTERS: 'Eine laufende VM bleibt in ihrem Cluster. Wählen Sie einen Host desselben Clusters',
  VM_CANNOT_CANCEL_MIGRATION_WHEN_VM_IS_NOT_MIGRATING: 'Die VM wird nicht migriert',
  VM_STATUS_NOT_VALID_FOR_UPDATE: 'cluster: nur eine ausgeschaltete VM wechselt in einen anderen Cluster. Fahren Sie sie zuerst herunter',
  VM_CANNOT_RUN_STATELESS_HA: 'Eine hochverfügbare VM kann nicht zustandslos laufen',
  VM_CANNOT_RUN_STATELESS_WHILE_IN_PREVIEW:
    'Eine VM, die einen Snapshot als Vorschau zeigt, kann nicht zustandslos laufen. Übernehmen Sie ihn zuerst oder machen Sie ihn rückgängig',
  VM_CANNOT_SUSPEND_STATELESS_VM: 'Eine zustandslose VM kann nicht angehalten werden',
  VM_CANNOT_SUSPEND_VM_FROM_POOL: 'Eine VM aus einem Pool kann nicht angehalten werden',
  ACTION_TYPE_FAILED_NO_SUITABLE_DOMAIN_FOUND: 'Keine aktive Speicherdomäne des Rechenzentrums hat Platz für den Arbeitsspeicher der VM',
  ERROR_CANNOT_FIND_ISO_IMAGE_PATH: 'Das Rechenzentrum der VM hat kein ISO-Abbild mit dieser ID',
  ERROR_ISO_IMAGE_STATUS_ILLEGAL: 'Das ISO-Abbild ist im Status "$status"; es muss ok sein',
  USER_CANNOT_FORCE_RECONNECT_TO_VM: 'Ein anderer Benutzer ist mit der Konsole verbunden, und Sie dürfen ihn nicht trennen',
  ACTION_TYPE_FAILED_NO_MORE_MEMORY_SLOTS:
    'memory: eine laufende VM hat höchstens $maxMemSlots Speichersteckplätze, und davon sind nicht genug frei',
  WATCHDOG_ALREADY_EXISTS: 'Die VM oder Vorlage hat bereits einen Watchdog',
  ACTION_TYPE_FAILED_CANNOT_SCREENSHOT_HEADLESS_VM: 'Die VM hat keine Anzeige, die zu sehen wäre',
  VM_CANNOT_IMPORT_VM_EXISTS: 'Etwas mit dieser ID gibt es bereits',
  VM_CANNOT_IMPORT_VM_NAME_EXISTS: 'Das Rechenzentrum hat bereits eine VM dieses Namens. Wählen Sie einen anderen',
  ACTION_TYPE_FAILED_HOST_DEVICE_NOT_FOUND: 'Nicht alle Hosts, an die die VM gebunden ist, haben das Gerät $deviceName',
  ACTION_TYPE_FAILED_HOST_DEVICE_ALREADY_IN_USE: 'Die VM $vmName hat das Gerät $deviceName bereits',
  ACTION_TYPE_FAILED_VM_CLUSTER_DIFFERENT_ARCHITECTURES: 'cluster: die CPUs dieses Clusters haben eine andere Architektur',
  ACTION_TYPE_FAILED_LEASE_DOMAIN_ID_IS_NOT_VALID:
    'lease.storage_domain: muss eine Datendomäne im Rechenzentrum der VM sein, mit Speicherformat ab V4',
  ACTION_TYPE_FAILED_INVALID_VM_LEASE_STORAGE_DOMAIN_STATUS:
    'lease.storage_domain: $storageDomainName ist im Status "$status"; sie muss aktiv sein',
  ACTION_TYPE_FAILED_VM_LEASES_ARE_NOT_SUPPORTED_WITH_HA_OFF:
    'lease: ein Lease ist für eine hochverfügbare VM. Setzen Sie high_availability.enabled, oder verzichten Sie auf das Lease',
  ACTION_TYPE_FAILED_EMULATED_MACHINE_MAY_NOT_CONTAIN_SPECIAL_CHARS:
    'custom_emulated_machine: darf nur Buchstaben, Ziffern und die Zeichen _ . + , - haben',
  ACTION_TYPE_FAILED_MEMORY_HOT_SET_NOT_SUPPORTED_FOR_HUGE_PAGES: 'Die VM hat Huge Pages, deren Zahl feststeht, während sie läuft',
  ACTION_TYPE_FAILED_ONLY_ONE_DEVICE_WITH_THIS_GRAPHICS_ALLOWED: 'protocol: die VM hat bereits eine Anzeige mit diesem Protokoll',
  ACTION_TYPE_FAILED_ILLEGAL_WATCHDOG_MODEL_IS_NOT_SUPPORTED_BY_OS: 'model: ein Watchdog kann nur das Modell i6300esb haben',
  ACTION_TYPE_MDEV_INVALID_PARAMS: 'spec_params: die Eigenschaft mdevType ist nötig, die den Typ des Geräts nennt',
  ACTION_TYPE_FAILED_HOST_DEVICE_NOT_AVAILABLE:
    'Das Gerät $deviceName kann keiner VM gegeben werden: sein Host braucht es oder hat keine IOMMU',
  VM_ICON_DATAURL_MALFORMED: 'data: muss ein Bild in Base64 sein',
  DATA_SIZE_OF_PROVIDED_VM_ICON_TOO_LARGE: 'data: ein Symbol hat höchstens 24 KiB',
  PROVIDED_VM_ICON_OF_UNKNOWN_TYPE: 'data: ein Symbol ist ein Bild in PNG, JPEG oder GIF',
  VM_ICON_MIME_TYPE_DOESNT_MATCH_IMAGE_DATA: 'media_type: das Bild ist von einem anderen Typ',
  PROVIDED_VM_ICON_HAS_INVALID_DIMENSIONS: 'data: ein Symbol ist höchstens 150 Pixel breit und 120 hoch',
  ICON_OF_PROVIDED_ID_DOES_NOT_EXIST: 'Ein Symbol mit dieser ID gibt es nicht',
  VM_CANNOT_IMPORT_TEMPLATE_NAME_EXISTS: 'Das Rechenzentrum hat bereits eine Vorlage dieses Namens. Wählen Sie einen anderen',
  ACTION_TYPE_FAILED_PROXY_HOST_MUST_BE_SPECIFIED: 'host: nennen Sie den Host, auf dem das Archiv liegt',
  ACTION_TYPE_FAILED_USERNAME_MUST_BE_SPECIFIED: 'username: der Name eines Benutzers des anderen Systems ist nötig',
  ACTION_TYPE_FAILED_PASSWORD_MUST_BE_SPECIFIED: 'password: das Passwort des Benutzers des anderen Systems ist nötig',
  ACTION_TYPE_FAILED_NO_HOST_CAN_BE_PROXY_FOR_IMPORT_VM: 'Kein Host des Rechenzentrums ist aktiv, der importieren könnte',
  ACTION_TYPE_FAILED_VDS_NOT_IN_DEST_STORAGE_POOL: 'host: der Host gehört zu einem anderen Rechenzentrum',
  ACTION_TYPE_FAILED_TEMPLATE_NOT_FOUND_ON_DESTINATION_DOMAIN:
    'Eine Festplatte, die auf der ihrer Vorlage aufbaut, liegt auf derselben Speicherdomäne. Klonen Sie die VM, oder lassen Sie die Speicherdomäne weg',
  ACTION_TYPE_FAILED_SPECIFY_DOMAIN_IS_NOT_EXPORT_DOMAIN:
    'storage_domain: die Speicherdomäne ist nicht für Exporte. Exportieren Sie stattdessen in ein Archiv auf einem Host',
};
