import type { limits as english } from '../en/limits.ts';

export const limits: Readonly<Record<keyof typeof english, string>> = {
  ACTION_TYPE_FAILED_PROFILE_IN_USE: 'VMs, Vorlagen oder Festplatten haben das Profil. Geben Sie ihnen zuerst ein anderes',
  ACTION_TYPE_FAILED_PROFILE_NAME_IN_USE: 'name: der Cluster oder die Speicherdomäne hat bereits ein Profil dieses Namens',
  ACTION_TYPE_FAILED_QOS_NAME_EXIST: 'name: das Rechenzentrum hat bereits eine Dienstgüte dieses Namens',
  ACTION_TYPE_FAILED_QOS_NOT_FOUND: 'qos: eine Dienstgüte mit dieser ID oder diesem Namen und dieser Art gibt es nicht',
  ACTION_TYPE_FAILED_QUOTA_NOT_EXIST: 'quota: das Rechenzentrum hat kein Kontingent mit dieser ID',
  ACTION_TYPE_FAILED_QUOTA_IN_USE_BY_VM_OR_DISK: 'VMs oder Festplatten benutzen das Kontingent. Geben Sie ihnen zuerst ein anderes',
  ACTION_TYPE_FAILED_QUOTA_IS_NOT_VALID:
    'quota: die VM oder Festplatte hat kein Kontingent, und das Rechenzentrum setzt Kontingente durch. Geben Sie ihr eines',
  ACTION_TYPE_FAILED_QUOTA_DEFAULT_CANNOT_BE_CHANGED:
    'Das voreingestellte Kontingent eines Rechenzentrums bleibt, wie es ist. Fügen Sie ein eigenes hinzu',
  USER_NOT_AUTHORIZED_TO_CONSUME_QUOTA: 'quota: Sie dürfen dieses Kontingent oder irgendeines des Rechenzentrums nicht verbrauchen',
  USER_NOT_AUTHORIZED_TO_ATTACH_DISK_PROFILE:
    'disk_profile: Sie dürfen dieses Festplattenprofil oder irgendeines der Speicherdomäne nicht benutzen',
  ACTION_TYPE_FAILED_QOS_STORAGE_POOL_NOT_CONSISTENT: 'qos: die Dienstgüte gehört zu einem anderen Rechenzentrum als das Profil',
  ACTION_TYPE_FAILED_CANNOT_CHANGE_PROFILE:
    'Ein Profil bleibt bei seinem Cluster oder seiner Speicherdomäne. Fügen Sie stattdessen dem anderen eines hinzu',
  ACTION_TYPE_FAILED_CPU_PROFILE_NOT_FOUND: 'cpu_profile: ein CPU-Profil mit dieser ID gibt es nicht',
  ACTION_TYPE_CPU_PROFILE_NOT_MATCH_CLUSTER: 'cpu_profile: das CPU-Profil gehört zu einem anderen Cluster',
  ACTION_TYPE_CANNOT_REMOVE_LAST_CPU_PROFILE_IN_CLUSTER:
    'Ein Cluster braucht mindestens ein CPU-Profil. Fügen Sie zuerst ein anderes hinzu',
  ACTION_TYPE_NO_PERMISSION_TO_ASSIGN_CPU_PROFILE: 'cpu_profile: Sie dürfen dieses CPU-Profil oder irgendeines des Clusters nicht benutzen',
  ACTION_TYPE_FAILED_DISK_PROFILE_NOT_FOUND: 'disk_profile: ein Festplattenprofil mit dieser ID gibt es nicht',
  ACTION_TYPE_DISK_PROFILE_NOT_MATCH_STORAGE_DOMAIN: 'disk_profile: das Festplattenprofil gehört zu einer anderen Speicherdomäne',
  ACTION_TYPE_CANNOT_REMOVE_LAST_DISK_PROFILE_IN_STORAGE_DOMAIN:
    'Eine Speicherdomäne braucht mindestens ein Festplattenprofil. Fügen Sie zuerst ein anderes hinzu',
  QOS_NAME_NOT_NULL: 'name: eine Dienstgüte braucht einen Namen',
  QOS_NAME_TOO_LONG: 'name: darf höchstens 50 Zeichen haben',
  QOS_NAME_INVALID: 'name: darf nur Buchstaben, Ziffern und die Zeichen . _ - haben',
  ACTION_TYPE_FAILED_NETWORK_QOS_NAME_EXIST: 'name: das Rechenzentrum hat bereits eine Dienstgüte für Netzwerke dieses Namens',
  ACTION_TYPE_FAILED_QOS_OUT_OF_RANGE_VALUES: 'Eine Grenze ist 0 oder größer als das Höchste, was sie sein kann; -1 steht für keine Grenze',
  ACTION_TYPE_FAILED_QOS_NEGATIVE_VALUES: 'Eine Grenze darf nicht negativ sein, außer -1, das für keine Grenze steht',
  ACTION_TYPE_FAILED_NETWORK_QOS_NEGATIVE_VALUES:
    'Eine Grenze eines Netzwerks darf nicht negativ sein, außer -1, das für keine Grenze steht',
  ACTION_TYPE_FAILED_STORAGE_QOS_ILLEGAL_VALUES:
    'Lesen und Schreiben werden zusammen (max_throughput, max_iops) oder jedes für sich begrenzt, nicht auf beide Arten',
  ACTION_TYPE_FAILED_QOS_MISSING_VALUES: 'cpu_limit: eine Dienstgüte für CPUs braucht es, als Prozentsatz',
  ACTION_TYPE_FAILED_NETWORK_QOS_MISSING_VALUES: 'average, peak und burst einer Richtung werden alle angegeben oder keines',
  ACTION_TYPE_FAILED_NETWORK_QOS_PEAK_LOWER_THAN_AVERAGE: 'peak darf nicht niedriger als average sein',
  ACTION_TYPE_FAILED_HOST_NETWORK_QOS_MISSING_VALUES: 'outbound_average_linkshare: eine Dienstgüte für Netzwerke von Hosts braucht es',
  ACTION_TYPE_FAILED_HOST_NETWORK_QOS_INCONSISTENT_VALUES:
    'outbound_average_realtime: darf nicht größer als outbound_average_upperlimit sein',
  ACTION_TYPE_FAILED_QUOTA_NOT_DEFINED_FOR_CLUSTER:
    'quota: das Kontingent sagt nichts über den Cluster. Fügen Sie ihm eine Grenze dafür hinzu oder wählen Sie ein anderes',
  ACTION_TYPE_FAILED_NO_QUOTA_SET_FOR_DOMAIN:
    'quota: das Kontingent sagt nichts über die Speicherdomäne. Fügen Sie ihm eine Grenze dafür hinzu oder wählen Sie ein anderes',
  ACTION_TYPE_FAILED_QUOTA_CLUSTER_LIMIT_EXCEEDED: 'Das Kontingent $quotaName hat im Cluster nicht genug Arbeitsspeicher oder CPUs übrig',
  ACTION_TYPE_FAILED_QUOTA_STORAGE_LIMIT_EXCEEDED: 'Das Kontingent $quotaName hat auf der Speicherdomäne nicht genug Platz übrig',
  ACTION_TYPE_FAILED_QUOTA_LIMIT_IS_SPECIFIC_AND_GENERAL:
    'Ein Kontingent hat eine Grenze für alle oder Grenzen für einzelne Cluster oder Speicherdomänen, nicht beides. Entfernen Sie zuerst die anderen',
  VALIDATION_QUOTA_NAME_INVALID: 'name: muss 1 bis 65 Buchstaben, Ziffern, Leerzeichen und die Zeichen . _ + - haben',
};
