-- What each pair of traits in `pairs` (one, other) is to each other, one level for each comparison: table `compared`.
-- Step by step, so that nothing is worked out twice; and words that may be one are compared as rows of their own, since
-- lists within lists are slow. Words are numbers, whose last ten bits are their rarity and their penalty.

create or replace macro gains(codes) as coalesce(list_sum(list_transform(codes, lambda x: (x >> 5) & 31)), 0);
create or replace macro losses(codes) as coalesce(list_sum(list_transform(codes, lambda x: x & 31)), 0);
create or replace macro alone(one, other) as list_filter(one, lambda x: not list_contains(other, x));
-- Two neighbors that changed places are one slip. Only a case spares what is costly where it is not wanted.
create or replace macro has_slips(x, y, most, shortest) as
    case when least(length(x), length(y)) < shortest or abs(length(x) - length(y)) > most then false
         when levenshtein(x, y) <= most then true
         when levenshtein(x, y) > most + 1 then false
         else damerau_levenshtein(x, y) <= most end;
create or replace macro is_ascii(x) as strlen(x) = length(x);
-- A slip may hit the legal form, which is then taken for a word, or the space before it.
create or replace macro slips_into_form(letters, others, whole, other_whole) as
    case when whole = other_whole then true
         when (letters = whole) = (others = other_whole) then false
         else has_slips(whole, other_whole, 1, 8) end;
create or replace macro are_one(x, y) as
    has_slips(x, y, 1, 5) or has_slips(x, y, 2, 10) or has_slips(x, y, 3, 15) or x = y || 's' or y = x || 's'
    or (least(length(x), length(y)) >= 4 and abs(length(x) - length(y)) <= 3
        and (starts_with(x, y) or starts_with(y, x)));
-- A name says a place that the other does not, and the other is known to be in another.
create or replace macro says_another(places, others, land) as
    land <> '' and len(list_filter(places, lambda x: not list_contains(others, x) and x <> land)) > 0;
-- A name says the country that it is in, the other does not and may be anywhere.
create or replace macro says_its_own(places, others, country, land) as
    land = '' and list_contains(places, country) and not list_contains(others, country);
create or replace macro are_initials(letters, others, initials, other_initials) as
    letters <> others and (list_contains(initials, others) or list_contains(other_initials, letters));
-- The longer they are, the less by chance; and where one has no domain, and the other has the name of the one as its
-- own.
create or replace macro worth_of_initials(letters, others, labels, other_labels) as
    least(8, 2 * least(length(letters), length(others)) - 2)
    + case when (len(labels) = 0 and list_contains(other_labels, letters))
             or (len(other_labels) = 0 and list_contains(labels, others)) then 4 else 0 end;
create or replace macro are_at_home(letters, others, domains) as
    len(list_filter(domains, lambda x: fits(letters, x) or fits(others, x))) > 0;
-- A record without a name goes by its domain.
create or replace macro is_named_by_domain(letters, labels, others, other_labels) as
    letters = '' and length(others) >= 8 and len(other_labels) = 0 and list_contains(labels, others);

create or replace temp table shared as
select *, may_slip and not is_one_slip and len(alone_l) > 0 and len(alone_r) > 0
       and (gained >= 6 or greatest(len(alone_l), len(alone_r)) <= 2) as is_worth_it
from (
    select one, other, l.weight as weight_l, r.weight as weight_r, gains(list_intersect(l.codes, r.codes)) as gained,
           alone(l.codes, r.codes) as alone_l, alone(r.codes, l.codes) as alone_r,
           l.numbers = r.numbers and (not (l.is_at_home and r.is_at_home) or list_has_any(l.domains, r.domains))
           as may_slip,
           may_slip and (slips_into_form(l.letters, r.letters, l.whole, r.whole)
                         or has_slips(l.letters, r.letters, 1, 10)) as is_one_slip,
           is_ascii(l.letters) <> is_ascii(r.letters) as are_in_two_scripts
    from pairs join traits l on l.id = one join traits r on r.id = other
    where l.letters <> r.letters and l.letters <> '' and r.letters <> ''
);

create or replace temp table slips as
with lefts as (
    select one, other, unnest(alone_l) as code, generate_subscripts(alone_l, 1) as place from shared where is_worth_it
), rights as (
    select one, other, unnest(alone_r) as code, generate_subscripts(alone_r, 1) as place from shared where is_worth_it
), left_words as (
    select lefts.*, word from lefts join word using (code)
), right_words as (
    select rights.*, word from rights join word using (code)
), alike as (
    select distinct l.one, l.other, l.code as code_l, r.code as code_r
    from left_words l join right_words r on r.one = l.one and r.other = l.other
    where l.word[1] in ('.', '~') and r.word[1] in ('.', '~') and are_one(l.word[2:], r.word[2:])
), paired as (
    select one, other, list(distinct code_l) as found_l, list(distinct code_r) as found_r from alike group by all
), spelled as (
    -- What one writes as two words, the other may write as one.
    select l.one, l.other, true as is_one
    from (select one, other, string_agg(word[2:], '' order by place) as text from left_words group by all) l
    join (select one, other, string_agg(word[2:], '' order by place) as text from right_words group by all) r
      on r.one = l.one and r.other = l.other and r.text = l.text
)
select one, other, found_l, found_r, is_one
from paired full join spelled using (one, other);

create or replace temp table alike as
with weighed as (
    select *, case when is_one then alone_l else coalesce(found_l, []) end as paired_l,
           case when is_one then alone_r else coalesce(found_r, []) end as paired_r,
           losses(alone_l) - losses(paired_l) as lost_l, losses(alone_r) - losses(paired_r) as lost_r,
           gained + greatest(0, least(gains(paired_l) - 2 * len(paired_l), gains(paired_r) - 2 * len(paired_r))) as won
    from shared left join slips using (one, other)
)
select one, other, least(l.weight, case when l.is_common then {most_of_a_common_name} else {most} end) as bits,
       false as is_slip
from pairs join traits l on l.id = one join traits r on r.id = other
where l.letters = r.letters and l.letters <> ''
union all
select one, other,
       case when is_one_slip then least({most}, least(weight_l, weight_r) - 2)
       -- They share what tells, and each has something that the other lacks: sisters, whose difference counts.
       when gained >= {telling} and lost_l >= 2 and lost_r >= 2 then least({most}, won) - lost_l - lost_r
       else greatest(case when are_in_two_scripts then 0 else {other_name} end, least({most}, won) - lost_l - lost_r) end,
       is_one_slip
from weighed;

create or replace table compared as
select (row_number() over (order by one, other))::int as pair, one, other,
       case when l.duns = '' or r.duns = '' then null when l.duns = r.duns then 'same' else 'other' end as duns,
       case when len(l.domains) = 0 or len(r.domains) = 0 then null
            when list_has_any(l.own_domains, r.own_domains)
                then case when l.corner <> r.corner and l.letters <> r.letters then 'another_corner'
                          when are_at_home(l.letters, r.letters, list_intersect(l.own_domains, r.own_domains))
                          then 'at_home' else 'same' end
            when list_has_any(l.domains, r.domains) then 'shared_by_families'
            when list_has_any(l.labels, r.labels) then 'same_label'
            when least(length(l.labels[1]), length(r.labels[1])) >= 5
             and (contains(l.labels[1], r.labels[1]) or contains(r.labels[1], l.labels[1])) then 'like_label'
            when length(l.letters) <= 4 and l.letters = r.letters
             and not (contains(l.labels[1], l.letters) and contains(r.labels[1], r.letters)) then 'other_of_short'
            else 'other' end as domain,
       case when list_has_any(l.domains, r.mail) or list_has_any(l.mail, r.domains) or list_has_any(l.mail, r.mail)
            then 'same' end as email_domain,
       case when are_initials(l.letters, r.letters, l.initials, r.initials)
                then greatest(worth_of_initials(l.letters, r.letters, l.labels, r.labels), coalesce(bits, 0))
            when is_named_by_domain(l.letters, l.labels, r.letters, r.labels) then least(r.weight, 9)
            when is_named_by_domain(r.letters, r.labels, l.letters, l.labels) then least(l.weight, 9)
            else case when bits >= {least} then bits when bits is not null then {least} end end::int::text as name,
       case when are_initials(l.letters, r.letters, l.initials, r.initials) then null
            -- A university has others on its domain, but hardly another university: one name in two languages.
            when l.institution = 'university' and r.institution = 'university' and not list_has_any(l.heads, r.heads)
             and list_has_any(l.domains, r.domains) then 'same_host'
            -- And one is told from another by what it teaches or looks after.
            when l.institution = r.institution and l.is_host and not list_has_any(l.domains, r.domains)
             and list_sort(l.heads) = list_sort(r.heads) and list_sort(l.places) = list_sort(r.places)
             and losses(alone(l.codes, r.codes)) + losses(alone(r.codes, l.codes)) > 0 then 'another_field'
            when l.institution = r.institution then null
            when is_slip then null
            when list_has_any(l.heads, r.heads) then 'other'
            -- Who goes by the very name of the domain is no unit of another on it.
            when bits <= {other_name} and (l.is_host or r.is_host)
             and not list_contains(r.labels, l.letters) and not list_contains(l.labels, r.letters) then 'unit'
            end as institution,
       case when l.form = '' or r.form = '' then null when l.form <> r.form then 'other' end as form,
       case when l.letters = '' or r.letters = '' or is_slip
              or are_initials(l.letters, r.letters, l.initials, r.initials) then null
            when says_another(l.places, r.places, r.land) or says_another(r.places, l.places, l.land)
                then 'abroad'
            when says_its_own(l.places, r.places, l.country, r.land)
              or says_its_own(r.places, l.places, r.country, l.land)
                then 'local'
            when l.places <> r.places and len(l.domains) > 0 and len(r.domains) > 0
             and not list_has_any(l.domains, r.domains) then 'elsewhere' end as branch,
       case when l.country = '' or r.country = '' then null
            when l.country = r.country then 'same' else 'other' end as country
from pairs join traits l on l.id = one join traits r on r.id = other left join alike using (one, other);
