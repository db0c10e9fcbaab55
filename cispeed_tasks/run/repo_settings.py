"""Print the settings of the repository on GitHub; nothing is ever applied."""

from __future__ import annotations

from cispeed_tasks.plan.repo_settings import repo_settings
from cispeed_tasks.run.ci_project import see_project
from cispeed_tasks.tools import terminal


def settings(*, as_commands: bool) -> None:
    """Print the settings as sentences, or as a script of gh's commands."""
    found = repo_settings(see_project())
    if as_commands:
        terminal.say("\n\n".join(f"# {setting.words}\n{setting}" for setting in found))
        return
    for number, setting in enumerate(found, start=1):
        terminal.say(f"{number}. {setting.words}")
    terminal.note("`inv repo-settings --gh` prints the commands that make them; nothing was changed.")
