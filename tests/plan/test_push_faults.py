"""What a person reads when a registry does not take an image."""

from __future__ import annotations

from cispeed_tasks.plan.push_faults import is_push_error, push_fault


def test_who_is_refused_is_told_how_to_log_in() -> None:
    said = push_fault("ghcr.io/team/app:full", "\nunauthorized: authentication required\n", is_here=True)
    assert said == (
        "ghcr.io/team/app:full could not be pushed (unauthorized: authentication required): log in as somebody who may "
        "write there (`docker login ghcr.io`); the images are whole on this engine, and the same command then only pushes them"
    )
    for words in ("denied: not allowed", "401 Unauthorized", "no basic auth credentials", "insufficient_scope: x"):
        assert "`docker login ghcr.io`" in push_fault("ghcr.io/app:full", words, is_here=False)


def test_a_registry_that_is_silent() -> None:
    said = push_fault("ghcr.io/team/app:full", "dial tcp: connection refused", is_here=False)
    assert said == (
        "ghcr.io/team/app:full could not be pushed (dial tcp: connection refused): see to it that ghcr.io answers"
    )
    assert "(no reason was given)" in push_fault("ghcr.io/team/app:full", "", is_here=False)


def test_what_was_a_push() -> None:
    assert is_push_error("failed to push ghcr.io/team/app:full: unexpected status 401")
    assert not is_push_error("process /bin/sh -c exit 3 did not complete successfully: exit code: 3")
