-- The cluster of each record, by the first record of it; `parted` (id, part) are the records of suspects.
create table cluster as
with grouped as (
    select record, case when parted.id is not null then 'part ' || part
                        when is_rich or is_first then 'component ' || label
                        else 'alone ' || record end as company
    from seat left join parted on parted.id = seat.id::text
)
select record, (min(record) over (partition by company))::int as cluster from grouped;
