"""Which account a record belonged to, and when."""

from datetime import datetime

from hub import model
from hub.schema.accounts import Account, AccountRecord
from hub.schema.fields import Node, column, one, shows
from hub.store import relation_paths as paths


@shows(model.AccountMembership, "A record belonged to an account for some time. Nothing of this is ever forgotten.")
class AccountMembership(Node):
    """A record in an account."""

    record: AccountRecord = one(paths.MEMBERSHIP_RECORD, "The record.")
    account: Account | None = one(
        paths.MEMBERSHIP_ACCOUNT, "The account, or what took its place; null where you have no record of either."
    )
    valid_from: datetime = column(model.AccountMembership.valid_from, "Since when.")
    valid_to: datetime | None = column(model.AccountMembership.valid_to, "Until when; null while it lasts.")
