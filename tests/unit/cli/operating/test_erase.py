from __future__ import annotations

from tests.unit.cli.conftest import Terminal


def test_a_person_is_erased_with_a_receipt(terminal: Terminal) -> None:
    terminal.rig.run()
    said = terminal("erase", "acme/customer/7", "--reason", "request 12", "--yes")
    assert said.code == 0
    assert "raw chunks   records taken out: 1, of chunks: 1" in said.out
    assert "published    customer: deleted, version 2" in said.out
    assert "Until then each read stores it" in said.out
    assert "erasing: lake" in said.err
    assert 7 not in terminal.rig.consumer.names("customer")
    assert len(terminal.rig.consumer.names("customer")) == 24


def test_the_receipt_is_the_stored_one(terminal: Terminal) -> None:
    terminal.rig.run()
    receipt = terminal("erase", "acme/customer/7", "--yes", "--json").json
    assert receipt["person"] == "acme/customer/7"
    assert terminal.rig.world.objects.exists(receipt["receipt"])


def test_nothing_is_erased_without_being_asked(terminal: Terminal) -> None:
    terminal.rig.run()
    said = terminal("erase", "acme/customer/7")
    assert said.code != 0
    assert "Erase acme/customer/7 for good?" in said.err
    assert 7 in terminal.rig.consumer.names("customer")


def test_what_is_lifted_is_published_again(terminal: Terminal) -> None:
    terminal.rig.run()
    assert terminal("erase", "acme/customer/7", "--lift").code == 1
    terminal("erase", "acme/customer/7", "--yes")
    assert terminal("erase", "acme/customer/7", "--lift").code == 0
    terminal.rig.erp.put("customer", 7, "Again AS")
    terminal.rig.run()
    assert terminal.rig.consumer.names("customer")[7] == "Again AS"


def test_a_run_under_way_is_named(terminal: Terminal) -> None:
    terminal.rig.run()
    terminal.rig.world.leases.take("acme", "run-x", terminal.rig.clock.now())
    said = terminal("erase", "acme/customer/7", "--yes")
    assert (said.code, said.err.splitlines()[-1][:30]) == (1, "error: run-x has acme: wait un")


def test_what_is_no_record_is_wrong_use(terminal: Terminal) -> None:
    said = terminal("erase", "acme/kari", "--yes")
    assert said.code == 2
    assert "should be connection/entity/source id" in said.err
    assert terminal("erase", "nobody/customer/1", "--yes").code == 2
