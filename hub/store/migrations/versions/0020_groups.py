"""Relations by sources, people and rules; the groups of related accounts; what mapping does to accounts, told."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

KINDS = ("PARENT_OF", "SUCCESSOR_OF", "BRAND_OF")
SOURCES = ("SOURCE", "PERSON", "RULES")
ISSUES = (
    "UNMAPPED_PAYLOAD",
    "NEW_FIELD",
    "VANISHED_FIELD",
    "RETYPED_FIELD",
    "MASS_REMOVAL",
    "STREAM_UNAVAILABLE",
    "BAD_ROW",
    "CONTRADICTION",
    "CIRCULAR_PARENTS",
)

GROUPS = """
create view account_group as
select head.owner_id, head.id, head.name, head.is_removed, (
    select coalesce(jsonb_agg(
        jsonb_build_object('amount', total.amount::text, 'currency', total.currency) order by total.currency
    ), '[]')
    from (
        select sum(deal.amount) as amount, deal.currency from (
            select distinct deal.id, deal.amount, deal.currency
            from account_profile member
            join opportunity_account link on link.account_id = member.id and link.removal is null
            join connection on connection.id = link.connection_id and connection.owner_id = head.owner_id
            join opportunity deal on deal.connection_id = link.connection_id
                                 and deal.external_id = link.opportunity_external_id
            where member.owner_id = head.owner_id and (member.id = head.id or member.head_id = head.id)
              and deal.removal is null and not deal.is_closed and deal.amount is not null
        ) deal
        group by deal.currency
    ) total
) as amounts
from account_profile head
where head.head_id is null
"""

# Of accounts that are heads no more, and of those that were merged: an account that has a profile has no redirect.
REDIRECTS = """
create view account_group_redirect as
select owner_id, id as retired_id, head_id as group_id from account_profile where head_id is not null
union all
select redirect.owner_id, redirect.retired_id, profile.group_id
from account_redirect redirect
join account_profile profile on profile.owner_id = redirect.owner_id and profile.id = redirect.account_id
"""


def upgrade() -> None:
    # The next mapping finds them again, and who says so: what there is does not tell of both records.
    op.drop_table("relation")
    _create_relation()
    op.add_column("account_profile", sa.Column("head_id", sa.Uuid(), nullable=True))
    op.add_column(
        "account_profile", sa.Column("group_id", sa.Uuid(), sa.Computed("coalesce(head_id, id)", persisted=True))
    )
    op.alter_column("account_profile", "group_id", nullable=False)
    op.create_foreign_key(
        op.f("account_profile_owner_id_head_id_fkey"),
        "account_profile",
        "account_profile",
        ["owner_id", "head_id"],
        ["owner_id", "id"],
        ondelete="SET NULL (head_id)",
    )
    op.create_index(
        "account_profile_head_idx",
        "account_profile",
        ["owner_id", "head_id"],
        postgresql_where=sa.text("head_id is not null"),
    )
    op.execute(GROUPS)
    op.execute(REDIRECTS)
    # One index that also finds the history of a record.
    op.drop_index("account_membership_one_open", "account_membership")
    op.create_index(
        "account_membership_one_open",
        "account_membership",
        ["record_id", "valid_to"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.add_column("change", sa.Column("other_id", sa.Uuid(), nullable=True))
    _direct_decisions()
    op.drop_constraint(op.f("issue_issuekind_check"), "issue")
    listed = ", ".join(f"'{kind}'" for kind in ISSUES)
    op.execute(f"alter table issue add constraint issue_issuekind_check check (kind in ({listed}))")


def _create_relation() -> None:
    op.create_table(
        "relation",
        sa.Column("kind", _choice("relationkind", KINDS), nullable=True),
        sa.Column("source", _choice("relationsource", SOURCES), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("from_record_id", sa.Uuid(), nullable=False),
        sa.Column("to_record_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("bits", sa.Numeric(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.CheckConstraint("from_id <> to_id", name=op.f("relation_two_ends_check")),
        sa.CheckConstraint("kind is not null or source = 'PERSON'", name=op.f("relation_said_how_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("relation_pkey")),
    )
    op.create_index(
        "relation_once_idx",
        "relation",
        ["from_record_id", "to_record_id", "source", "kind"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_index("relation_from_idx", "relation", ["from_id", "owner_id"])
    op.create_index("relation_to_idx", "relation", ["to_id", "owner_id"])


def _direct_decisions() -> None:
    op.add_column("decision", sa.Column("relation", _choice("relationkind", KINDS), nullable=True))
    op.add_column("decision", sa.Column("from_id", sa.Uuid(), nullable=True))
    for name, rule in (
        ("decision_related_check", "relation is null or verdict = 'RELATED'"),
        ("decision_directed_check", "(relation is null) = (from_id is null)"),
        ("decision_from_a_side_check", "from_id in (left_id, right_id)"),
    ):
        op.create_check_constraint(op.f(name), "decision", rule)


def _choice(name: str, choices: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*choices, name=name, native_enum=False, create_constraint=True, length=40)
