-- Components that are not clusters as they are: something was compared that speaks against them, or they hold two
-- D-U-N-S numbers, or people decided about a record. And every record of theirs, and every pair compared in them.

create table suspect as
select distinct l.label
from scored join component l on l.id = one join component r on r.id = other and r.label = l.label
where bits < 0 or (domain < 0 and bits < {unsure})
union
select label from component join traits using (id) where duns <> '' group by label having count(distinct duns) > 1
union
select label from component where id in (select trait from member where id in (select id from decided));

-- Of records with traits too poor to match each other, only the first may join others.
create table rich as select one as trait from scored where one = other and bits >= {same};

create table seat as
select record, id, trait, label, id in (select id from decided) as is_decided,
       rich.trait is not null as is_rich,
       row_number() over (partition by member.trait order by record) = 1 as is_first
from (select member.*, component.label from member join component on component.id = member.trait) member
left join rich using (trait);

create table inner_pairs as
-- What is on two domains, and not like enough to make up for it, speaks against whoever ties it together.
select one, other, case when domain < 0 and bits < {unsure} then least(bits, {apart}) else bits end as bits
from scored join component l on l.id = one join component r on r.id = other and r.label = l.label
where l.label in (from suspect) and (one <> other or one in (select trait from seat where is_decided));
