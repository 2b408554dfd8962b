-- Which traits are worth a comparison: those that share a key, and of a large group only neighbors.

create table keys as
select distinct hash(key) as key, id, key[1] = '$' as is_ending, key[1] in ('&', '^') as is_pivotal from (
    select id, unnest(lookups) as key from traits
    union all
    select id, '@' || unnest(list_distinct(domains || mail)) from traits
    union all
    select id, '%' || chosen_part(domain)
    from (select id, unnest(list_distinct(domains || mail)) as domain from traits)
    where length(chosen_part(domain)) >= {shortest_label}
    union all
    select id, '#' || duns from traits where duns <> ''
);

create table pairs as
with sized as (
    select keys.*, count(*) over (partition by key) as size from keys
), placed as (
    -- Sorted from the start, and for keys of endings from the end, so that neighbors are alike.
    select key, sized.id, size,
           row_number() over (partition by key order by
               case when is_ending then reverse(letters) else letters end, country, sized.id) as place,
           is_pivotal, first_value(sized.id) over (partition by key order by records desc, sized.id) as heaviest
    from sized join traits on traits.id = sized.id
    where size > 1
)
select least(one.id, other.id) as one, greatest(one.id, other.id) as other
from placed one join placed other on other.key = one.key and other.place > one.place
where one.size <= {small_group} and other.size <= {small_group}
union
-- A join would compare each with each before it leaves all but neighbors out.
select least(id, next), greatest(id, next)
from (
    select id, unnest([{neighbors}]) as next
    from placed where size > {small_group} window w as (partition by key order by place)
) where next is not null
union
-- A rare word may stand anywhere in the names that share it: they may be far from each other in their order.
select least(id, heaviest), greatest(id, heaviest) from placed
where is_pivotal and size > {small_group} and id <> heaviest;

insert into pairs select id, id from traits where records > 1;
drop table keys;
