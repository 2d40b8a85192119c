"""A manager at the real window: a customer's data, the office's key, records that are due."""

from __future__ import annotations

import json
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pytest
from PySide6.QtWidgets import QFileDialog

from boxoffice.sealing import is_token
from boxoffice.ui.admin.customers import CustomersPane
from boxoffice.ui.admin.keeping import KeepingPane
from tests.journeys.conftest import OpenTill, Till
from tests.journeys.test_admin import admin, click, fill, find
from tests.office import Office
from tests.ui.stage import wait


@pytest.fixture
def manager(open_till: OpenTill, office: Office) -> Till:
    office.tier(office.event())
    office.insert("users", first_name="Kim", last_name="Ito", email="kim@example.org")
    return open_till(url=office.person("manager", first_name="Margarete").url)


def customers(manager: Till) -> CustomersPane:
    pane = admin(manager).customers
    click(manager, "admin_customers")
    wait(lambda: len(pane.table.rows) == 1)
    return pane


def keeping(manager: Till) -> KeepingPane:
    pane = admin(manager).keeping
    click(manager, "admin_keeping")
    wait(lambda: len(pane.table.rows) == 4)
    return pane


def choose(manager: Till, path: Path) -> None:
    """Answer the file dialog as somebody who types the path would."""
    wait(lambda: manager.window.findChild(QFileDialog) is not None)
    dialog = manager.window.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(path))
    dialog.close()


def paper(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return text


def test_contact_is_sealed_found_handed_over_and_erased(
    manager: Till, office: Office, tmp_path: Path
) -> None:
    pane = customers(manager)
    pane.table.selectRow(0)
    fill(manager, "customer_phone", "+49 30 2312-5017")
    fill(manager, "customer_notes", "Sits on the aisle <b>&")
    click(manager, "customer_save")
    wait(lambda: office.value("SELECT phone FROM users WHERE first_name = 'Kim'") is not None)
    assert is_token(office.value("SELECT notes FROM users WHERE first_name = 'Kim'"))
    fill(manager, "customer_search", "no such person")
    wait(lambda: pane.table.rows == ())
    fill(manager, "customer_search", "0049 30 23125017")
    wait(lambda: len(pane.table.rows) == 1)
    pane.table.selectRow(0)
    click(manager, "customer_export")
    assert find(manager, "customer_reason").property("state") == "bad"
    fill(manager, "customer_reason", "asked by letter")
    click(manager, "customer_export")
    choose(manager, tmp_path / "kim.pdf")
    wait((tmp_path / "kim.pdf").exists)
    assert (tmp_path / "kim.json").stat().st_mode & 0o077 == 0
    told = json.loads((tmp_path / "kim.json").read_text(encoding="utf-8"))
    assert told["person"]["phone"] == "+49 30 2312-5017"
    read = paper(tmp_path / "kim.pdf")
    for words in ("Kim Ito", "+49 30 2312-5017", "Sits on the aisle <b>&"):
        assert words in read
    click(manager, "customer_erase")
    wait(find(manager, "customer_sure").isVisible)
    assert office.value("SELECT count(*) FROM users WHERE first_name = 'Kim'") == 1
    click(manager, "customer_sure_action")
    wait(lambda: office.value("SELECT count(*) FROM users WHERE first_name = 'Kim'") == 0)
    wait(lambda: pane.table.rows == ())


def test_a_deleted_customer_is_brought_back(manager: Till, office: Office) -> None:
    pane = customers(manager)
    pane.table.selectRow(0)
    gone = "SELECT count(*) FROM users WHERE deleted_at IS NOT NULL"
    click(manager, "customer_delete")
    wait(lambda: office.value(gone) == 1)
    wait(lambda: find(manager, "customer_delete").property("text") == "&Bring back")
    click(manager, "customer_delete")
    wait(lambda: office.value(gone) == 0)


def test_the_key_is_copied_and_made_anew(manager: Till, office: Office, tmp_path: Path) -> None:
    keeping(manager)
    wait(lambda: "It is on this computer." in str(find(manager, "key_facts").property("text")))
    click(manager, "key_copy")
    choose(manager, tmp_path / "office.key")
    key, copy = office.key, tmp_path / "office.key"
    assert key is not None
    wait(lambda: copy.exists() and key.id in copy.read_text(encoding="utf-8"))
    click(manager, "key_copy")
    choose(manager, tmp_path / "office.key")
    wait(find(manager, "key_notice").isVisible)
    click(manager, "key_make")
    wait(lambda: office.value("SELECT count(*) FROM sealing_keys") == 2)
    wait(
        lambda: (
            office.key is not None and office.key.id not in str(find(manager, "key_facts").property("text"))
        )
    )


def test_what_is_due_is_removed_after_a_second_thought(manager: Till, office: Office) -> None:
    office.insert("email_notifications", kind="t", recipient="x@y", subject="s", body="b")
    office.connection.execute("UPDATE email_notifications SET created_at = now() - interval '400 days'")
    pane = keeping(manager)
    wait(lambda: any(getattr(row.thing, "rows", 0) for row in pane.table.rows))
    click(manager, "retention_remove")
    wait(find(manager, "retention_sure").isVisible)
    assert office.value("SELECT count(*) FROM email_notifications") == 1
    click(manager, "retention_sure_action")
    wait(lambda: office.value("SELECT count(*) FROM email_notifications") == 0)
    wait(lambda: not find(manager, "retention_remove").isEnabled())
