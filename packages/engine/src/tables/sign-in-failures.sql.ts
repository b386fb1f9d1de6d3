/** Failed sign-ins by address, and by name where a directory of others is asked. */
export const signInFailuresSchema = `
create table sign_in_failure (
  bucket text primary key,
  failures int not null,
  since timestamptz not null
);
create index sign_in_failure_since on sign_in_failure (since);
`;
