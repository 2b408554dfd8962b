-- What records say, from `given`: a row for each, in the order of their ids.
create table record as
select (row_number() over (order by id::uuid) - 1)::int as record, id::uuid as id, identity::uuid as identity,
       external_id, owner_id::uuid as owner, coalesce(name, '') as spelled,
       -- One text of two: neither may hold what stands between them.
       replace(coalesce(domain, ''), chr(31), ' ') || chr(31) || replace(coalesce(website, ''), chr(31), ' ') as site,
       coalesce(country, '') as land,
       coalesce(duns, '') as number, coalesce(email_domains, '') as mail
from given;
