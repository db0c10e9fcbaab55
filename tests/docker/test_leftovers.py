"""What a run leaves on the engine."""

from __future__ import annotations

from tests.docker.repositories import Repository, engine_state


def test_down_leaves_nothing_but_data_volumes(sample: Repository) -> None:
    before = engine_state()
    sample.inv("full-up", "--services", "db")
    sample.inv("down")
    after = engine_state()
    assert after["volumes"] - before["volumes"] <= {"trial-full_db-data"}
    assert (after["containers"], after["networks"]) == (before["containers"], before["networks"])
