-- What an owner's records say of an account: the most frequent spelling of a telling name, and the most frequent domain
-- that is not shared. Ties go to the shorter, then to the alphabet. Of some things a source tells no more than that
-- they exist: these go by its own id.

-- Without stray spaces, and without quotes around the whole of it, which exports leave behind.
create macro clear_of_spaces(text) as trim(regexp_replace(text, '[\s\p{Z}]+', ' ', 'g'));
create macro inside(text) as substring(text, 2, length(text) - 2);
create macro is_quoted(text) as
    length(text) > 2 and left(text, 1) = right(text, 1) and left(text, 1) in ('"', '''')
    and not contains(inside(text), left(text, 1)) and trim(inside(text)) <> '';
create macro clear_of_quotes(text) as case when is_quoted(text) then trim(inside(text)) else text end;

create table spoken as
select cluster.cluster, member.owner, member.record, record.external_id, sites.main as domain,
       clear_of_quotes(clear_of_spaces(record.spelled)) as name, names.spelled is not null as is_telling
from cluster join member using (record) join record using (record) join sites using (site)
left join names on names.spelled = record.spelled;

create table profiles as
with counted_names as (
    select cluster, owner, name, bool_or(is_telling) as is_telling, count(*) as records
    from spoken where name <> '' group by all
), first_names as (
    select cluster, owner, name from counted_names
    qualify row_number() over (
        partition by cluster, owner order by is_telling desc, records desc, length(name), name) = 1
), counted_domains as (
    select cluster, owner, domain, count(*) as records from spoken where domain is not null group by all
), first_domains as (
    select cluster, owner, domain from counted_domains
    qualify row_number() over (partition by cluster, owner order by records desc, length(domain), domain) = 1
), owners as (
    select cluster, owner, min_by(external_id, record) as external_id from spoken group by all
)
select owners.cluster, owners.owner, coalesce(first_names.name, first_domains.domain, external_id) as name,
       first_domains.domain
from owners
left join first_names
  on first_names.cluster = owners.cluster and first_names.owner is not distinct from owners.owner
left join first_domains
  on first_domains.cluster = owners.cluster and first_domains.owner is not distinct from owners.owner;
