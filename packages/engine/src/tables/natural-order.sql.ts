/**
 * Names in the order in which people read them: `vm2` before `vm10`, whatever their letters' case. Where PostgreSQL was built without ICU
 * the database's own order has to do. Long lists begin anywhere in this order, so that it has its indexes.
 */
export const naturalOrderSchema = `
do $$ begin
  create collation natural_order (provider = icu, locale = 'und-u-kn-true');
exception when others then
  create collation natural_order from "default";
end $$;
create index vm_natural_order on vm (name collate natural_order, id) where entity_type = 'vm';
create index disk_natural_order on disk (name collate natural_order, id);
`;
