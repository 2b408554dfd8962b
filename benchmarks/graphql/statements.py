"""The hand-written statements: what somebody who knows PostgreSQL well would write for each query, and nothing more.

Each answers with the very JSON that the hub answers with, under the same rule: $1 is the viewer's organization.
JSON is made once, at the root, of nested records; rows come by index; connections are found once a statement.
"""

OWN = "array(select id from connection where owner_id = $1)"

DEALS = """(
    select page from (select array(select row from (
        select 'opportunity_' || o.id as id, o.name, o.close_date as "closeDate",
               case when o.amount is not null
                    then (select money from (select o.amount::text as amount, o.currency) money) end as amount
        from opportunity o
        where (o.connection_id, o.external_id) in (
            select l.connection_id, l.opportunity_external_id from opportunity_account l
            where l.account_id = a.id and l.removal is null and l.connection_id = any ({own})
        ) and o.removal is null
        order by o.name, o.id limit {limit}
    ) row) as nodes) page
) as opportunities"""

Q1 = f"""
select row_to_json(answer) from (select (select row from (
    select 'account_record_' || r.id as id, r.external_id as "externalId", r.name, r.domain, r.industry, r.employees,
           r.city, r.country
    from account_record r where r.id = $2 and r.connection_id = any ({OWN})
) row) as record) answer"""

Q2 = f"""
select row_to_json(answer) from (select (select page from (select array(select row from (
    select 'account_' || a.id as id, a.name, a.domain,
    (
        select page from (select array(select row from (
            select 'account_record_' || r.id as id, r.name, r.domain, r.website
            from account_record r
            where r.account_id = a.id and r.removal is null and r.connection_id = any ({OWN})
            order by r.name, r.id limit 5
        ) row) as nodes) page
    ) as records,
    {DEALS.format(own=OWN, limit=5)}
    from account_profile a where a.owner_id = $1 and not a.is_removed order by a.name, a.id limit $2
) row) as nodes) page) as accounts) answer"""

Q3 = f"""
select row_to_json(answer) from (select (select row from (
    select 'connection_' || c.id as id, c.name,
    (
        select page from (select array(select row from (
            select 'account_record_' || r.id as id, r.name,
            (
                select row from (
                    select 'account_' || a.id as id, a.name, {DEALS.format(own=OWN, limit=3)}
                    from account_profile a where a.owner_id = $1 and a.id = r.account_id
                ) row
            ) as account
            from account_record r where r.connection_id = c.id and r.removal is null order by r.name, r.id limit $3
        ) row) as nodes) page
    ) as records
    from connection c where c.id = $2 and c.owner_id = $1
) row) as connection) answer"""

Q4 = f"""
select row_to_json(answer) from (select (select page from (select array(select row from (
    select 'account_record_' || r.id as id, r.external_id as "externalId", r.name, r.website, r.domain, r.industry,
           r.employees, r.city, r.country, r.observed_at as "observedAt"
    from account_record r where r.connection_id = any ({OWN}) and r.removal is null order by r.name, r.id limit $2
) row) as nodes) page) as records) answer"""

STATEMENTS = {"Q1": (Q1, ("id",)), "Q2": (Q2, ("first",)), "Q3": (Q3, ("id", "first")), "Q4": (Q4, ("first",))}
"""By operation: the statement, and the variables that follow the viewer."""
