"""A CI workflow on one machine: which of its commands are run here, what becomes of the rest when one fails."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cispeed_tasks.plan.ci_jobs import CHANGED_SERVICES, CLEANS, Job, Step

HEREDOC = re.compile(r"(?P<name>[\w-]+)<<(?P<end>.+)")
NOTHING = "nothing of it is affected"


@dataclass(frozen=True)
class Ran:
    """What became of a step: its exit code and seconds, or why it was not run."""

    job: str
    step: Step
    exit_code: int = 0
    seconds: float = 0.0
    not_run: str = ""

    @property
    def mark(self) -> str:
        """The mark of its line."""
        return "skipped" if self.not_run else "failed" if self.exit_code else "ok"


def runs_here(step: Step) -> bool:
    """Whether a step has any use on a single machine."""
    return not step.not_here


def job_hindrance(job: Job, ended: Sequence[Ran], outputs: Mapping[str, str]) -> str:
    """Why a job is not run; empty where it is.

    Args:
        job: the job.
        ended: what became of the steps of the jobs before it.
        outputs: what the steps of the `plan` job said.
    """
    failed = {ran.job for ran in ended if ran.exit_code}
    stopped = {ran.job for ran in ended if ran.not_run and ran.not_run != NOTHING and runs_here(ran.step)}
    in_the_way = [name for name in job.needs if name in failed | stopped and name not in job.even_after]
    if in_the_way:
        return f"{in_the_way[0]} did not pass"
    wanted = {"matrix": services_of(outputs), "services": outputs.get("services", "")}
    return NOTHING if job.wants and not wanted[job.wants] else ""


def step_hindrance(step: Step, earlier: Sequence[Ran], *, interrupted: bool) -> str:
    """Why a step is not run after those before it in its job; empty where it is."""
    if step.not_here:
        return step.not_here
    if interrupted and step.condition != CLEANS:
        return "interrupted"
    failed = next((ran for ran in earlier if ran.exit_code), None)
    if failed and not step.goes_on:
        return f"'{failed.step.name}' failed"
    return ""


def step_variables(step: Step, outputs: Mapping[str, str], grep: str, kubeconfig: str) -> dict[str, str]:
    """The variables of a step on one machine, which has all services and all tests for itself."""
    services = outputs.get("images", "") if step.env == CHANGED_SERVICES else services_of(outputs)
    here = {"SERVICES": services, "SHARD": "1/1", "GREP": grep, "KUBECONFIG": kubeconfig}
    return {name: here[name] for name in step.env}


def read_outputs(text: str) -> dict[str, str]:
    """The outputs that a step wrote to the file that GITHUB_OUTPUT names."""
    return dict(_outputs(text.splitlines()))


def _outputs(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    found = iter(lines)
    for line in found:
        name, is_plain, value = line.partition("=")
        block = HEREDOC.fullmatch(line)
        if block and ("<<" in name or not is_plain):
            inside: list[str] = []
            for more in found:
                if more == block["end"]:
                    break
                inside.append(more)
            yield block["name"], "\n".join(inside)
        elif is_plain:
            yield name, value


def services_of(outputs: Mapping[str, str]) -> str:
    """The services of a matrix, as the jobs after it get them."""
    rows = json.loads(outputs.get("matrix") or "{}").get("include") or []
    return " ".join(row["services"] for row in rows)


def plan_lines(jobs: Sequence[Job]) -> Iterator[str]:
    """The commands of a workflow as a person reads them before they are run."""
    for job in jobs:
        waits = f", after {', '.join(job.needs)}" if job.needs else ""
        yield f"{job.name}{waits}{', where something is affected' if job.wants else ''}:"
        for step in job.steps:
            first, *more = step.run.splitlines()
            if step.not_here:
                yield f"  · {first}: not here, {step.not_here}"
                continue
            yield f"  $ {first}"
            yield from (f"    {line}" for line in more)
