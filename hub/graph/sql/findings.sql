-- The pairs of records by which scored pairs of traits are told: of each owner that has records of both, the first of
-- each; and those that people decided about. Records that say the same are tied to the first of their owner.

-- Two of one family: what tells them apart is that one is a branch or another institution, or they share a domain.
create macro are_related(bits, domain, name, institution, branch) as
    bits < {same} and ((domain >= {family} and bits < {unsure})
                       or ((institution < 0 or branch < 0) and (domain >= {family} or name > 0)));
create macro shown(texts) as array_to_string(texts, ', ');

create table told as
with said as (
    select * from scored
    where bits >= {unsure} or bits <= {veto} or are_related(bits, domain, name, institution, branch)
), firsts as (
    select trait, owner, min(record) as record from member group by trait, owner
), lefts as materialized (
    -- By itself, lest all records of an owner be joined with one another first.
    select one, other, owner, record from said join firsts on trait = one where one <> other
)
select one, other, lefts.record as left_record, firsts.record as right_record, false as is_asked
from lefts join firsts on firsts.trait = other and firsts.owner is not distinct from lefts.owner
union all
select one, other, firsts.record, member.record, false
from said join firsts on firsts.trait = one
join member on member.trait = one and member.owner is not distinct from firsts.owner and member.record > firsts.record
where one = other;

create table asked_about as
select least(l.trait, r.trait) as one, greatest(l.trait, r.trait) as other, l.record as left_record,
       r.record as right_record
from asked join member l on l.id = asked.left_id::uuid join member r on r.id = asked.right_id::uuid;

delete from told where exists (
    select 1 from asked_about
    where least(told.left_record, told.right_record) = asked_about.left_record
      and greatest(told.left_record, told.right_record) = asked_about.right_record
);
insert into told select one, other, left_record, right_record, true from asked_about;

create table findings as
with placed as (
    select scored.*, is_asked, left_record < right_record as is_so, least(left_record, right_record) as left_record,
           greatest(left_record, right_record) as right_record
    from told join scored using (one, other)
), sided as (
    select placed.*, case when l.trait = one then one else other end as left_trait,
           case when l.trait = one then other else one end as right_trait, l.id as left_id, r.id as right_id
    from placed join member l on l.record = left_record join member r on r.record = right_record
)
select left_id as left, right_id as right, bits,
       case when bits >= {same} then case when is_asked or l.cluster = r.cluster then 'SAME' else 'UNSURE' end
            when bits <= {veto} then 'DIFFERENT'
            when are_related(bits, sided.domain, sided.name, sided.institution, branch)
             and (is_asked or l.cluster <> r.cluster) then 'RELATED'
            when bits >= {unsure} then 'UNSURE' else 'DIFFERENT' end as verdict,
       to_json(list_filter([
           {{'feature': 'duns', 'left': a.duns, 'right': b.duns, 'bits': sided.duns}},
           {{'feature': 'domain', 'left': shown(a.domains), 'right': shown(b.domains), 'bits': sided.domain}},
           {{'feature': 'email_domain', 'left': shown(a.domains || a.mail), 'right': shown(b.domains || b.mail),
             'bits': email_domain}},
           {{'feature': 'name', 'left': a.name, 'right': b.name, 'bits': sided.name}},
           {{'feature': 'institution', 'left': a.institution, 'right': b.institution, 'bits': sided.institution}},
           {{'feature': 'form', 'left': a.form, 'right': b.form, 'bits': sided.form}},
           {{'feature': 'branch', 'left': shown(a.places), 'right': shown(b.places), 'bits': branch}},
           {{'feature': 'country', 'left': a.country, 'right': b.country, 'bits': sided.country}}
       ], lambda x: {told}))::varchar as evidence, is_asked
from sided
join traits a on a.id = left_trait join traits b on b.id = right_trait
join cluster l on l.record = left_record join cluster r on r.record = right_record
-- What others bring together is not told to be of two.
where bits >= {unsure} or bits <= {veto} or is_asked or l.cluster <> r.cluster
order by left_id, right_id;
