"""Who works here, by the functions of migrations/sql/0003/up/02_people.sql that let people in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from psycopg import sql
from sqlalchemy import text
from sqlalchemy.orm import Session

from boxoffice.domain.errors import NeedsOverride
from boxoffice.domain.person import Hashes, NewPerson, Person, Role
from boxoffice.storage.line import driver

_SIGN_IN = text("SELECT sign_in(:till)")
_HAS_MANAGER = text(
    "SELECT EXISTS (SELECT 1 FROM users WHERE role = 'manager' AND database_role IS NOT NULL)"
)
_SIGN_IN_NAMES = text(
    "SELECT database_role FROM users WHERE is_active AND database_role IS NOT NULL ORDER BY 1"
)
_STAFF = text("""
    SELECT u.id, u.database_role, u.role, u.first_name, u.last_name, u.email, u.is_active,
           (SELECT max(at) FROM audit_logs a WHERE a.entity = 'person' AND a.entity_id = u.id
            AND a.action = 'signed_in') AS last_sign_in_at,
           coalesce(p.company, '') AS company
    FROM users u LEFT JOIN promoters p ON p.user_id = u.id
    WHERE u.database_role IS NOT NULL ORDER BY u.is_active DESC, u.first_name, u.last_name, u.id
""")
_INVITE = text("""
    SELECT invite_person(:name, :verifier, :role, :first_name, :last_name, nullif(:email, ''), :password_hash)
""")
_PROMOTER = text("INSERT INTO promoters (user_id, company) VALUES (:person, :company)")
_SET_ROLE = text("SELECT set_person_role(:person, :role)")
_ENABLE = text("SELECT set_person_active(:person, true)")
_DISABLE = text("CALL disable_person(:person)")
_END_CONNECTIONS = text("SELECT end_connections(:person)")
_RESET = text("SELECT reset_password(:person, :verifier, :password_hash)")
_OVERRIDE = text("SELECT grant_override(:deed, :entity, :entity_id, :clerk, :reason)")
_OWN_PASSWORD = text("SELECT set_my_password(:verifier, :password_hash)")
_OWN_PIN = text("SELECT set_my_pin(:pin_hash)")
_RENEW = text("SELECT renew_my_hash(:password_hash)")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who the server let in, and where they stand; `till_id` is None for people who sell nothing."""

    user_id: int
    name: str
    role: Role
    till_id: int | None
    promoter_id: int | None
    hashes: Hashes


def sign_in(session: Session, till: str) -> SignedIn:
    """Take a place at the till for the person whose role this connection has.

    Raises:
        NotAPerson: the role is nobody's, or of somebody who was disabled.
        UnknownTill: there is no such till, and only managers may name a new one.
    """
    facts: dict[str, Any] = session.scalar(_SIGN_IN, {"till": till})
    return SignedIn(
        user_id=facts["user_id"],
        name=facts["name"],
        role=Role(facts["role"]),
        till_id=facts["till_id"],
        promoter_id=facts["promoter_id"],
        hashes=Hashes(facts["password_hash"] or "", facts["pin_hash"] or ""),
    )


def has_manager(session: Session) -> bool:
    """Tell whether somebody can let people in. Asked with the rights of the database's keeper."""
    return bool(session.scalar(_HAS_MANAGER))


def sign_in_names(session: Session) -> tuple[str, ...]:
    """Return the names that people sign in with. Asked with the rights of the database's keeper."""
    return tuple(session.scalars(_SIGN_IN_NAMES))


def staff(session: Session) -> tuple[Person, ...]:
    """Return everybody who can or could sign in, those who can first."""
    return tuple(
        Person(
            id=row.id,
            sign_in_name=row.database_role,
            role=Role(row.role),
            first_name=row.first_name,
            last_name=row.last_name,
            email=row.email or "",
            is_active=row.is_active,
            last_sign_in_at=row.last_sign_in_at,
            company=row.company,
        )
        for row in session.execute(_STAFF)
    )


def verifier(session: Session, name: str, password: str) -> str:
    """Return what the server keeps of a password; the password itself never leaves this computer."""
    made = driver(session).pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256")
    return made.decode()


def invite(session: Session, person: NewPerson, password_hash: str) -> int:
    """Let somebody in and return their number.

    Raises:
        NotAllowed: only managers may.
        NameTaken, BadSignInName: the name will not do.
    """
    name = person.sign_in_name
    parameters = {
        "name": name,
        "verifier": verifier(session, name, person.password),
        "role": person.role.value,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email,
        "password_hash": password_hash,
    }
    person_id = int(session.scalar(_INVITE, parameters))
    if person.role is Role.PROMOTER:
        session.execute(_PROMOTER, {"person": person_id, "company": person.company})
    return person_id


def make_demo_role(session: Session, name: str, role: Role, password: str) -> None:
    """Make the server role of a demo's person. Roles are the whole server's: a second demo shares them."""
    connection = driver(session)
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    parts = {
        "verb": sql.SQL("ALTER" if known else "CREATE"),
        "name": sql.Identifier(name),
        "verifier": sql.Literal(verifier(session, name, password)),
        "group": sql.Identifier(f"boxoffice_{role}"),
        "database": sql.Identifier(connection.info.dbname),
    }
    for statement in (
        # As invite_person() does it: managers can change only what the role that makes roles has made.
        "SET LOCAL ROLE boxoffice_roles",
        "{verb} ROLE {name} LOGIN PASSWORD {verifier}",
        "GRANT {group} TO {name}",
        "GRANT CONNECT ON DATABASE {database} TO {name}",
        "RESET ROLE",
    ):
        connection.execute(sql.SQL(statement).format(**parts))


def set_role(session: Session, person_id: int, role: Role) -> None:
    """Give somebody another role. Raises NotAllowed, UnknownPerson, LastManager."""
    session.execute(_SET_ROLE, {"person": person_id, "role": role.value})


def enable(session: Session, person_id: int) -> None:
    """Let somebody sign in again. Raises NotAllowed, UnknownPerson."""
    session.execute(_ENABLE, {"person": person_id})


def disable(session: Session, person_id: int) -> None:
    """Let somebody sign in no more and end their connections; commits by itself, step by step.

    Raises NotAllowed, UnknownPerson, LastManager.
    """
    session.execute(_DISABLE, {"person": person_id})


def end_connections(session: Session, person_id: int) -> int:
    """End every connection of this person and return how many there were."""
    return int(session.scalar(_END_CONNECTIONS, {"person": person_id}))


def reset_password(session: Session, person: Person, password: str, password_hash: str) -> None:
    """Give somebody a new password; their PIN goes. Raises NotAllowed, UnknownPerson."""
    made = verifier(session, person.sign_in_name, password)
    session.execute(_RESET, {"person": person.id, "verifier": made, "password_hash": password_hash})


def grant_override(session: Session, deed: NeedsOverride, clerk_id: int, reason: str) -> None:
    """Let this clerk do this deed once. Raises NotAllowed for who is no manager."""
    parameters = {
        "deed": deed.deed,
        "entity": deed.entity,
        "entity_id": deed.entity_id,
        "clerk": clerk_id,
        "reason": reason,
    }
    session.execute(_OVERRIDE, parameters)


def set_own_password(session: Session, name: str, password: str, password_hash: str) -> None:
    """Change the password of whoever is signed in; their PIN goes."""
    made = verifier(session, name, password)
    session.execute(_OWN_PASSWORD, {"verifier": made, "password_hash": password_hash})


def set_own_pin(session: Session, pin_hash: str) -> None:
    """Change the PIN of whoever is signed in."""
    session.execute(_OWN_PIN, {"pin_hash": pin_hash})


def renew_own_hash(session: Session, password_hash: str) -> None:
    """Keep a hash of the same password with today's parameters."""
    session.execute(_RENEW, {"password_hash": password_hash})
