import type { EngineMessage } from '@virgate/contract/generated/messages';

/** What is said of templates, and of pools of virtual machines made from them. */
export const templatesAndPools = {
  VM_TEMPLATE_IMAGE_IS_LOCKED: 'The template is locked. Please try again in a few minutes',
  VMT_CANNOT_REMOVE_DETECTED_DERIVED_VM: 'These derived virtual machines depend on it: $vmsList. Remove them first',
  TEMPLATE_IMAGE_NOT_EXIST: 'The image of template disk "$diskName" does not exist on its storage domain',
  ACTION_TYPE_FAILED_NO_AVAILABLE_POOL_VMS: 'No VM of the pool is free',
  ACTION_TYPE_FAILED_VM_POOL_IS_BEING_CREATED: 'VMs of the pool are being made: $action (job $job). Please try again later',
  ACTION_TYPE_FAILED_VM_POOL_IS_BEING_REMOVED: 'The pool is being removed with its VMs',
  ACTION_TYPE_FAILED_VM_POOL_IS_BEING_UPDATED: 'The pool is being changed: $action (job $job). Please try again later',
  ACTION_TYPE_FAILED_INVALID_POOL_NAME: 'name: question marks, which stand for the numbers of the VMs, must follow each other',
  ACTION_TYPE_FAILED_PRESTARTED_VMS_CANNOT_EXCEED_VMS_COUNT: 'prestarted_vms: a pool cannot have more VMs started ahead than it has VMs',
  VM_POOL_CANNOT_ATTACH_TO_MORE_VMS_FROM_POOL: 'You have as many VMs of this pool as one user may have (max_user_vms). Give one back first',
  VM_POOL_CANNOT_REMOVE_RUNNING_VM_FROM_POOL: 'Only a VM that is down leaves its pool. Shut it down first',
  VM_POOL_CANNOT_DETACH_VM_NOT_ATTACHED_TO_POOL: 'The VM belongs to no pool',
  VM_POOL_CANNOT_CREATE_WITH_NO_VMS: 'size: a pool needs at least one VM',
  VM_POOL_CANNOT_DECREASE_VMS_FROM_POOL: 'size: a pool is not made smaller. Detach VMs from it instead',
  VM_POOL_CANNOT_CREATE_FROM_BLANK_TEMPLATE: 'template: the template Blank makes no pools. Choose another',
  VM_POOL_CANNOT_CHANGE_POOL_TYPE: 'type: cannot be changed after the pool was made',
  VM_POOL_CANNOT_CHANGE_POOL_STATEFUL_OPTION: 'stateful: cannot be changed after the pool was made',
  ACTION_TYPE_FAILED_TEMPLATE_DOES_NOT_EXIST: 'version.base_template: there is no template of this id',
  VMT_CANNOT_REMOVE_BLANK_TEMPLATE: 'The template Blank cannot be removed',
  VMT_CANNOT_EXPORT_BLANK_TEMPLATE: 'The template Blank cannot be exported',
  VMT_CANNOT_UPDATE_ILLEGAL_FIELD: 'name: the template Blank keeps its name',
  VM_TEMPLATE_CANNOT_SEAL_WINDOWS: 'seal: the disks of a Windows guest cannot be sealed. Run sysprep in the guest instead',
  VMT_CANNOT_IMPORT_TEMPLATE_EXISTS: 'There is something of this id already',
  VM_POOL_CANNOT_CHANGE_AUTO_STORAGE_SELECT: 'auto_storage_select: cannot be changed after the pool was made',
  VM_POOL_CANNOT_CHANGE_TEMPLATE_WHEN_DELETE_PROTECTED:
    'template: VMs of the pool are protected against deletion, and would be made anew. Disable that first',
  VALIDATION_VM_POOLS_SPICE_PROXY_HOSTNAME_OR_IP: 'display.proxy: must be the name or IP address of a host, with a port if it has one',
  VALIDATION_VM_POOLS_NUMBER_OF_MAX_ASSIGNED_VMS_OUT_OF_RANGE: 'max_user_vms: must be between 1 and 32767',
} as const satisfies Partial<Record<EngineMessage, string>>;
