"""How a step's script is started (docs.github.com, 'Workflow syntax': `jobs.<job_id>.steps[*].shell`)."""

from __future__ import annotations

import shlex

from cispeed_tasks.plan.expression_words import ExpressionError

_SHELLS = {
    "bash": "bash --noprofile --norc -eo pipefail {0}",
    "sh": "sh -e {0}",
    "python": "python {0}",
    "pwsh": "pwsh -command \". '{0}'\"",
}
_SUFFIXES = {"python": ".py", "pwsh": ".ps1"}


def script_suffix(shell: str | None) -> str:
    """Return the suffix of a script's file."""
    return _SUFFIXES.get(shell or "", ".sh")


def shell_command(shell: str | None, script: str, *, has_bash: bool) -> list[str]:
    """Return the argument list that runs a script's file; `shell` is a known word, a template with {0}, or nothing.

    Without a shell it is bash, which then stops at errors but not at those in pipes; where there is no bash, sh.

    Raises:
        ExpressionError: the shell is no word that GitHub knows, and no template.
    """
    if not shell:
        return ["bash" if has_bash else "sh", "-e", script]
    template = _SHELLS.get(shell, shell)
    if "{0}" not in template:
        raise ExpressionError(f"the shell {shell!r} is none of {', '.join(_SHELLS)}, and has no {{0}} for the script")
    return [word.replace("{0}", script) for word in shlex.split(template)]
