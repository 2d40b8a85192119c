"""The demo's customers: names put together within one language, each with an e-mail of its own."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from boxoffice.storage.demo_programme import read_house, read_texts

CUSTOMERS = 600
DEMO_PASSWORD = "demo"  # noqa: S105 - everybody may know it: all of the demo is invented
_SPELT_OUT = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ß": "ss",
        "ø": "o",
        "æ": "ae",
        "ł": "l",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "'": "",
        " ": "",
    }
)
_DOMAINS = ("example.org", "example.com", "example.net")
_PHONES = 1_000
"""+49 30 23125 000 to 999 are kept free of real subscribers, for stories like this one."""


def email_of(first_name: str, last_name: str, domain: str) -> str:
    """Return the name as people spell it in an address: paula.jaeger@example.org."""
    name = f"{first_name}.{last_name}".lower().translate(_SPELT_OUT)
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return f"{letters}@{domain}"


def sign_in_name(first_name: str) -> str:
    """Return what a demo's person signs in with; no real office on the same server has such a name."""
    return email_of(first_name, "staff", "demo").replace(".staff@", ".")


def demo_clerk() -> str:
    """Return the sign-in name of the clerk that the demo opens as."""
    return next(
        sign_in_name(person["first_name"]) for person in read_house().staff if person["role"] == "clerk"
    )


def make_customers(random: Random, now: datetime, taken: Iterable[str]) -> list[dict[str, Any]]:
    """Return rows of customers in order of joining; no name and no e-mail twice, none of those `taken`."""
    emails = set(taken)
    people: list[dict[str, Any]] = []
    phones = random.sample(range(_PHONES), _PHONES)
    for first_name, last_name in _names(random):
        email = email_of(first_name, last_name, random.choice(_DOMAINS))
        if email in emails:
            continue
        emails.add(email)
        phone = f"+493023125{phones.pop():03}" if random.random() < 0.6 else None  # noqa: PLR2004 - a share
        people.append({"email": email, "first_name": first_name, "last_name": last_name, "phone": phone})
    joined = sorted(now - timedelta(minutes=random.randrange(31 * 1440, 900 * 1440)) for _ in people)
    return [
        person | {"role": "customer", "created_at": at} for person, at in zip(people, joined, strict=True)
    ]


def _names(random: Random) -> list[tuple[str, str]]:
    """Return distinct names in the groups' shares, shuffled."""
    names: dict[tuple[str, str], None] = {}
    for group in read_texts("names")["groups"]:
        pairs = [(first, last) for first in group["first"] for last in group["last"]]
        names.update(dict.fromkeys(random.sample(pairs, CUSTOMERS * group["share"] // 100)))
    shuffled = list(names)
    random.shuffle(shuffled)
    return shuffled
