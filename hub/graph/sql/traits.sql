-- What records say in one form, from `record` and what each distinct text was made of; the same traits once.

-- Two spellings of one name and form may be read differently: the first in the alphabet counts.
create table named as
select name, form, min_by(columns(* exclude (spelled, name, form)), spelled)
from names where name <> '' group by name, form;

create table said as
select record, coalesce(names.name, '') as name, coalesce(names.form, '') as form, sites.domains, sites.corner,
       lands.country, numbers.duns, case when len(sites.domains) = 0 then mails.domains else [] end as mail
from record
left join names using (spelled) join sites using (site) join lands using (land) join numbers using (number)
join mails using (mail);

create table distinct_traits as
select (row_number() over (order by name, form, domains, corner, country, duns, mail) - 1)::int as id, *
from (select name, form, domains, corner, country, duns, mail, count(*)::int as records from said group by all);

create table member as
select record.record, record.id, record.owner, distinct_traits.id as trait
from said join record using (record)
join distinct_traits on (distinct_traits.name, distinct_traits.form, distinct_traits.domains,
                         distinct_traits.corner, distinct_traits.country,
                         distinct_traits.duns, distinct_traits.mail)
                      = (said.name, said.form, said.domains, said.corner, said.country, said.duns, said.mail);
drop table said;

create macro chosen_part(domain) as split_part(domain, '.', 1);
create macro fits(letters, domain) as
    letters = replace(chosen_part(domain), '-', '')
    or least(length(letters), length(replace(chosen_part(domain), '-', ''))) >= 4
   and (contains(letters, replace(chosen_part(domain), '-', ''))
        or contains(replace(chosen_part(domain), '-', ''), letters));

-- Which name is said on which domain, and where.
create table place as
select distinct_traits.name, named.letters, named.initials, domain, country, sum(records)::int as records,
       fits(named.letters, domain) as is_fitting
from (select *, unnest(domains) as domain from distinct_traits where name <> '') distinct_traits
join named using (name, form)
group by all;

-- Domains with more than one name that does not fit: how many unrelated ones there are is counted outside.
create table questionable as
select domain, list(distinct name) as names from place where not is_fitting
group by domain having count(distinct name) > 1;
