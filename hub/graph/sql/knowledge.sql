-- What all records taken together teach, from `place` and `families`.

create table home as
with counted as (
    select letters, domain, bool_or(is_fitting) as is_fitting, sum(records) as records
    from place left join families using (domain)
    where coalesce(families.count, 0) < {crowded}
    group by letters, domain
), judged as (
    select *, bool_or(is_fitting) over (partition by letters) as any_fits,
           max(records) over (partition by letters) as most
    from counted
)
select letters, domain, is_fitting from judged where is_fitting or (not any_fits and 2 * records > most);

create table owned as
select distinct domain from home where is_fitting union select domain from families where count > 1;

-- Two homes in two countries, or too many homes for one company; or two countries, and no domain that ties them.
create table common as
select letters from (
    select home.letters, count(distinct chosen_part(home.domain)) as homes,
           count(distinct place.country) filter (place.country <> '') as countries
    from home join place on place.letters = home.letters and place.domain = home.domain group by home.letters
) where homes >= {homes_of_a_common_name} or (homes > 1 and countries > 1)
union
select letters from distinct_traits join named using (name, form)
where len(domains) = 0 and country <> '' group by letters having count(distinct country) > 1;

-- Initials are those of many: who goes by them on the domain of the name that they stand for is there by right.
create table abbreviated as
select distinct short.letters, short.domain
from place short join (select letters, domain, unnest(initials) as initials from place) long
  on long.domain = short.domain and long.initials = short.letters and long.letters <> short.letters;

-- A domain may identify the company where it is not crowded, and not clearly somebody else's.
create table believed as
select id, list(domain order by domain) as domains,
       coalesce(list(domain order by domain) filter (coalesce(count, 0) < {busy}), []) as own_domains,
       list(distinct chosen_part(domain) order by chosen_part(domain)) as labels
from (
    select distinct_traits.id, told.domain, families.count
    from distinct_traits
    left join named using (name, form)
    cross join unnest(distinct_traits.domains) as told (domain)
    left join families on families.domain = told.domain
    left join owned on owned.domain = told.domain
    left join home on home.letters = named.letters and home.domain = told.domain
    left join abbreviated on abbreviated.letters = named.letters and abbreviated.domain = told.domain
    left join (select distinct letters from home) homely on homely.letters = named.letters
    where coalesce(families.count, 0) < {crowded}
      and (homely.letters is null or home.domain is not null or owned.domain is null or abbreviated.domain is not null)
) group by id;

-- The country where it is, or else that of its domain, unless everybody uses the domains of that country.
create macro land_of(country, domains) as
    case when country <> '' then country
         else coalesce(list_filter(list_transform(domains, lambda x: case split_part(x, '.', -1)
             when 'uk' then 'gb' else split_part(x, '.', -1) end), lambda x: length(x) = 2 and not list_contains(
             ['ai', 'cc', 'co', 'fm', 'gg', 'io', 'is', 'la', 'ly', 'me', 'nu', 'sh', 'so', 'to', 'tv', 'vc', 'ws', 'eu'],
             x))[1], '') end;

create table traits as
select distinct_traits.id, distinct_traits.name, distinct_traits.form, corner,
       case when coalesce(number_families.count, 0) < {crowded} then distinct_traits.duns else '' end as duns, country,
       land_of(country, believed.domains) as land, mail, records,
       coalesce(believed.domains, []) as domains, coalesce(believed.own_domains, []) as own_domains,
       coalesce(believed.labels, []) as labels, coalesce(named.letters, '') as letters,
       coalesce(named.whole, '') as whole,
       coalesce(named.codes, []) as codes, coalesce(named.weight, 0) as weight,
       coalesce(named.numbers, '') as numbers, coalesce(named.institution, '') as institution,
       coalesce(named.is_host, false) as is_host, coalesce(named.heads, []) as heads,
       coalesce(named.places, []) as places,
       coalesce(named.initials, []) as initials, coalesce(named.lookups, []) as lookups,
       at_home.letters is not null as is_at_home,
       common.letters is not null as is_common
from distinct_traits
left join believed on believed.id = distinct_traits.id
left join named on named.name = distinct_traits.name and named.form = distinct_traits.form
left join (select distinct letters from home where is_fitting) at_home on at_home.letters = named.letters
left join common on common.letters = named.letters
left join number_families on number_families.duns = distinct_traits.duns
order by distinct_traits.id;

create table word as select distinct unnest(codes) as code, unnest(words) as word from named;
