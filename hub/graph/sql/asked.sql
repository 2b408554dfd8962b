-- The pairs of traits that are asked about.
create table pairs as
select distinct least(l.trait, r.trait) as one, greatest(l.trait, r.trait) as other
from asked join member l on l.id = asked.left_id::uuid join member r on r.id = asked.right_id::uuid;
