/** A console's ticket says which console; where it is to be found is asked when it is used: the VM may have moved by then. */
export const consoleTypeSchema = `
delete from console_ticket;
alter table console_ticket drop column host, drop column port,
  add column type text not null check (type in ('vnc', 'spice', 'serial'));
`;
