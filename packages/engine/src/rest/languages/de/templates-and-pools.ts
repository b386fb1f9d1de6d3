import type { templatesAndPools as english } from '../en/templates-and-pools.ts';

export const templatesAndPools: Readonly<Record<keyof typeof english, string>> = {
  VM_TEMPLATE_IMAGE_IS_LOCKED: 'Die Vorlage ist gesperrt. Versuchen Sie es in einigen Minuten erneut',
  VMT_CANNOT_REMOVE_DETECTED_DERIVED_VM: 'Diese abgeleiteten virtuellen Maschinen hängen davon ab: $vmsList. Entfernen Sie sie zuerst',
  TEMPLATE_IMAGE_NOT_EXIST: 'Das Abbild der Vorlagenfestplatte "$diskName" gibt es auf seiner Speicherdomäne nicht',
  ACTION_TYPE_FAILED_NO_AVAILABLE_POOL_VMS: 'Der Pool hat keine freie VM',
  ACTION_TYPE_FAILED_VM_POOL_IS_BEING_CREATED:
    'VMs des Pools werden gerade angelegt: $action (Auftrag $job). Versuchen Sie es später erneut',
  ACTION_TYPE_FAILED_VM_POOL_IS_BEING_REMOVED: 'Der Pool wird gerade mit seinen VMs entfernt',
  ACTION_TYPE_FAILED_VM_POOL_IS_BEING_UPDATED: 'Der Pool wird gerade geändert: $action (Auftrag $job). Versuchen Sie es später erneut',
  ACTION_TYPE_FAILED_INVALID_POOL_NAME: 'name: Fragezeichen, die für die Nummern der VMs stehen, müssen aufeinanderfolgen',
  ACTION_TYPE_FAILED_PRESTARTED_VMS_CANNOT_EXCEED_VMS_COUNT: 'prestarted_vms: ein Pool kann nicht mehr VMs im Voraus starten, als er hat',
  VM_POOL_CANNOT_ATTACH_TO_MORE_VMS_FROM_POOL:
    'Sie haben so viele VMs dieses Pools, wie ein Benutzer haben darf (max_user_vms). Geben Sie zuerst eine zurück',
  VM_POOL_CANNOT_REMOVE_RUNNING_VM_FROM_POOL: 'Nur eine ausgeschaltete VM verlässt ihren Pool. Fahren Sie sie zuerst herunter',
  VM_POOL_CANNOT_DETACH_VM_NOT_ATTACHED_TO_POOL: 'Die VM gehört zu keinem Pool',
  VM_POOL_CANNOT_CREATE_WITH_NO_VMS: 'size: ein Pool braucht mindestens eine VM',
  VM_POOL_CANNOT_DECREASE_VMS_FROM_POOL: 'size: ein Pool wird nicht verkleinert. Trennen Sie stattdessen VMs von ihm',
  VM_POOL_CANNOT_CREATE_FROM_BLANK_TEMPLATE: 'template: aus der Vorlage Blank entstehen keine Pools. Wählen Sie eine andere',
  VM_POOL_CANNOT_CHANGE_POOL_TYPE: 'type: kann nicht geändert werden, wenn der Pool angelegt ist',
  VM_POOL_CANNOT_CHANGE_POOL_STATEFUL_OPTION: 'stateful: kann nicht geändert werden, wenn der Pool angelegt ist',
  ACTION_TYPE_FAILED_TEMPLATE_DOES_NOT_EXIST: 'version.base_template: eine Vorlage mit dieser ID gibt es nicht',
  VMT_CANNOT_REMOVE_BLANK_TEMPLATE: 'Die Vorlage Blank kann nicht entfernt werden',
  VMT_CANNOT_EXPORT_BLANK_TEMPLATE: 'Die Vorlage Blank kann nicht exportiert werden',
  VMT_CANNOT_UPDATE_ILLEGAL_FIELD: 'name: die Vorlage Blank behält ihren Namen',
  VM_TEMPLATE_CANNOT_SEAL_WINDOWS:
    'seal: die Festplatten eines Windows-Gasts können nicht versiegelt werden. Führen Sie stattdessen sysprep im Gast aus',
  VMT_CANNOT_IMPORT_TEMPLATE_EXISTS: 'Etwas mit dieser ID gibt es bereits',
  VM_POOL_CANNOT_CHANGE_AUTO_STORAGE_SELECT: 'auto_storage_select: kann nicht geändert werden, wenn der Pool angelegt ist',
  VM_POOL_CANNOT_CHANGE_TEMPLATE_WHEN_DELETE_PROTECTED:
    'template: VMs des Pools haben Löschschutz und würden neu angelegt. Schalten Sie ihn zuerst aus',
  VALIDATION_VM_POOLS_SPICE_PROXY_HOSTNAME_OR_IP:
    'display.proxy: muss der Name oder die IP-Adresse eines Rechners sein, gegebenenfalls mit Port',
  VALIDATION_VM_POOLS_NUMBER_OF_MAX_ASSIGNED_VMS_OUT_OF_RANGE: 'max_user_vms: muss zwischen 1 und 32767 liegen',
};
