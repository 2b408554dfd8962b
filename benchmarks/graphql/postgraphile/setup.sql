-- What a user of PostGraphile would write to serve these tables. The hub and the hand-written statement, which own the
-- tables, are not touched by it: policies bind other roles than the owner.

create schema hub_benchmark;

-- Ways that are no foreign keys of the database. Under row-level security an organization has one profile of an account.
-- Where everybody sees everything, a view says whose profiles are meant.
create view hub_benchmark.home_account as
    select id, name, domain from account_profile where owner_id = '01900000-0000-7000-8000-000000000001';
comment on view hub_benchmark.home_account is E'@name home_account\n@primaryKey id';
comment on table account_profile is '@unique id';
comment on table account_record is
    E'@foreignKey (account_id) references account_profile (id)\n@foreignKey (account_id) references hub_benchmark.home_account (id)';

-- An account's deals are found over a link without foreign keys, in an order and with a limit: a computed column. In
-- plain SQL, stable and not strict, PostgreSQL merges it into the query that calls it.
create function hub_benchmark.account_profile_opportunities(profile account_profile)
returns setof opportunity
language sql stable as $$
    select o.*
    from opportunity o
    where (o.connection_id, o.external_id) in (
        select l.connection_id, l.opportunity_external_id from opportunity_account l where l.account_id = profile.id
    )
    order by o.name, o.id
$$;
create function hub_benchmark.home_account_opportunities(profile hub_benchmark.home_account)
returns setof opportunity
language sql stable as $$
    select o.*
    from opportunity o
    where (o.connection_id, o.external_id) in (
        select l.connection_id, l.opportunity_external_id from opportunity_account l where l.account_id = profile.id
    )
    order by o.name, o.id
$$;

-- The hub's rule: an organization sees the rows of the connections that it owns, as far as they were not removed, and
-- its own profiles of accounts. Sub-selects make PostgreSQL find the connections once a statement, not once a row.
do $$
begin
    if not exists (select from pg_roles where rolname = 'hub_benchmark_viewer') then
        create role hub_benchmark_viewer nologin;
    end if;
end $$;
grant usage on schema public, hub_benchmark to hub_benchmark_viewer;
grant select on connection, account_profile, account_record, opportunity, opportunity_account to hub_benchmark_viewer;

create function hub_benchmark.viewer() returns uuid
language sql stable as $$ select nullif(current_setting('hub.organization_id', true), '')::uuid $$;
comment on function hub_benchmark.viewer() is '@behavior -*';

alter table connection enable row level security;
create policy viewer on connection for select to hub_benchmark_viewer
    using (owner_id = (select hub_benchmark.viewer()));

alter table account_profile enable row level security;
create policy viewer on account_profile for select to hub_benchmark_viewer
    using (owner_id = (select hub_benchmark.viewer()) and not is_removed);

alter table account_record enable row level security;
create policy viewer on account_record for select to hub_benchmark_viewer
    using (connection_id = any (array(select id from connection)) and removal is null);

alter table opportunity enable row level security;
create policy viewer on opportunity for select to hub_benchmark_viewer
    using (connection_id = any (array(select id from connection)) and removal is null);

alter table opportunity_account enable row level security;
create policy viewer on opportunity_account for select to hub_benchmark_viewer
    using (connection_id = any (array(select id from connection)) and removal is null);
