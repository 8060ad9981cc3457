-- Acts are written before they are done, chained by hash, and never changed.
create table if not exists acts (
    seq integer primary key,
    at text not null,
    kind text not null,
    body text not null,
    previous text not null,
    sha256 text not null unique
);
create trigger if not exists acts_are_never_changed before update on acts
begin
    select raise(abort, 'an act is never changed');
end;
create trigger if not exists acts_are_never_removed before delete on acts
begin
    select raise(abort, 'an act is never removed');
end;

-- kind: push | rollback. state: running | finished | rolled_back (a push) ...
create table if not exists runs (
    run text primary key,
    kind text not null,
    plan text not null,
    of_run text,
    alias text not null,
    org_id text not null,
    is_sandbox integer not null,
    map_hash text not null,
    data_hash text not null,
    state text not null,
    exit_code integer,
    started_at text not null,
    finished_at text
);

-- state: planned -> open -> uploaded -> closed -> settled, or abandoned.
create table if not exists jobs (
    job integer primary key,
    run text not null references runs (run),
    sobject text not null,
    operation text not null,
    pass integer not null,
    channel text not null,
    part_rows integer not null,
    part_sha256 text not null,
    part text not null,
    org_job text,
    state text not null,
    outcomes text,
    outcomes_sha256 text,
    succeeded integer,
    failed integer,
    unprocessed integer,
    opened_at text not null,
    settled_at text
);

-- kind: before | after | left (alone by an update).
create table if not exists images (
    run text not null references runs (run),
    sobject text not null,
    kind text not null,
    file text not null,
    sha256 text not null,
    image_rows integer not null,
    fields text not null,
    at text not null,
    primary key (run, sobject, kind, file)
);
