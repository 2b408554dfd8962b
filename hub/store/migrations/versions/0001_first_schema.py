"""The first schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

# RFC 9562 version 7: 48 bits of milliseconds, then random bits.
UUID7 = """
create function hub_uuid7() returns uuid language sql volatile parallel safe as $$
  select encode(
    set_bit(set_bit(
      overlay(
        uuid_send(gen_random_uuid())
        placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
        from 1 for 6
      ), 52, 1), 53, 1), 'hex')::uuid
$$
"""
BUILT_IN_UUID7 = "create function hub_uuid7() returns uuid language sql volatile parallel safe as 'select uuidv7()'"


def upgrade() -> None:
    has_uuid7 = (op.get_bind().dialect.server_version_info or (0,)) >= (18,)
    op.execute(BUILT_IN_UUID7 if has_uuid7 else UUID7)
    op.create_table(
        "account",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=True),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("account_pkey")),
    )
    op.create_index("account_domain_idx", "account", ["domain"], unique=False)
    op.create_index("account_name_idx", "account", ["name", "id"], unique=False)
    op.create_table(
        "organization",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=True),
        sa.Column("is_home", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("organization_pkey")),
        sa.UniqueConstraint("name", name=op.f("organization_name_key")),
    )
    op.create_index(
        "organization_one_home", "organization", ["is_home"], unique=True, postgresql_where=sa.text("is_home")
    )
    op.create_table(
        "person",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("person_pkey")),
    )
    op.create_index("person_name_idx", "person", ["name", "id"], unique=False)
    op.create_table(
        "account_redirect",
        sa.Column("retired_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("retired_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("account_redirect_account_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("retired_id", name=op.f("account_redirect_pkey")),
    )
    op.create_index(op.f("account_redirect_account_id_idx"), "account_redirect", ["account_id"], unique=False)
    op.create_table(
        "api_key",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("revoked_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("last_used_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("api_key_organization_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("api_key_pkey")),
        sa.UniqueConstraint("prefix", name=op.f("api_key_prefix_key")),
    )
    op.create_table(
        "connection",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("connector", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("config", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("credentials", sa.LargeBinary(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "ACTIVE",
                "REAUTH_REQUIRED",
                name="connectionstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["organization.id"], name=op.f("connection_owner_id_fkey")),
        sa.ForeignKeyConstraint(["subject_id"], ["organization.id"], name=op.f("connection_subject_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("connection_pkey")),
        sa.UniqueConstraint("name", name=op.f("connection_name_key")),
    )
    op.create_index(op.f("connection_owner_id_idx"), "connection", ["owner_id"], unique=False)
    op.create_index(op.f("connection_subject_id_idx"), "connection", ["subject_id"], unique=False)
    op.create_table(
        "person_redirect",
        sa.Column("retired_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("retired_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("person_redirect_person_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("retired_id", name=op.f("person_redirect_pkey")),
    )
    op.create_index(op.f("person_redirect_person_id_idx"), "person_redirect", ["person_id"], unique=False)
    op.create_table(
        "program",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("program_organization_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("program_pkey")),
        sa.UniqueConstraint("organization_id", "name", name=op.f("program_organization_id_name_key")),
    )
    op.create_table(
        "issue",
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "UNMAPPED_PAYLOAD",
                "NEW_FIELD",
                "STREAM_UNAVAILABLE",
                "BAD_ROW",
                name="issuekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column(
            "first_seen_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("last_seen_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("resolved_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("issue_connection_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("issue_pkey")),
        sa.UniqueConstraint(
            "connection_id", "stream", "kind", "subject", name=op.f("issue_connection_id_stream_kind_subject_key")
        ),
    )
    op.create_table(
        "raw_record",
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("observed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("raw_record_connection_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("raw_record_pkey")),
        sa.UniqueConstraint(
            "connection_id", "stream", "external_id", name=op.f("raw_record_connection_id_stream_external_id_key")
        ),
    )
    op.create_table(
        "seen_key",
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("seen_key_connection_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("connection_id", "stream", "external_id", name=op.f("seen_key_pkey")),
    )
    op.create_table(
        "stream_state",
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("bookmark", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "status",
            sa.Enum("READY", "UNAVAILABLE", name="streamstatus", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("synced_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("stream_state_connection_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("connection_id", "stream", name=op.f("stream_state_pkey")),
    )
    op.create_table(
        "sync_run",
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "RUNNING",
                "SUCCEEDED",
                "FAILED",
                "INTERRUPTED",
                "UNAVAILABLE",
                name="syncrunstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("started_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("payloads_seen", sa.Integer(), nullable=False),
        sa.Column("payloads_changed", sa.Integer(), nullable=False),
        sa.Column("payloads_unmapped", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("sync_run_connection_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("sync_run_pkey")),
    )
    op.create_index("sync_run_connection_started_idx", "sync_run", ["connection_id", "started_at"], unique=False)
    op.create_index(
        "sync_run_one_running",
        "sync_run",
        ["connection_id", "stream"],
        unique=True,
        postgresql_where=sa.text("state = 'RUNNING'"),
    )
    op.create_table(
        "tier",
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("tier_program_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("tier_pkey")),
        sa.UniqueConstraint("program_id", "name", name=op.f("tier_program_id_name_key")),
        sa.UniqueConstraint("program_id", "rank", name=op.f("tier_program_id_rank_key")),
    )
    op.create_table(
        "account_record",
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("domain", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("industry", sa.Text(), nullable=True),
        sa.Column("employees", sa.Integer(), nullable=True),
        sa.Column("revenue", sa.Numeric(), nullable=True),
        sa.Column("revenue_currency", sa.String(length=3), nullable=True),
        sa.Column("street", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("postal_code", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("duns", sa.Text(), nullable=True),
        sa.Column("parent_external_id", sa.Text(), nullable=True),
        sa.Column("owner_external_id", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("source_created_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("source_modified_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "removal",
            sa.Enum(
                "DELETED", "ARCHIVED", "MERGED", name="removal", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column(
            "removal_evidence",
            sa.Enum(
                "SOURCE_ROW",
                "DELETED_FEED",
                "ARCHIVED_FEED",
                "REPLACED_LIST",
                name="removalevidence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("removed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("custom", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("raw_id", sa.Uuid(), nullable=False),
        sa.Column("observed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("account_record_account_id_fkey")),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("account_record_connection_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["raw_id"], ["raw_record.id"], name=op.f("account_record_raw_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("account_record_pkey")),
        sa.UniqueConstraint("connection_id", "external_id", name=op.f("account_record_connection_id_external_id_key")),
    )
    op.create_index("account_record_account_idx", "account_record", ["account_id", "name", "id"], unique=False)
    op.create_index("account_record_name_idx", "account_record", ["name", "id"], unique=False)
    op.create_index(op.f("account_record_raw_id_idx"), "account_record", ["raw_id"], unique=False)
    op.create_table(
        "campaign",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("budgeted_cost", sa.Numeric(), nullable=True),
        sa.Column("actual_cost", sa.Numeric(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("source_created_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("source_modified_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "removal",
            sa.Enum(
                "DELETED", "ARCHIVED", "MERGED", name="removal", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column(
            "removal_evidence",
            sa.Enum(
                "SOURCE_ROW",
                "DELETED_FEED",
                "ARCHIVED_FEED",
                "REPLACED_LIST",
                name="removalevidence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("removed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("custom", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("raw_id", sa.Uuid(), nullable=False),
        sa.Column("observed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("campaign_connection_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["raw_id"], ["raw_record.id"], name=op.f("campaign_raw_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("campaign_pkey")),
        sa.UniqueConstraint("connection_id", "external_id", name=op.f("campaign_connection_id_external_id_key")),
    )
    op.create_index(op.f("campaign_raw_id_idx"), "campaign", ["raw_id"], unique=False)
    op.create_table(
        "campaign_member",
        sa.Column("campaign_external_id", sa.Text(), nullable=False),
        sa.Column("contact_external_id", sa.Text(), nullable=True),
        sa.Column("lead_external_id", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("has_responded", sa.Boolean(), nullable=False),
        sa.Column("responded_on", sa.Date(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("source_created_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("source_modified_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "removal",
            sa.Enum(
                "DELETED", "ARCHIVED", "MERGED", name="removal", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column(
            "removal_evidence",
            sa.Enum(
                "SOURCE_ROW",
                "DELETED_FEED",
                "ARCHIVED_FEED",
                "REPLACED_LIST",
                name="removalevidence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("removed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("custom", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("raw_id", sa.Uuid(), nullable=False),
        sa.Column("observed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("campaign_member_connection_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["raw_id"], ["raw_record.id"], name=op.f("campaign_member_raw_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("campaign_member_pkey")),
        sa.UniqueConstraint("connection_id", "external_id", name=op.f("campaign_member_connection_id_external_id_key")),
    )
    op.create_index(
        "campaign_member_campaign_idx", "campaign_member", ["connection_id", "campaign_external_id"], unique=False
    )
    op.create_index(op.f("campaign_member_raw_id_idx"), "campaign_member", ["raw_id"], unique=False)
    op.create_table(
        "contact_account",
        sa.Column("contact_external_id", sa.Text(), nullable=False),
        sa.Column("account_external_id", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("source_created_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("source_modified_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "removal",
            sa.Enum(
                "DELETED", "ARCHIVED", "MERGED", name="removal", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column(
            "removal_evidence",
            sa.Enum(
                "SOURCE_ROW",
                "DELETED_FEED",
                "ARCHIVED_FEED",
                "REPLACED_LIST",
                name="removalevidence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("removed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("custom", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("raw_id", sa.Uuid(), nullable=False),
        sa.Column("observed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("contact_account_connection_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["raw_id"], ["raw_record.id"], name=op.f("contact_account_raw_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("contact_account_pkey")),
        sa.UniqueConstraint("connection_id", "external_id", name=op.f("contact_account_connection_id_external_id_key")),
    )
    op.create_index(
        "contact_account_account_idx", "contact_account", ["connection_id", "account_external_id"], unique=False
    )
    op.create_index(
        "contact_account_contact_idx", "contact_account", ["connection_id", "contact_external_id"], unique=False
    )
    op.create_index(op.f("contact_account_raw_id_idx"), "contact_account", ["raw_id"], unique=False)
    op.create_table(
        "contact_record",
        sa.Column("first_name", sa.Text(), nullable=True),
        sa.Column("last_name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("owner_external_id", sa.Text(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("source_created_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("source_modified_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "removal",
            sa.Enum(
                "DELETED", "ARCHIVED", "MERGED", name="removal", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column(
            "removal_evidence",
            sa.Enum(
                "SOURCE_ROW",
                "DELETED_FEED",
                "ARCHIVED_FEED",
                "REPLACED_LIST",
                name="removalevidence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("removed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("custom", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("raw_id", sa.Uuid(), nullable=False),
        sa.Column("observed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("contact_record_connection_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("contact_record_person_id_fkey")),
        sa.ForeignKeyConstraint(
            ["raw_id"], ["raw_record.id"], name=op.f("contact_record_raw_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("contact_record_pkey")),
        sa.UniqueConstraint("connection_id", "external_id", name=op.f("contact_record_connection_id_external_id_key")),
    )
    op.create_index("contact_record_person_idx", "contact_record", ["person_id", "last_name", "id"], unique=False)
    op.create_index(op.f("contact_record_raw_id_idx"), "contact_record", ["raw_id"], unique=False)
    op.create_table(
        "lead",
        sa.Column("company", sa.Text(), nullable=True),
        sa.Column("first_name", sa.Text(), nullable=True),
        sa.Column("last_name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("lead_source", sa.Text(), nullable=True),
        sa.Column("owner_external_id", sa.Text(), nullable=True),
        sa.Column("is_converted", sa.Boolean(), nullable=False),
        sa.Column("converted_at", sa.Date(), nullable=True),
        sa.Column("converted_account_external_id", sa.Text(), nullable=True),
        sa.Column("converted_contact_external_id", sa.Text(), nullable=True),
        sa.Column("converted_opportunity_external_id", sa.Text(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("source_created_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("source_modified_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "removal",
            sa.Enum(
                "DELETED", "ARCHIVED", "MERGED", name="removal", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column(
            "removal_evidence",
            sa.Enum(
                "SOURCE_ROW",
                "DELETED_FEED",
                "ARCHIVED_FEED",
                "REPLACED_LIST",
                name="removalevidence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("removed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("custom", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("raw_id", sa.Uuid(), nullable=False),
        sa.Column("observed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("lead_connection_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["raw_id"], ["raw_record.id"], name=op.f("lead_raw_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("lead_pkey")),
        sa.UniqueConstraint("connection_id", "external_id", name=op.f("lead_connection_id_external_id_key")),
    )
    op.create_index(op.f("lead_raw_id_idx"), "lead", ["raw_id"], unique=False)
    op.create_table(
        "opportunity",
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("pipeline_external_id", sa.Text(), nullable=True),
        sa.Column("stage_external_id", sa.Text(), nullable=True),
        sa.Column("amount", sa.Numeric(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("probability", sa.Numeric(), nullable=True),
        sa.Column("close_date", sa.Date(), nullable=True),
        sa.Column("is_closed", sa.Boolean(), nullable=True),
        sa.Column("is_won", sa.Boolean(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("lead_source", sa.Text(), nullable=True),
        sa.Column("owner_external_id", sa.Text(), nullable=True),
        sa.Column("campaign_external_id", sa.Text(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("source_created_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("source_modified_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "removal",
            sa.Enum(
                "DELETED", "ARCHIVED", "MERGED", name="removal", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column(
            "removal_evidence",
            sa.Enum(
                "SOURCE_ROW",
                "DELETED_FEED",
                "ARCHIVED_FEED",
                "REPLACED_LIST",
                name="removalevidence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("removed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("custom", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("raw_id", sa.Uuid(), nullable=False),
        sa.Column("observed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("opportunity_connection_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["raw_id"], ["raw_record.id"], name=op.f("opportunity_raw_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("opportunity_pkey")),
        sa.UniqueConstraint("connection_id", "external_id", name=op.f("opportunity_connection_id_external_id_key")),
    )
    op.create_index("opportunity_amount_idx", "opportunity", ["amount", "id"], unique=False)
    op.create_index("opportunity_close_date_idx", "opportunity", ["close_date", "id"], unique=False)
    op.create_index("opportunity_name_idx", "opportunity", ["name", "id"], unique=False)
    op.create_index(op.f("opportunity_raw_id_idx"), "opportunity", ["raw_id"], unique=False)
    op.create_table(
        "opportunity_account",
        sa.Column("opportunity_external_id", sa.Text(), nullable=False),
        sa.Column("account_external_id", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("source_created_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("source_modified_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "removal",
            sa.Enum(
                "DELETED", "ARCHIVED", "MERGED", name="removal", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column(
            "removal_evidence",
            sa.Enum(
                "SOURCE_ROW",
                "DELETED_FEED",
                "ARCHIVED_FEED",
                "REPLACED_LIST",
                name="removalevidence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("removed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("custom", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("raw_id", sa.Uuid(), nullable=False),
        sa.Column("observed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["connection.id"],
            name=op.f("opportunity_account_connection_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["raw_id"], ["raw_record.id"], name=op.f("opportunity_account_raw_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("opportunity_account_pkey")),
        sa.UniqueConstraint(
            "connection_id", "external_id", name=op.f("opportunity_account_connection_id_external_id_key")
        ),
    )
    op.create_index(
        "opportunity_account_account_idx", "opportunity_account", ["connection_id", "account_external_id"], unique=False
    )
    op.create_index(
        "opportunity_account_opportunity_idx",
        "opportunity_account",
        ["connection_id", "opportunity_external_id"],
        unique=False,
    )
    op.create_index(op.f("opportunity_account_raw_id_idx"), "opportunity_account", ["raw_id"], unique=False)
    op.create_table(
        "opportunity_contact",
        sa.Column("opportunity_external_id", sa.Text(), nullable=False),
        sa.Column("contact_external_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("source_created_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("source_modified_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "removal",
            sa.Enum(
                "DELETED", "ARCHIVED", "MERGED", name="removal", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column(
            "removal_evidence",
            sa.Enum(
                "SOURCE_ROW",
                "DELETED_FEED",
                "ARCHIVED_FEED",
                "REPLACED_LIST",
                name="removalevidence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("removed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("custom", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("raw_id", sa.Uuid(), nullable=False),
        sa.Column("observed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["connection.id"],
            name=op.f("opportunity_contact_connection_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["raw_id"], ["raw_record.id"], name=op.f("opportunity_contact_raw_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("opportunity_contact_pkey")),
        sa.UniqueConstraint(
            "connection_id", "external_id", name=op.f("opportunity_contact_connection_id_external_id_key")
        ),
    )
    op.create_index(
        "opportunity_contact_contact_idx", "opportunity_contact", ["connection_id", "contact_external_id"], unique=False
    )
    op.create_index(
        "opportunity_contact_opportunity_idx",
        "opportunity_contact",
        ["connection_id", "opportunity_external_id"],
        unique=False,
    )
    op.create_index(op.f("opportunity_contact_raw_id_idx"), "opportunity_contact", ["raw_id"], unique=False)
    op.create_table(
        "opportunity_line",
        sa.Column("opportunity_external_id", sa.Text(), nullable=True),
        sa.Column("product_external_id", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("quantity", sa.Numeric(), nullable=True),
        sa.Column("unit_price", sa.Numeric(), nullable=True),
        sa.Column("total_price", sa.Numeric(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("source_created_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("source_modified_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "removal",
            sa.Enum(
                "DELETED", "ARCHIVED", "MERGED", name="removal", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column(
            "removal_evidence",
            sa.Enum(
                "SOURCE_ROW",
                "DELETED_FEED",
                "ARCHIVED_FEED",
                "REPLACED_LIST",
                name="removalevidence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("removed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("custom", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("raw_id", sa.Uuid(), nullable=False),
        sa.Column("observed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("opportunity_line_connection_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["raw_id"], ["raw_record.id"], name=op.f("opportunity_line_raw_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("opportunity_line_pkey")),
        sa.UniqueConstraint(
            "connection_id", "external_id", name=op.f("opportunity_line_connection_id_external_id_key")
        ),
    )
    op.create_index(
        "opportunity_line_opportunity_idx",
        "opportunity_line",
        ["connection_id", "opportunity_external_id"],
        unique=False,
    )
    op.create_index(op.f("opportunity_line_raw_id_idx"), "opportunity_line", ["raw_id"], unique=False)
    op.create_table(
        "opportunity_partner",
        sa.Column("opportunity_external_id", sa.Text(), nullable=False),
        sa.Column("account_external_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("source_created_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("source_modified_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "removal",
            sa.Enum(
                "DELETED", "ARCHIVED", "MERGED", name="removal", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column(
            "removal_evidence",
            sa.Enum(
                "SOURCE_ROW",
                "DELETED_FEED",
                "ARCHIVED_FEED",
                "REPLACED_LIST",
                name="removalevidence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("removed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("custom", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("raw_id", sa.Uuid(), nullable=False),
        sa.Column("observed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["connection.id"],
            name=op.f("opportunity_partner_connection_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["raw_id"], ["raw_record.id"], name=op.f("opportunity_partner_raw_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("opportunity_partner_pkey")),
        sa.UniqueConstraint(
            "connection_id", "external_id", name=op.f("opportunity_partner_connection_id_external_id_key")
        ),
    )
    op.create_index(
        "opportunity_partner_account_idx", "opportunity_partner", ["connection_id", "account_external_id"], unique=False
    )
    op.create_index(
        "opportunity_partner_opportunity_idx",
        "opportunity_partner",
        ["connection_id", "opportunity_external_id"],
        unique=False,
    )
    op.create_index(op.f("opportunity_partner_raw_id_idx"), "opportunity_partner", ["raw_id"], unique=False)
    op.create_table(
        "partnership",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("types", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("tier_id", sa.Uuid(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.CheckConstraint("organization_id <> partner_id", name=op.f("partnership_two_sides_check")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("partnership_organization_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["organization.id"], name=op.f("partnership_partner_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tier_id"], ["tier.id"], name=op.f("partnership_tier_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("partnership_pkey")),
        sa.UniqueConstraint("organization_id", "partner_id", name=op.f("partnership_organization_id_partner_id_key")),
    )
    op.create_index(op.f("partnership_partner_id_idx"), "partnership", ["partner_id"], unique=False)
    op.create_table(
        "pipeline",
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("source_created_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("source_modified_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "removal",
            sa.Enum(
                "DELETED", "ARCHIVED", "MERGED", name="removal", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column(
            "removal_evidence",
            sa.Enum(
                "SOURCE_ROW",
                "DELETED_FEED",
                "ARCHIVED_FEED",
                "REPLACED_LIST",
                name="removalevidence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("removed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("custom", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("raw_id", sa.Uuid(), nullable=False),
        sa.Column("observed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("pipeline_connection_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["raw_id"], ["raw_record.id"], name=op.f("pipeline_raw_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pipeline_pkey")),
        sa.UniqueConstraint("connection_id", "external_id", name=op.f("pipeline_connection_id_external_id_key")),
    )
    op.create_index(op.f("pipeline_raw_id_idx"), "pipeline", ["raw_id"], unique=False)
    op.create_table(
        "product",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("family", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("source_created_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("source_modified_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "removal",
            sa.Enum(
                "DELETED", "ARCHIVED", "MERGED", name="removal", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column(
            "removal_evidence",
            sa.Enum(
                "SOURCE_ROW",
                "DELETED_FEED",
                "ARCHIVED_FEED",
                "REPLACED_LIST",
                name="removalevidence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("removed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("custom", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("raw_id", sa.Uuid(), nullable=False),
        sa.Column("observed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("product_connection_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["raw_id"], ["raw_record.id"], name=op.f("product_raw_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("product_pkey")),
        sa.UniqueConstraint("connection_id", "external_id", name=op.f("product_connection_id_external_id_key")),
    )
    op.create_index(op.f("product_raw_id_idx"), "product", ["raw_id"], unique=False)
    op.create_table(
        "raw_record_version",
        sa.Column("raw_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("observed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("superseded_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["raw_id"], ["raw_record.id"], name=op.f("raw_record_version_raw_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("raw_id", "version", name=op.f("raw_record_version_pkey")),
    )
    op.create_table(
        "sales_user",
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("source_created_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("source_modified_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "removal",
            sa.Enum(
                "DELETED", "ARCHIVED", "MERGED", name="removal", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column(
            "removal_evidence",
            sa.Enum(
                "SOURCE_ROW",
                "DELETED_FEED",
                "ARCHIVED_FEED",
                "REPLACED_LIST",
                name="removalevidence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("removed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("custom", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("raw_id", sa.Uuid(), nullable=False),
        sa.Column("observed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("sales_user_connection_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["raw_id"], ["raw_record.id"], name=op.f("sales_user_raw_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("sales_user_pkey")),
        sa.UniqueConstraint("connection_id", "external_id", name=op.f("sales_user_connection_id_external_id_key")),
    )
    op.create_index(op.f("sales_user_raw_id_idx"), "sales_user", ["raw_id"], unique=False)
    op.create_table(
        "stage",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("pipeline_external_id", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("probability", sa.Numeric(), nullable=True),
        sa.Column("is_closed", sa.Boolean(), nullable=True),
        sa.Column("is_won", sa.Boolean(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("source_created_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("source_modified_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "removal",
            sa.Enum(
                "DELETED", "ARCHIVED", "MERGED", name="removal", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column(
            "removal_evidence",
            sa.Enum(
                "SOURCE_ROW",
                "DELETED_FEED",
                "ARCHIVED_FEED",
                "REPLACED_LIST",
                name="removalevidence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("removed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("custom", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("raw_id", sa.Uuid(), nullable=False),
        sa.Column("observed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("stage_connection_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["raw_id"], ["raw_record.id"], name=op.f("stage_raw_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("stage_pkey")),
        sa.UniqueConstraint("connection_id", "external_id", name=op.f("stage_connection_id_external_id_key")),
    )
    op.create_index("stage_name_idx", "stage", ["connection_id", "name"], unique=False)
    op.create_index(op.f("stage_raw_id_idx"), "stage", ["raw_id"], unique=False)
    op.create_table(
        "stage_change",
        sa.Column("opportunity_external_id", sa.Text(), nullable=False),
        sa.Column("stage_external_id", sa.Text(), nullable=False),
        sa.Column("changed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("close_date", sa.Date(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("source_created_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("source_modified_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "removal",
            sa.Enum(
                "DELETED", "ARCHIVED", "MERGED", name="removal", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column(
            "removal_evidence",
            sa.Enum(
                "SOURCE_ROW",
                "DELETED_FEED",
                "ARCHIVED_FEED",
                "REPLACED_LIST",
                name="removalevidence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("removed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("custom", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("raw_id", sa.Uuid(), nullable=False),
        sa.Column("observed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connection.id"], name=op.f("stage_change_connection_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["raw_id"], ["raw_record.id"], name=op.f("stage_change_raw_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("stage_change_pkey")),
        sa.UniqueConstraint("connection_id", "external_id", name=op.f("stage_change_connection_id_external_id_key")),
    )
    op.create_index(
        "stage_change_opportunity_idx",
        "stage_change",
        ["connection_id", "opportunity_external_id", "changed_at"],
        unique=False,
    )
    op.create_index(op.f("stage_change_raw_id_idx"), "stage_change", ["raw_id"], unique=False)
    op.create_table(
        "account_membership",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("valid_to", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("account_membership_account_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["account_record.id"], name=op.f("account_membership_record_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("account_membership_pkey")),
    )
    op.create_index(op.f("account_membership_account_id_idx"), "account_membership", ["account_id"], unique=False)
    op.create_index(
        "account_membership_one_open",
        "account_membership",
        ["record_id"],
        unique=True,
        postgresql_where=sa.text("valid_to is null"),
    )
    op.create_table(
        "match",
        sa.Column("left_id", sa.Uuid(), nullable=False),
        sa.Column("right_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.Numeric(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "SAME",
                "DIFFERENT",
                "RELATED",
                "UNSURE",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.CheckConstraint("left_id < right_id", name=op.f("match_ordered_check")),
        sa.ForeignKeyConstraint(
            ["left_id"], ["account_record.id"], name=op.f("match_left_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["right_id"], ["account_record.id"], name=op.f("match_right_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("match_pkey")),
        sa.UniqueConstraint("left_id", "right_id", name=op.f("match_left_id_right_id_key")),
    )
    op.create_index(op.f("match_right_id_idx"), "match", ["right_id"], unique=False)
    op.create_table(
        "relation",
        sa.Column(
            "kind",
            sa.Enum(
                "PARENT_OF",
                "SUCCESSOR_OF",
                "BRAND_OF",
                name="relationkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("hub_uuid7()"), nullable=False),
        sa.CheckConstraint("from_id <> to_id", name=op.f("relation_two_ends_check")),
        sa.ForeignKeyConstraint(["from_id"], ["account.id"], name=op.f("relation_from_id_fkey"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["record_id"], ["account_record.id"], name=op.f("relation_record_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["to_id"], ["account.id"], name=op.f("relation_to_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("relation_pkey")),
        sa.UniqueConstraint(
            "kind", "from_id", "to_id", "record_id", name=op.f("relation_kind_from_id_to_id_record_id_key")
        ),
    )
    op.create_index(op.f("relation_record_id_idx"), "relation", ["record_id"], unique=False)
    op.create_index(op.f("relation_from_id_idx"), "relation", ["from_id"], unique=False)
    op.create_index(op.f("relation_to_id_idx"), "relation", ["to_id"], unique=False)
