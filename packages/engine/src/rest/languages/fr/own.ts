import type { own as english } from '../en/own.ts';

export const own: Readonly<Record<keyof typeof english, string>> = {
  HOST_FAILED: 'L’hôte a répondu : $reason',
  STORAGE_CONNECTION_FAILED: 'L’hôte ne peut pas atteindre le stockage $path : code $code',
  TOO_MANY_HOSTS: 'Le centre de données a autant d’hôtes que son stockage peut en distinguer',
  CERTIFICATE_REQUEST_REFUSED: 'La demande de certificat ne peut pas être signée : $reason',
  HOST_HAS_RUNNING_VMS: 'Ces machines virtuelles s’exécutent sur l’hôte : $vms. Arrêtez-les d’abord',
  DATA_CENTER_HAS_VMS: 'Le centre de données contient des machines virtuelles ou des modèles. Supprimez-les d’abord',
  MASTER_DOMAIN_NOT_LAST: 'Le domaine de stockage maître vient en dernier. Désactivez d’abord les autres de son centre de données',
  STORAGE_DOMAIN_HAS_DISKS: 'Le domaine de stockage contient des disques. Supprimez-les d’abord',
  DISK_HAS_NOTHING_TO_REDUCE: 'Le disque est préalloué : il garde sa taille et n’a rien à rendre',
  INTERNAL_POLICY_UNIT_STAYS: 'L’unité de politique $name est livrée avec le moteur et ne peut pas être supprimée',
  VM_HAS_NO_CONSOLE: 'La VM n’a aucune console qu’un navigateur puisse afficher',
  LOGON_NEEDS_PASSWORD:
    'Votre mot de passe doit être transmis à l’invité, mais le moteur ne le conserve pas. Envoyez cette requête avec l’authentification Basic',
  NETWORK_PROVIDER_EXISTS: 'Il existe déjà un fournisseur avec cette url',
  PROVIDER_NETWORK_HAS_SUBNET: 'Le réseau $network a déjà un sous-réseau : supprimez-le d’abord',
  REFERENCE_CHANGED: 'Ce à quoi la requête fait référence n’existe pas ou est utilisé. Relisez-le',
  MIXED_INITIALIZATION: 'Un seul parmi use_cloud_init, use_sysprep et use_ignition peut être demandé',
  POOL_HAS_NO_VMS: 'Aucune des VM du pool n’a pu être créée : $reason',
  HOST_NOT_UP: 'il est dans l’état « $status »',
  HOST_EXCLUDED: 'la requête l’exclut',
  VM_LEASES_NOT_READY: 'il ne peut pas encore détenir le bail de la VM : son domaine de stockage n’y est pas prêt',
};
