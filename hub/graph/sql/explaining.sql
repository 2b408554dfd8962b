-- What is looked at to explain the records in `looked_at` (id): the records of their accounts, `concerned`, and which
-- pairs of traits mapping comes to by itself, `led`, and compares here, `pairs`.
create table concerned as
with looked as (
    select record, identity from record where id in (select id::uuid from looked_at)
)
select member.*, record.identity, record.record in (select record from looked) as is_looked_at,
       record.id in (select id from decided) as is_decided
from member join record using (record)
where record.record in (select record from looked) or record.identity in (select identity from looked);

create table scope as
select trait, bool_or(is_looked_at) as is_looked_at,
       -- Of each account, each D-U-N-S number once.
       bool_or(is_numbered) as is_numbered
from (
    select concerned.*,
           duns <> '' and row_number() over (partition by identity, duns order by record) = 1 as is_numbered
    from concerned join traits on traits.id = trait
) group by trait;

create table led as
select one, other from pairs
where (one in (select trait from scope) and other in (select trait from scope))
   or one in (select trait from scope where is_looked_at) or other in (select trait from scope where is_looked_at);

create or replace table pairs as
from led
union
select least(l.trait, r.trait), greatest(l.trait, r.trait)
from scope l join scope r
  on (l.trait < r.trait and ((select count(*) from scope) <= {largest} or (l.is_numbered and r.is_numbered)))
  or l.is_looked_at;
