/** Hosts on which a VM did not come up, and VMs that are to be started on another one for it. */
export const vmRerunsSchema = `
alter table vm_state add column failed_hosts uuid[] not null default '{}';
alter table vm_restart
  drop constraint vm_restart_reason_check,
  add constraint vm_restart_reason_check check (reason in ('high_availability', 'cold_reboot', 'silent_host', 'rerun'));
`;
