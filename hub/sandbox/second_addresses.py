"""Further domains of companies and further email addresses of people, which one of the systems keeps."""

import random

from hub.sandbox.chance import happens
from hub.sandbox.people import slug
from hub.sandbox.world import Copy

_DOMAINS_SHARE = 0.06
_EMAILS_SHARE = 0.08


def add_second_addresses(copy: Copy, rng: random.Random) -> None:
    """Give some of the rows one; no two companies or people share any."""
    for account in copy.accounts:
        if account.name and account.domain and happens(rng, _DOMAINS_SHARE):
            account.other_domains = (f"{slug(account.name) or 'group'}-{account.truth}.example",)
    for contact in copy.contacts:
        if contact.email and happens(rng, _EMAILS_SHARE):
            mailbox, _, host = contact.email.partition("@")
            contact.other_emails = (f"{mailbox}.{contact.truth}@{host}", f"private-{contact.id}@mail.example")
