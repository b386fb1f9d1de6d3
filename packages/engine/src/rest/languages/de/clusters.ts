import type { clusters as english } from '../en/clusters.ts';

export const clusters: Readonly<Record<keyof typeof english, string>> = {
  CLUSTER_CANNOT_SET_TRUSTED_ATTESTATION_SERVER_NOT_CONFIGURED: 'trusted_service: es gibt keinen Server, der Hosts beglaubigt',
  CLUSTER_CANNOT_UPDATE_FIPS_VDS_MAINTENANCE: 'fips_mode: alle Hosts des Clusters müssen in Wartung sein',
  VDS_CLUSTER_ON_DIFFERENT_STORAGE_POOL: 'cluster: der Cluster gehört zu einem anderen Rechenzentrum',
  CLUSTER_UPGRADE_CAN_NOT_BE_STARTED: 'Eine Aktualisierung des Clusters läuft bereits',
  ACTION_TYPE_FAILED_CLUSTER_UPGRADE_NOT_STARTED: 'Es läuft keine Aktualisierung des Clusters. Beginnen Sie zuerst eine',
  ACTION_TYPE_FAILED_CLUSTER_UPGRADE_CORRELATION_MISMATCH:
    'Die Aktualisierung des Clusters wurde mit einer anderen Korrelations-ID begonnen',
  ACTION_TYPE_CLUSTER_UPGRADE_PERCENT_COMPLETE_INVALID: 'upgrade_percent_complete muss zwischen 0 und 100 liegen',
  ACTION_TYPE_FAILED_STORAGE_POOL_NOT_EXIST: 'Dieses Rechenzentrum gibt es nicht, oder der Cluster gehört zu keinem',
  ERROR_CANNOT_REMOVE_STORAGE_POOL_WITH_NONMASTER_DOMAINS:
    'Das Rechenzentrum hat Speicherdomänen. Trennen und entfernen Sie sie zuerst, oder entfernen Sie es mit force',
  VDS_CANNOT_REMOVE_CLUSTER_VDS_DETECTED: 'Der Cluster hat Hosts. Entfernen Sie sie zuerst',
  VM_CANNOT_REMOVE_CLUSTER_VMS_DETECTED: 'Der Cluster hat VMs. Entfernen Sie sie zuerst',
  VMT_CANNOT_REMOVE_CLUSTER_VMTS_DETECTED: 'Der Cluster hat Vorlagen. Entfernen Sie sie zuerst',
  CLUSTER_CANNOT_REMOVE_HAS_VM_POOLS: 'Der Cluster hat VM-Pools. Entfernen Sie sie zuerst',
  CLUSTER_CANNOT_CHANGE_STORAGE_POOL: 'data_center: ein Cluster bleibt in seinem Rechenzentrum',
  CLUSTER_CANNOT_UPDATE_CPU_ILLEGAL: 'cpu.type: die Kompatibilitätsstufe hat den CPU-Typ des Clusters nicht. Wählen Sie einen anderen',
  CLUSTER_CANNOT_UPDATE_CPU_WITH_HOSTS_MISSING_FLAGS: 'cpu.type: den CPUs aktiver Hosts des Clusters fehlen Fähigkeiten dieses Typs',
  CLUSTER_CANNOT_UPDATE_CPU_ARCHITECTURE_ILLEGAL: 'cpu.type: ein Cluster mit Hosts behält die Architektur seiner CPUs',
  CLUSTER_CANNOT_UPDATE_COMPATIBILITY_VERSION_WITH_LOWER_HOSTS:
    'version: aktive Hosts des Clusters kennen diese Kompatibilitätsstufe nicht. Aktualisieren Sie sie zuerst',
  ACTION_TYPE_FAILED_CANNOT_DECREASE_CLUSTER_WITH_HOSTS_COMPATIBILITY_VERSION:
    'version: ein Cluster mit Hosts kann nicht auf eine niedrigere Kompatibilitätsstufe gehen',
  ACTION_TYPE_FAILED_CLUSTER_CAN_NOT_BE_EMPTY: 'Den Cluster der VM gibt es nicht mehr',
  ACTION_TYPE_FAILED_CPU_NOT_FOUND: 'cpu.type: die Kompatibilitätsstufe hat keinen CPU-Typ "$cpu"',
  ACTION_TYPE_FAILED_ILLEGAL_ARCHITECTURE_TYPE_INCOMPATIBLE: 'cpu.architecture: der CPU-Typ hat eine andere Architektur',
  ACTION_TYPE_FAILED_CANNOT_DECREASE_COMPATIBILITY_VERSION_UNDER_DC:
    'version: ein Cluster hat mindestens die Kompatibilitätsstufe seines Rechenzentrums',
  CLUSTER_CANNOT_ADD_COMPATIBILITY_VERSION_WITH_LOWER_STORAGE_POOL:
    'version: ein Cluster hat mindestens die Kompatibilitätsstufe seines Rechenzentrums',
  CLUSTER_CANNOT_UPDATE_SUPPORTED_FEATURES_WITH_LOWER_HOSTS:
    'Aktive Hosts des Clusters haben diese Funktion nicht. Aktualisieren Sie sie oder versetzen Sie sie zuerst in Wartung',
  CLUSTER_AT_LEAST_ONE_SERVICE_MUST_BE_ENABLED: 'virt_service: ein Cluster führt VMs aus, es kann also nicht false sein',
  ACTION_TYPE_FAILED_CANNOT_DECREASE_DATA_CENTER_COMPATIBILITY_VERSION:
    'version: ein Rechenzentrum mit Speicherdomänen oder eigenen Netzwerken kann nicht auf eine niedrigere Kompatibilitätsstufe gehen',
  ERROR_CANNOT_UPDATE_STORAGE_POOL_COMPATIBILITY_VERSION_BIGGER_THAN_CLUSTERS:
    'version: diese Cluster haben eine niedrigere Kompatibilitätsstufe: $ClustersList. Heben Sie zuerst deren an',
  ERROR_CANNOT_FORCE_REMOVE_STORAGE_POOL_WITH_VDS_NOT_IN_MAINTENANCE:
    'force: alle Hosts des Rechenzentrums müssen in Wartung sein, damit keiner an seinem Speicher arbeitet',
};
