"""Worlds for the fake desk: the evening of the design pictures, a huge one, and one full of odd texts."""

from __future__ import annotations

from datetime import datetime, timedelta

from boxoffice.domain.cash import Count, OpenDrawer
from boxoffice.domain.event import Promoter
from tests.ui.fake_desk import World
from tests.ui.fake_drawer import FakeDrawer
from tests.ui.fake_event import FakeEvent, FakeTier, at, euro


def simple(event_id: int, title: str, venue: str, starts: datetime, stock: tuple[int, int]) -> FakeEvent:
    quantity, sold = stock
    tiers = [
        FakeTier("Standard", euro("22"), quantity - quantity // 4, sold - sold // 4),
        FakeTier("Reduced", euro("15"), quantity // 4, sold // 4, "students, seniors"),
    ]
    return FakeEvent(event_id, title, venue, starts, tiers, promoter=Promoter(2, "City Theatre"))


def shut_world() -> World:
    """The same evening, before anybody has opened a drawer."""
    world = demo_world()
    world.drawer = FakeDrawer()
    return world


def demo_world() -> World:
    """The evening of the design pictures, and a few weeks more; the drawer is open."""
    world = World()
    world.drawer.open(OpenDrawer(Count("EUR"), euro("200")))
    world.add(
        simple(1, "Die Zauberflöte for Families", "Opera House, Main Stage", at(22, "15:00"), (590, 378))
    )
    world.add(
        FakeEvent(
            2,
            "Blue Harbour Quartet",
            "Jazz Cellar",
            at(22, "19:30"),
            [
                FakeTier("Standard", euro("28"), 80, 74, max_purchase=6),
                FakeTier("Reduced", euro("18"), 20, 17, "students, seniors"),
                FakeTier("Balcony, limited view", euro("15"), 12, 12, waiting=5),
                FakeTier("Supporter", euro("45"), 10, 2, ends=at(21, "18:00")),
            ],
            at(22, "18:45"),
        )
    )
    sold_out = simple(3, "Improv Night: The Wrong Door", "Studio 2", at(22, "20:00"), (80, 80))
    sold_out.tiers[0].waiting = 14
    world.add(sold_out)
    world.add(simple(4, "Lecture: Cities after Dark", "Lecture Hall", at(23, "18:00"), (400, 60)))
    world.add(simple(5, "Symphony No. 5, Mahler", "Opera House, Main Stage", at(23, "20:00"), (790, 719)))
    world.add(simple(6, "Poetry Slam Finals", "Studio 1", at(25, "19:00"), (200, 82)))
    world.add(
        simple(7, "Silent Cinema: Metropolis, live organ", "Old Cathedral", at(25, "20:30"), (514, 112))
    )
    later = simple(8, "Night of the Korá", "Opera House", at(27, "20:00"), (600, 0))
    for tier in later.tiers:
        tier.starts = at(23, "10:00")
    world.add(later)
    titles = (
        ("Chamber Music at Noon", "Small Hall"),
        ("The Cherry Orchard", "Main House"),
        ("Open Mic with the House Band", "Jazz Cellar"),
        ("Tango for Beginners", "Studio 2"),
        ("Winter Songs: A Cappella from Five Countries", "Old Cathedral"),
        ("Stand-up: Three Strangers", "Studio 1"),
    )
    for number, (title, venue) in enumerate(titles):
        world.add(
            simple(
                20 + number, title, venue, at(28, "19:00") + timedelta(days=number // 2), (240, 31 * number)
            )
        )
    return world


def huge_world(count: int = 10_000) -> World:
    """So many events that nobody wants them all at once."""
    world = World(page_size=100)
    start = at(22, "18:00")
    world.events = [
        FakeEvent(
            number,
            f"Event number {number}",
            f"Venue {number % 17}",
            start + timedelta(minutes=90 * number),
            [FakeTier("Standard", euro("20"), 100, number % 101, id=number * 10)],
        )
        for number in range(1, count + 1)
    ]
    return world


def long_world() -> World:
    """Texts that nobody planned for."""
    world = World()
    long = "An Evening with the Combined Choirs of the Upper and Lower Valleys and their Guests " * 120
    rtl = "أمسية موسيقية مع فرقة الميناء الأزرق"
    emoji = "🎻 Strings & <b>Things</b> “%_\\” 🎺\nwith a line break"
    tiers = [
        FakeTier(
            "Standard seat in the stalls with restricted legroom and a complimentary programme " * 3,
            euro("28"),
            80,
            10,
            "for members of the association of friends of the theatre and their children under fourteen " * 4,
        ),
        FakeTier("Loge", euro("1284.50"), 4, 0, max_purchase=4),
        FakeTier("Held", euro("12"), 20, 10, reserved=10),
        FakeTier("Group", euro("9"), 200, 10, min_purchase=10, max_purchase=60),
        FakeTier("Inactive", euro("9"), 200, 10, active=False),
    ]
    world.add(
        FakeEvent(
            1,
            long,
            "The Very Large Auditorium of the Former Municipal Waterworks, North Wing",
            at(22, "19:30"),
            tiers,
            at(22, "18:45"),
        )
    )
    world.add(simple(2, rtl, "قاعة الأوبرا", at(22, "20:00"), (200, 20)))
    world.add(simple(3, emoji, "Studio “1”", at(22, "21:00"), (200, 20)))
    world.add(
        simple(
            4,
            "Donaudampfschifffahrtsgesellschaftskapitänsmützenversteigerung",
            "Σύνταγμα",
            at(22, "22:00"),
            (200, 20),
        )
    )
    return world
