"""How much two names speak for one company, in bits: what their words share, less what one has alone."""

import duckdb

from hub.graph.rarity import penalty, rarity

MOST, LEAST = 12, -10
"""However many words are shared, or are not."""
_OTHER = -4
_TELLING = 8

# Words begin with their rarity and their penalty, each as one letter, and then with the mark of their kind.
_MACROS = """
create or replace macro gains(words) as coalesce(list_sum(list_transform(words, lambda x: ascii(x) - 64)), 0);
create or replace macro losses(words) as coalesce(list_sum(list_transform(words, lambda x: ascii(x[2]) - 64)), 0);
create or replace macro alone(one, other) as list_filter(one, lambda x: not list_contains(other, x));
create or replace macro has_slips(x, y, most, shortest) as
    least(length(x), length(y)) >= shortest and abs(length(x) - length(y)) <= most and levenshtein(x, y) <= most;
create or replace macro are_one(x, y) as
    has_slips(x, y, 1, 5) or has_slips(x, y, 2, 10) or has_slips(x, y, 3, 15) or x = y || 's' or y = x || 's'
    or (least(length(x), length(y)) >= 4 and abs(length(x) - length(y)) <= 3
        and (starts_with(x, y) or starts_with(y, x)));
create or replace macro is_spelled(x) as x[3] in ('.', '~')
"""

# Step by step, so that nothing is worked out twice; and words that may be one are compared as rows of their own, since
# DuckDB is slow at lists within lists.
_COMPARE = f"""
create or replace temp table sides as
select row_number() over () as pair, join_key_l, join_key_r, one.letters as l, other.letters as r,
       one.words as words_l, other.words as words_r, one.weight as weight_l, other.weight as weight_r,
       one.is_common, one.numbers = other.numbers and not (one.is_at_home and other.is_at_home) as may_slip
from pairs join traits one on one.id = join_key_l join traits other on other.id = join_key_r;

create or replace temp table shared as
select *, gains(list_intersect(words_l, words_r)) as gained, alone(words_l, words_r) as alone_l,
       alone(words_r, words_l) as alone_r,
       may_slip and has_slips(l, r, 1, 12) as is_one_slip,
       may_slip and not is_one_slip and len(alone_l) > 0 and len(alone_r) > 0
       and (gained >= 6 or greatest(len(alone_l), len(alone_r)) <= 2) as is_worth_it
from sides where l <> r;

create or replace temp table slips as
with lefts as (
    select pair, unnest(alone_l) as word from shared where is_worth_it
), rights as (
    select pair, unnest(alone_r) as word from shared where is_worth_it
), alike as (
    select distinct lefts.pair, lefts.word as one, rights.word as other
    from lefts join rights on rights.pair = lefts.pair
    where is_spelled(lefts.word) and is_spelled(rights.word) and are_one(lefts.word[4:], rights.word[4:])
)
select pair, list(distinct one) as found_l, list(distinct other) as found_r from alike group by pair;

create or replace table compared as
with told as (
    select join_key_l, join_key_r, least(weight_l, case when is_common then 8 else {MOST} end) as bits
    from sides where l = r
    union all
    select join_key_l, join_key_r,
           case when is_one_slip then least({MOST}, least(weight_l, weight_r) - 2)
           -- They share what tells, and each has something that the other lacks: sisters, whose difference counts.
           when gained >= {_TELLING} and lost_l >= 2 and lost_r >= 2 then least({MOST}, gained + slipped) - lost_l - lost_r
           else greatest({_OTHER}, least({MOST}, gained + slipped) - lost_l - lost_r) end
    from (
        select *, losses(alone_l) - coalesce(losses(found_l), 0) as lost_l,
               losses(alone_r) - coalesce(losses(found_r), 0) as lost_r,
               greatest(0, coalesce(least(gains(found_l) - 2 * len(found_l), gains(found_r) - 2 * len(found_r)), 0)) as slipped
        from shared left join slips using (pair)
    )
)
select greatest({LEAST}, bits)::int::varchar as match_key, join_key_l, join_key_r from told
"""


def compare_names(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill the table `compared` (match_key, join_key_l, join_key_r) from `pairs` and `traits`: the bits as the key."""
    connection.execute(_MACROS)
    connection.execute(_COMPARE)


def weighed(word: str) -> str:
    """A word with what it weighs."""
    return f"{chr(64 + rarity(word))}{chr(64 + penalty(word))}{word}"
