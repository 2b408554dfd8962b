-- What is stored of clusters that have their ids in `identities` (cluster, identity).
create table moves as
select members.id as record_id, members.owner as owner_id, members.identity as was, identities.identity
from members join identities using (cluster)
where members.identity is distinct from identities.identity;

create table placed_profiles as
select profiles.owner as owner_id, identities.identity as id, profiles.name, profiles.domain
from profiles join identities using (cluster);
