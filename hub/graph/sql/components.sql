-- Each trait with the component that it is in, from `component`; and pairs within a component that nothing led to.
create or replace table thin as
with sized as (
    select label, count(*) as size from component group by label having count(*) between 3 and {largest}
), inner_pairs as (
    select l.label, count(*) as count
    from scored join component l on l.id = one join component r on r.id = other and r.label = l.label
    where one <> other group by l.label
)
select label from sized join inner_pairs using (label) where count < size * (size - 1) / 2;

create or replace table pairs as
select l.id as one, r.id as other
from component l join component r on r.label = l.label and l.id < r.id
where l.label in (from thin) and not exists (select 1 from scored where scored.one = l.id and scored.other = r.id);
