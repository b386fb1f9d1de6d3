import type { Migration } from '@virgate/database';

/** The tables of the saga layer. */
export const sagaMigrations: readonly Migration[] = [
  {
    name: 'saga/001-tables',
    up: `
      -- One sequence for all sagas: of two leases on the same object the later one always has the greater number.
      create sequence saga_fence;

      create table saga (
        id uuid primary key,
        name text not null,
        version integer not null,
        title text,
        description text,
        params jsonb not null,
        state jsonb not null,
        status text not null check (status in ('pending', 'running', 'undoing', 'succeeded', 'failed', 'aborted')),
        live boolean not null generated always as (status in ('pending', 'running', 'undoing')) stored,
        owner text,
        session_id text,
        correlation_id text,
        external boolean not null default false,
        auto_cleared boolean not null default true,
        lease_owner text,
        lease_incarnation uuid,
        lease_until timestamptz,
        fence bigint not null default 0,
        wake_at timestamptz,
        woken boolean not null default false,
        stop_request text check (stop_request in ('cancel', 'abandon')),
        error jsonb,
        created_at timestamptz not null default clock_timestamp(),
        started_at timestamptz,
        ended_at timestamptz,
        unique (id, live),
        check ((ended_at is not null) = (status in ('succeeded', 'failed', 'aborted'))),
        check (ended_at is null or (lease_owner is null and wake_at is null)),
        check ((lease_owner is null) = (lease_until is null))
      ) with (fillfactor = 70);
      create index saga_due on saga (wake_at) where wake_at is not null;
      create index saga_ended on saga (ended_at) where ended_at is not null;
      create index saga_correlation on saga (correlation_id) where correlation_id is not null;

      create table saga_step (
        saga_id uuid not null references saga on delete cascade,
        ordinal integer not null,
        id uuid not null unique,
        parent_id uuid,
        name text not null,
        title text,
        status text not null
          check (status in ('pending', 'running', 'succeeded', 'failed', 'undoing', 'undone', 'undo_failed')),
        attempt integer not null default 0,
        failures integer not null default 0,
        polls integer not null default 0,
        undo_attempt integer not null default 0,
        undo_failures integer not null default 0,
        waiting boolean not null default false,
        progress integer check (progress between 0 and 100),
        external_id text,
        external_system text,
        intent_at timestamptz,
        done_at timestamptz,
        undo_intent_at timestamptz,
        undone_at timestamptz,
        error jsonb,
        primary key (saga_id, ordinal),
        check (done_at is null or intent_at is not null)
      ) with (fillfactor = 70);

      create table saga_subject (
        saga_id uuid not null references saga on delete cascade,
        object_type text not null,
        object_id text not null,
        primary key (saga_id, object_type, object_id)
      );
      create index saga_subject_object on saga_subject (object_id);

      -- The foreign key is the rule: no lock without a live saga.
      create table object_lock (
        lock_group text not null,
        object_id text not null,
        saga_id uuid not null,
        live boolean not null default true check (live),
        exclusive boolean not null,
        message_key text,
        acquired_at timestamptz not null default clock_timestamp(),
        primary key (lock_group, object_id, saga_id),
        foreign key (saga_id, live) references saga (id, live)
      );
      create unique index object_lock_exclusive on object_lock (lock_group, object_id) where exclusive;
      create index object_lock_saga on object_lock (saga_id);
      create index object_lock_object on object_lock (object_id);
    `,
  },
];
