"""What was seen of build contexts, and whether it is still the same."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cispeed_tasks.plan.ignore_patterns import read_ignore_file
from cispeed_tasks.tools import context


@dataclass(frozen=True)
class Witness:
    """The ignore files that were looked up and the contexts that were walked, as absolute paths and texts."""

    ignores: tuple[tuple[str, str | None, str], ...]
    """A context, its Dockerfile where that is a file, and the text of the ignore file that was in force."""
    sent: tuple[tuple[str, str, str], ...]
    """A context, the text of its ignore file, and the signature of what Docker would be sent."""

    def holds(self) -> bool:
        """Whether a look at everything gives the same; raises WorkFailed where it cannot be read."""
        return all(context.ignore_text(one, dockerfile) == text for one, dockerfile, text in self.ignores) and all(
            context.signature(context.walk(Path(one), read_ignore_file(text))) == signature
            for one, text, signature in self.sent
        )
