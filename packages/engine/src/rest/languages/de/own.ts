import type { own as english } from '../en/own.ts';

export const own: Readonly<Record<keyof typeof english, string>> = {
  HOST_FAILED: 'Der Host antwortete: $reason',
  STORAGE_CONNECTION_FAILED: 'Der Host erreicht den Speicher $path nicht: Code $code',
  TOO_MANY_HOSTS: 'Das Rechenzentrum hat so viele Hosts, wie sein Speicher auseinanderhalten kann',
  CERTIFICATE_REQUEST_REFUSED: 'Der Zertifikatsantrag kann nicht signiert werden: $reason',
  HOST_HAS_RUNNING_VMS: 'Auf dem Host laufen diese virtuellen Maschinen: $vms. Beenden Sie sie zuerst',
  DATA_CENTER_HAS_VMS: 'Das Rechenzentrum hat virtuelle Maschinen oder Vorlagen. Entfernen Sie sie zuerst',
  MASTER_DOMAIN_NOT_LAST: 'Die Master-Speicherdomäne kommt zuletzt. Deaktivieren Sie zuerst die anderen ihres Rechenzentrums',
  STORAGE_DOMAIN_HAS_DISKS: 'Die Speicherdomäne hat Festplatten. Entfernen Sie sie zuerst',
  DISK_HAS_NOTHING_TO_REDUCE: 'Die Festplatte ist vorab belegt: sie behält ihre Größe und kann nichts zurückgeben',
  INTERNAL_POLICY_UNIT_STAYS: 'Die Richtlinieneinheit $name gehört zur Engine und kann nicht entfernt werden',
  VM_HAS_NO_CONSOLE: 'Die VM hat keine Konsole, die ein Browser zeigen könnte',
  LOGON_NEEDS_PASSWORD:
    'Dem Gast soll Ihr Passwort mitgeteilt werden, das die Engine nicht aufbewahrt. Melden Sie diese Anfrage mit Basic-Authentifizierung an',
  NETWORK_PROVIDER_EXISTS: 'Es gibt bereits einen Anbieter mit dieser url',
  PROVIDER_NETWORK_HAS_SUBNET: 'Das Netzwerk $network hat bereits ein Subnetz: entfernen Sie dieses zuerst',
  REFERENCE_CHANGED: 'Worauf sich die Anfrage bezieht, gibt es nicht oder wird benutzt. Lesen Sie es erneut',
  MIXED_INITIALIZATION: 'Nur eines von use_cloud_init, use_sysprep und use_ignition kann verlangt werden',
  POOL_HAS_NO_VMS: 'Keine der VMs des Pools konnte angelegt werden: $reason',
  HOST_NOT_UP: 'er ist im Status "$status"',
  HOST_EXCLUDED: 'die Anfrage lässt ihn aus',
  VM_LEASES_NOT_READY: 'er kann das Lease der VM noch nicht halten: dessen Speicherdomäne ist dort nicht bereit',
};
