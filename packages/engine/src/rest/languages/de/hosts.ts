import type { hosts as english } from '../en/hosts.ts';

export const hosts: Readonly<Record<keyof typeof english, string>> = {
  VDS_CANNOT_MAINTENANCE_IT_INCLUDES_NON_MIGRATABLE_VM:
    'Diese virtuellen Maschinen können wegen ihrer Platzierungsrichtlinie, Geräten des Hosts oder reservierter Festplatten nicht auf einen anderen Host verschoben werden: $VmsList. Beenden Sie sie zuerst',
  CANNOT_MAINTENANCE_VDS_RUN_VMS_NO_OTHER_RUNNING_VDS:
    'Auf dem Host laufen virtuelle Maschinen, und kein anderer Host seines Clusters ist aktiv',
  ACTION_TYPE_FAILED_NO_VDS_IN_POOL: 'Das Rechenzentrum hat keinen aktiven Host',
  VDS_CANNOT_REMOVE_VDS_STATUS_ILLEGAL: 'Der Host ist im Status "$hostStatus". Versetzen Sie ihn zuerst in Wartung',
  VDS_CANNOT_MAINTENANCE_VDS_IS_NOT_OPERATIONAL: 'Der Host ist im Status "$hostStatus", aus dem er nicht in Wartung gehen kann',
  VDS_CANNOT_MAINTENANCE_VDS_IS_IN_MAINTENANCE: 'Der Host ist bereits in Wartung oder auf dem Weg dorthin',
  VDS_APPROVE_VDS_IN_WRONG_STATUS: 'Der Host ist im Status "$hostStatus"; nur einer, der auf Genehmigung wartet, kann genehmigt werden',
  VDS_STATUS_NOT_VALID_FOR_UPDATE: 'Der Host ist im Status "$hostStatus", in dem er nicht geändert werden kann',
  VDS_STATUS_NOT_VALID_FOR_START: 'Der Host ist im Status "$hostStatus", in dem er nicht eingeschaltet werden kann',
  VDS_STATUS_NOT_VALID_FOR_STOP:
    'Der Host ist im Status "$hostStatus", in dem er nicht ausgeschaltet werden kann. Versetzen Sie ihn zuerst in Wartung',
  VDS_FENCE_DISABLED: 'Die Energieverwaltung des Hosts ist nicht eingeschaltet, oder er hat keinen Fence-Agenten',
  VDS_FENCE_DISABLED_AT_QUIET_TIME:
    'Dasselbe wurde mit dem Strom des Hosts in den letzten $seconds Sekunden getan. Versuchen Sie es später erneut',
  VDS_NO_VDS_PROXY_FOUND:
    'Kein anderer Host erreicht die Verwaltungskarte des Hosts: in seinem Cluster oder Rechenzentrum muss einer aktiv sein',
  POWER_MANAGEMENT_ACTION_ON_ENTITY_ALREADY_IN_PROGRESS: 'Der Strom des Hosts wird bereits geschaltet: $action (Auftrag $job)',
  CANNOT_UPGRADE_HOST_STATUS_ILLEGAL: 'Der Host ist im Status "$hostStatus", in dem er nicht aktualisiert werden kann',
  CANNOT_CHECK_FOR_HOST_UPGRADE_STATUS_ILLEGAL:
    'Der Host ist im Status "$hostStatus", in dem er nicht nach seiner Version gefragt werden kann',
  SSH_AUTHENTICATION_FAILED: 'Die Anmeldung am Host ist nicht möglich: $reason',
  VDS_CANNOT_INSTALL_STATUS_ILLEGAL:
    'Der Host ist im Status "$hostStatus", in dem er nicht installiert werden kann. Versetzen Sie ihn zuerst in Wartung',
  VDS_CANNOT_INSTALL_EMPTY_PASSWORD: 'Zur Anmeldung am Host ist ein Passwort nötig, oder ssh.authentication_method publickey',
  VDS_CANNOT_REMOVE_VDS_DETECTED_RUNNING_VM: 'Auf dem Host laufen noch VMs. Migrieren oder beenden Sie sie zuerst',
  ACTION_TYPE_FAILED_VDS_WITH_SAME_HOST_EXIST: 'address: ein anderer Host hat diese Adresse',
  ACTION_TYPE_FAILED_VDS_NOT_MATCH_VALID_STATUS:
    'Der Host antwortet. Nur von einem, der nicht antwortet oder in Wartung ist, kann der Neustart bestätigt werden',
  VDS_INVALID_SERVER_ID: 'Den Host gibt es nicht mehr',
  ACTION_TYPE_FAILED_PM_ENABLED_WITHOUT_AGENT:
    'power_management.enabled: Energieverwaltung braucht einen Fence-Agenten. Fügen Sie zuerst einen hinzu',
  VDS_REMOVE_LAST_FENCE_AGENT_PM_ENABLED:
    'Die Energieverwaltung des Hosts ist eingeschaltet und braucht einen Fence-Agenten. Schalten Sie sie aus, bevor der letzte geht',
  VDS_ADD_FENCE_AGENT_MANDATORY_PARAMETERS_MISSING: 'Ein Fence-Agent braucht address, type, username, password und order',
  CANNOT_ENROLL_CERTIFICATE_HOST_STATUS_ILLEGAL:
    'Ein Zertifikat bekommt nur ein Host, der antwortet: einer, der aktiv, in Wartung oder nicht betriebsbereit ist',
  ACTION_TYPE_FAILED_VDS_WITH_INVALID_SSH_PORT: 'ssh.port: muss zwischen 1 und 65535 liegen',
  ACTION_TYPE_FAILED_VDS_WITH_INVALID_SSH_USERNAME:
    'ssh.user.user_name: muss mit einem Buchstaben oder _ beginnen und höchstens 32 Buchstaben, Ziffern und die Zeichen _ . - haben',
  VALIDATION_VDS_POWER_MGMT_ADDRESS_HOSTNAME_OR_IP: 'address: muss der Name oder die IP-Adresse der Verwaltungskarte sein',
  VDS_ILLEGAL_PM_AGENT_PORT_VALUE: 'port: muss zwischen 1 und 65535 liegen',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_EXTENSION_ALREADY_EXISTS: 'Der Host hat bereits einen eigenen Benutzer für das Target $target',
  VDS_CANNOT_ADD_MORE_THEN_ONE_HOST_TO_LOCAL_STORAGE: 'Ein Rechenzentrum mit lokalem Speicher hat einen Host, und dieses hat ihn bereits',
};
