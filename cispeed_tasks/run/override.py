"""Print the development override, or write it beside the Compose files; never over a file that is not ours."""

from __future__ import annotations

from cispeed_tasks.errors import UsageError
from cispeed_tasks.plan.override import dev_override, file_name, header
from cispeed_tasks.run.look import View, look, raw_model
from cispeed_tasks.tools import compose, compose_yaml, terminal, user_files

STANDARD = ("compose.yaml",)


def override(*, write: bool) -> None:
    """Print or write the override; raises UsageError where there is no cache to mount."""
    view = look()
    made = dev_override(view.project, raw_model(view))
    if not made.model:
        raise UsageError(
            "\n".join(("no service here needs a cache: none installs packages, or each has one", *made.notes))
        )
    files, name = _files(view)
    text = compose_yaml.dump(made.model, header(files, name))
    for note in made.notes:
        terminal.aside(f"! {note}")
    if not write:
        terminal.say(text.rstrip("\n"))
        return
    user_files.write_ours(view.root / name, text, "# Made by cispeed")
    terminal.outcome("ok", f"wrote {name}; to use it:")
    terminal.say(f"  {header(files, name).splitlines()[2].strip()}")


def _files(view: View) -> tuple[tuple[str, ...], str]:
    """The Compose files as they are written in a command, and the override's name; what COMPOSE_FILE says is not shown."""
    if not view.loaded.config.compose and view.compose.files != compose.standard_files(view.root):
        return ("…",), file_name(STANDARD[0])
    return view.compose.files, file_name(view.compose.files[0])
