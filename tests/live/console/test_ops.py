"""The night shift's way: a run stopped, one that cannot go on, one that failed, dead letters moved back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from sandbox.server import SandboxServer
from sluice.aws.sqs_queue import SqsQueue
from sluice.ports.queue import ReceivedMessage
from tests.live.console.conftest import Enter, Place
from tests.live.console.situation import Customer, connect

RUN_MILLISECONDS = 90_000
"""How long a run may take on a busy machine."""
STREAMS = ("department", "project")
PROJECTS = 12
STEP = 100
"""So many dead letters the page moves with one request (topics/Redrive.tsx)."""
GIVEN_UP_AFTER = 5
"""Deliveries, of the information queue (maxReceiveCount in infra)."""


@pytest.fixture(scope="module")
def vakt(place: Place, erp: Callable[..., SandboxServer]) -> Customer:
    """A customer of the night shift; the tests of its runs are one story, in this order."""
    server = erp("tripletex", records={"department": 4, "project": PROJECTS})
    return connect(place.deployment, server, "vakt", streams=STREAMS)


def fact(page: Page, label: str) -> Locator:
    """Return what stands under a label of a page's facts."""
    return (
        page.locator("#main dl > *")
        .filter(has=page.locator("dt", has_text=re.compile(f"^{label}$")))
        .locator("dd")
    )


def run_on(page: Page) -> str:
    """Return the id of the run that the page shows."""
    expect(page).to_have_url(re.compile(r"/runs/vakt-"))
    return page.url.rpartition("/")[2]


def test_a_run_that_is_going_is_stopped_with_a_reason(enter: Enter, vakt: Customer) -> None:
    vakt.order("faults", kind="status", status=429, retry_after="30", stream="project", times=100)
    somebody = enter("ops")
    page = somebody.open("/connections/vakt")
    page.get_by_role("button", name="Run now").click()
    run = run_on(page)
    somebody.settled()
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="project"))
    expect(row).to_contain_text("waiting until 20", timeout=RUN_MILLISECONDS)
    expect(fact(page, "Status")).to_have_text("running")

    page.get_by_role("button", name="Stop", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("What it has handed over stays")
    dialog.get_by_label("Reason").fill("the vendor asked us to")
    dialog.get_by_role("button", name="Stop the run").click()
    expect(page.get_by_text(f"{run} is stopped.")).to_be_visible()
    expect(fact(page, "Status")).to_have_text("stopped")
    expect(page.get_by_text("The run was stopped: RunStopped")).to_be_visible()
    expect(page.get_by_text("stopped by omar: the vendor asked us to").first).to_be_visible()
    expect(row).to_contain_text("cut off while waiting")
    expect(page.get_by_role("button", name="Stop", exact=True)).to_have_count(0)
    noted = page.get_by_role("table", name="Who did what").get_by_role("row", name="stopped a run")
    expect(noted).to_contain_text("omar")
    kept = vakt.deployment.world.runs.get(run)
    assert kept is not None
    assert (kept.status, kept.error) == ("stopped", "RunStopped")


def test_where_a_stopped_run_cannot_go_on_the_next_one_is_offered_and_reads(
    enter: Enter, vakt: Customer
) -> None:
    vakt.order("faults")
    somebody = enter("ops")
    somebody.watch.expect(r"409 .*/redrive")  # the embedded AWS has no RedriveExecution
    page = somebody.open("/runs?connection=vakt&status=stopped")
    page.get_by_role("link", name=re.compile("^vakt-")).first.click()
    somebody.settled()
    stopped = run_on(page)
    page.get_by_role("button", name="Redrive").click()
    page.get_by_role("dialog").get_by_role("button", name="Redrive the run").click()
    dialog = page.get_by_role("dialog", name="This run cannot go on")
    expect(dialog).to_contain_text("this AWS has no RedriveExecution")
    expect(dialog).to_contain_text("right would be a new run")
    # What was tried and refused has changed nothing.
    expect(fact(page, "Status")).to_have_text("stopped")
    dialog.get_by_role("button", name="Start another run").click()
    page.get_by_role("dialog").get_by_role("button", name="Start the run").click()
    expect(page).not_to_have_url(re.compile(f"/{stopped}$"))
    run_on(page)
    expect(fact(page, "Status")).to_have_text("succeeded", timeout=RUN_MILLISECONDS)
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="project"))
    expect(row).to_contain_text(str(PROJECTS))

    # A later run has read since: the stopped one is not to go on any more, and nobody is told that it may.
    page = somebody.open(f"/runs/{stopped}")
    expect(page.get_by_role("button", name="Start another run")).to_be_visible()
    expect(page.get_by_role("button", name="Redrive")).to_have_count(0)
    page.get_by_role("table", name="Who did what").get_by_role("row", name="let a run go on").wait_for()


def test_a_run_that_failed_says_by_what_and_what_to_do_and_the_next_one_reads(
    enter: Enter, vakt: Customer
) -> None:
    vakt.order("change", stream="project", count=3, set={"description": "Ny"})
    vakt.order("faults", kind="status", status=401, times=1000)
    view = vakt.run()
    assert view.execution is not None
    vakt.order("faults")
    somebody = enter("ops")
    page = somebody.open(f"/runs/{view.execution.name}")
    expect(fact(page, "Status")).to_have_text("failed")
    trouble = page.locator("#main").get_by_text(re.compile(r"failed: CredentialsRejected"))
    expect(trouble).to_be_visible()
    expect(page.get_by_text("What to do:").first).to_be_visible()
    expect(page.get_by_role("link", name="Look at the connection").first).to_be_visible()
    # It has said all it had to say: going on would only say so again.
    expect(page.get_by_role("button", name="Redrive")).to_have_count(0)
    page.get_by_role("button", name="Start another run").click()
    page.get_by_role("dialog").get_by_role("button", name="Start the run").click()
    expect(page).not_to_have_url(re.compile(f"/{view.execution.name}$"))
    expect(fact(page, "Status")).to_have_text("succeeded", timeout=RUN_MILLISECONDS)
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="project"))
    expect(row.get_by_role("cell").filter(has_text=re.compile("^3$")).first).to_be_visible()


@pytest.fixture
def queues(place: Place) -> Iterator[tuple[SqsQueue, SqsQueue]]:
    """Yield the information queue and its dead letters; nothing of this test stays on them."""
    both = place.deployment.queue("information"), place.deployment.queue("information_dead_letter")
    yield both
    for queue in both:
        for message in ours(queue):
            queue.delete(message)


def ours(queue: SqsQueue) -> list[ReceivedMessage]:
    """Receive what of this test is on the queue, and let it come again at once; the rest comes later."""
    found = [one for one in queue.receive(1000, 0, 20) if one.attributes.get("type") == "poison"]
    for message in found:
        queue.hide(message, 0)
    return found


def give_up(queue: SqsQueue) -> None:
    """Do as a consumer does that fails at a message each time: the queue moves it to the dead letters."""
    for _ in range(GIVEN_UP_AFTER):
        assert len(ours(queue)) == 1
    assert ours(queue) == []


def body_of(number: int) -> str:
    subject = f"vakt/project/{number}"
    event = {"type": "project.upserted", "subject": subject, "time": "2026-11-21T08:00:00Z"}
    return json.dumps([{**event, "data": {"id": subject}}])


def test_a_message_that_a_consumer_gave_up_on_is_looked_at_and_moved_back(
    enter: Enter, queues: tuple[SqsQueue, SqsQueue]
) -> None:
    queue, dead = queues
    queue.send(body_of(1), {"type": "poison"})
    waiting = queue.depth()
    give_up(queue)
    assert dead.depth() == 1
    somebody = enter("ops")
    page = somebody.open("/overview")
    matter = page.get_by_role("listitem").filter(has_text="Dead letters")
    matter.get_by_role("link", name="Look at the queue").click()
    somebody.settled()
    expect(page.locator("h1")).to_have_text("information")
    expect(fact(page, "Dead letters")).to_have_text("1")
    expect(fact(page, "Waiting")).to_have_text(str(waiting - 1))

    page.get_by_role("button", name="Dead letters", exact=True).click()
    page.get_by_role("button", name="Look at 10").click()
    found = page.get_by_role("button", name="project.upserted vakt/project/1")
    expect(found).to_be_visible()
    expect(page.locator("#main")).to_contain_text(re.compile(r"sent .*, delivered 6 times"))
    found.click()
    expect(page.get_by_label(re.compile("^Message "))).to_contain_text('"subject": "vakt/project/1"')

    page.get_by_role("button", name="Move dead letters back").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("What made them fail should be mended first")
    dialog.get_by_role("button", name="Move them").click()
    expect(page.get_by_text("1 dead letter went back to information.")).to_be_visible()
    expect(fact(page, "Dead letters")).to_have_text("none")
    expect(fact(page, "Waiting")).to_have_text(str(waiting))
    expect(page.get_by_role("button", name="Move dead letters back")).to_be_disabled()
    assert dead.depth() == 0
    (back,) = ours(queue)
    assert back.body == body_of(1)


def test_some_dead_letters_are_chosen_and_moved_back(enter: Enter, queues: tuple[SqsQueue, SqsQueue]) -> None:
    queue, dead = queues
    for number in range(3):
        dead.send(body_of(number), {"type": "poison"})
    page = enter("ops").open("/topics/information")
    page.get_by_role("button", name="Dead letters", exact=True).click()
    page.get_by_role("button", name="Look at 10").click()
    move = page.get_by_role("button", name="Move the chosen back")
    expect(move).to_be_disabled()
    for number in (0, 2):
        page.get_by_role(
            "checkbox", name=re.compile(rf"^Choose project\.upserted vakt.project.{number},")
        ).check()
    move.click()
    expect(page.get_by_text("2 dead letters went back to information.")).to_be_visible()
    expect(page.get_by_role("checkbox")).to_have_count(1)
    assert {message.body for message in ours(queue)} == {body_of(0), body_of(2)}
    assert dead.depth() == 1


def test_while_many_are_moved_the_page_says_how_far_it_is(
    enter: Enter, queues: tuple[SqsQueue, SqsQueue]
) -> None:
    queue, dead = queues
    many = STEP + 20
    for number in range(many):
        dead.send(body_of(number), {"type": "poison"})
    somebody = enter("ops")
    page = somebody.open("/topics")
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile("^information")))
    expect(row).to_contain_text(str(many))
    row.get_by_role("link", name="information").click()
    held: list[Route] = []

    def second_waits(route: Route) -> None:
        if held or asked.append(route) or len(asked) == 1:  # type: ignore[func-returns-value]
            route.continue_()
        else:
            held.append(route)

    asked: list[Route] = []
    page.route("**/topics/information/redrive", second_waits)
    page.get_by_role("button", name="Move dead letters back").click()
    dialog = page.get_by_role("dialog", name=f"Move {many} dead letters back?")
    dialog.get_by_role("button", name="Move them").click()
    expect(dialog).to_contain_text(f"{STEP} moved, about {many - STEP} left", timeout=RUN_MILLISECONDS)
    held[0].continue_()
    expect(page.get_by_text(f"{many} dead letters went back to information.")).to_be_visible()
    assert dead.depth() == 0
    assert {message.body for message in ours(queue)} == {body_of(number) for number in range(many)}
