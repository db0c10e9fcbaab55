"""Watch the checkout for a stack that is up: `docker compose watch` by the rules of its overlay."""

from __future__ import annotations

from collections.abc import Sequence

from cispeed_tasks.errors import WorkFailed
from cispeed_tasks.tools import compose, terminal


def watch(invocation: compose.Invocation, services: Sequence[str]) -> None:
    """Watch until Ctrl-C, which leaves the stack up and is no failure.

    Raises:
        WorkFailed: Compose ended by itself, with its own words above.
    """
    terminal.note("Watching; Ctrl-C ends that and leaves the stack up. A mounted source needs no watching.")
    try:
        code = compose.run(invocation, "watch", "--no-up", *services)
    except KeyboardInterrupt:
        terminal.note("No longer watching. The stack is left up: `inv status` shows it, `inv down` takes it down.")
        return
    raise WorkFailed(
        f"docker compose watch ended with exit code {code}; the stack is left up, and `inv down` takes it down"
    )
