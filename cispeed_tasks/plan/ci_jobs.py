"""The jobs of the three CI workflows and their commands, in order: one list for the workflow files and for the local run."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from cispeed_tasks.config_schema import CiConfig
from cispeed_tasks.plan.ci_project import CiProject

KUBECONFIG = "cluster/kubeconfig"
"""Where the tasks leave the access to their cluster, below the state's directory."""
WORKFLOWS = ("quick-ci", "docker-ci", "full-ci")
SERVICES = {"SERVICES": "${{ matrix.services }}"}
BUILT_SERVICES = {"SERVICES": "${{ join(fromJSON(needs.plan.outputs.matrix).include.*.services, ' ') }}"}
"""Those that all rows of the matrix name."""
CHANGED_SERVICES = {"SERVICES": "${{ needs.plan.outputs.images }}"}
"""Those whose images a change reaches, built in this run or in an earlier one of the same commit."""
SHARD = {"SHARD": "${{ matrix.shard }}/${{ strategy.job-total }}"}
GREP = {"GREP": "${{ inputs.grep }}"}
CLEANS = "always() && steps.install.outcome == 'success'"
KEPT = "the engine here keeps its cache mounts"
HAND_OVER = "images stay on this machine"
"""Why a local run leaves out what passes images from one machine to the next."""


@dataclass(frozen=True)
class Step:
    """A command of a job."""

    name: str
    run: str
    """The script, as bash gets it."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Its variables, as GitHub's expressions."""
    goes_on: bool = False
    """It is run also where a step before it failed."""
    condition: str = ""
    """When it is run on GitHub, as an expression."""
    not_here: str = ""
    """Why a local run leaves it out; empty where it does not."""
    id: str = ""


@dataclass(frozen=True)
class Job:
    """A job of a workflow: what it waits for, and its commands."""

    name: str
    steps: tuple[Step, ...]
    needs: tuple[str, ...] = ()
    wants: str = ""
    """The output of the `plan` job without which it is not run: matrix (there is an image to build) or services."""
    even_after: tuple[str, ...] = ()
    """Jobs among those that it waits for whose failure does not stop it."""

    def step(self, name: str) -> Step:
        """Its step of that name."""
        return next(step for step in self.steps if step.name == name)


def workflow_jobs(workflow: str, project: CiProject) -> dict[str, Job]:
    """The jobs of a workflow in their order, by name, without the one that sums them up."""
    jobs = {"quick-ci": _quick, "docker-ci": _docker, "full-ci": _full}[workflow](project)
    return {job.name: job for job in jobs}


def _quick(project: CiProject) -> list[Job]:
    ci, inv = project.ci, project.ci.invoke
    arguments = f" -- {shlex.join(ci.test_arguments)}" if ci.test_arguments else ""
    return [
        Job(
            "lint",
            (
                Step("Lint", f"{inv} lint"),
                Step("Compare the workflows with what makes them", f"{inv} workflows --check", goes_on=True),
            ),
        ),
        Job("tests", (Step("Test what is affected", f"{inv} test-affected{arguments}"), *_own(ci.quick_tests))),
    ]


def _docker(project: CiProject) -> list[Job]:
    return [
        Job("plan", (_affected(project.ci), *_matrix(project.ci, ""))),
        *_images(project, every=False),
        Job("up", _up(project, take_others=True), ("plan", *_built(project)), wants="services"),
    ]


def _full(project: CiProject) -> list[Job]:
    ci, inv = project.ci, project.ci.invoke
    jobs = [
        Job("tests", (Step("Test everything", f"{inv} test-affected --all"), *_own(ci.quick_tests))),
        Job("plan", _matrix(ci, " --all")),
        *_images(project, every=True),
    ]
    built = ("plan", *_built(project))
    if project.has_playwright_image:
        jobs.append(_playwright_image(project))
    jobs.append(Job("up", _up(project, take_others=False), built))
    if project.has_playwright:
        jobs += _playwright(project, built)
    if ci.cluster:
        jobs.append(_cluster(project, built))
    return jobs


def _built(project: CiProject) -> tuple[str, ...]:
    return ("bases", "build") if project.has_bases else ("build",)


def _affected(ci: CiConfig) -> Step:
    return Step("Tell what is affected", f"{ci.invoke} affected --github-output", id="affected")


def _matrix(ci: CiConfig, every: str) -> tuple[Step, ...]:
    script = (
        f'matrix="$({ci.invoke} build-matrix --json{every} --shards {ci.shards})"\n'
        'echo "matrix=${matrix//$\'\\n\'/}" >> "$GITHUB_OUTPUT"'
    )
    return (Step("Divide the images among the machines", script, id="matrix"),)


def _images(project: CiProject, *, every: bool) -> list[Job]:
    """The jobs that build the images of the matrix, and the bases below them; or `every` base, also below the tests' image."""
    inv, cache = project.ci.invoke, project.cache_option
    which = "--bases" if every else '--bases-of "$SERVICES"'
    jobs = []
    if project.has_bases:
        below, env = ("", {}) if every else (' --services "$SERVICES"', BUILT_SERVICES)
        build = Step("Build the base images", f"{inv} build-base{below}{cache}", env)
        steps = _with_mounts(project, (build, *_hand_over(project, which, env)))
        jobs.append(Job("bases", steps, ("plan",), wants="" if every else "matrix"))
    build = Step("Build the images", f'{inv} build-optimized --services "$SERVICES"{cache}', SERVICES)
    handed = _hand_over(project, '--services "$SERVICES"', SERVICES)
    taken = _take_bases(project, which, {} if every else SERVICES)
    steps = _with_mounts(project, (*taken, build, *handed))
    jobs.append(Job("build", steps, ("plan", "bases") if project.has_bases else ("plan",), wants="matrix"))
    return jobs


def _with_mounts(project: CiProject, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps of a job that builds, between those that bring what its cache mounts held and keep it again."""
    inv = project.ci.invoke
    if not project.ci.cache_mounts:
        return steps
    return (
        Step("Name the cache mounts", f"{inv} cache-status --key --github-output", not_here=KEPT, id="mounts"),
        Step("Restore the cache mounts", f"{inv} cache-restore", not_here=KEPT),
        *steps,
        Step("Save the cache mounts", f"{inv} cache-save", condition="github.event_name == 'push'", not_here=KEPT),
    )


def _hand_over(project: CiProject, which: str, env: Mapping[str, str] | None = None) -> tuple[Step, ...]:
    """Push where there is a registry and the right to; an archive, which becomes an artifact, where not."""
    inv, variables = project.ci.invoke, env or {}
    save = Step("Save the images", f"{inv} images-save {which}", variables, not_here=HAND_OVER)
    if not project.registry:
        return (save,)
    push = Step("Push the images", f"{inv} images-push {which}", variables, not_here=HAND_OVER)
    return replace(push, condition="env.MAY_PUSH == 'true'"), replace(save, condition="env.MAY_PUSH != 'true'")


def _take_bases(project: CiProject, which: str, env: Mapping[str, str]) -> tuple[Step, ...]:
    """What brings archives of the bases; a build finds by itself what the registry has."""
    if not project.has_bases:
        return ()
    step = _take(project, which, env)
    return (replace(step, condition="env.MAY_PUSH != 'true'" if project.registry else ""),)


def _take(project: CiProject, which: str, env: Mapping[str, str] | None = None) -> Step:
    return Step("Take the images that were built", f"{project.ci.invoke} images-load {which}", env or {})


def _up(project: CiProject, *, take_others: bool) -> tuple[Step, ...]:
    ci, inv = project.ci, project.ci.invoke
    all_of_them = _take(project, "--all")
    others = Step("Take or build the images that did not change", f"{inv} build-optimized --pull{project.cache_option}")
    return (
        *((_take(project, '--services "$SERVICES"', CHANGED_SERVICES), others) if take_others else (all_of_them,)),
        Step("Start the stack", f"{inv} full-up"),
        Step("Prove that it runs what the checkout holds", f"{inv} status --check"),
        *_own(ci.docker_tests),
        *_down(inv),
    )


def _down(inv: str) -> tuple[Step, ...]:
    return (
        Step("Show the logs", f"{inv} logs", condition="failure()", not_here="`inv logs` shows them"),
        Step("Take the stack down", f"{inv} down", goes_on=True, condition=CLEANS),
    )


def _playwright_image(project: CiProject) -> Job:
    inv = project.ci.invoke
    build = Step("Build the image of the tests", f"{inv} build-playwright{project.cache_option}")
    needs = ("plan", "bases") if project.has_bases else ("plan",)
    steps = (*_take_bases(project, "--bases", {}), build, *_hand_over(project, "--playwright"))
    return Job("playwright-image", _with_mounts(project, steps), needs)


def _playwright(project: CiProject, built: tuple[str, ...]) -> list[Job]:
    inv = project.ci.invoke
    image = ("playwright-image",) if project.has_playwright_image else ()
    tests = " --playwright" if project.has_playwright_image else ""
    e2e = (
        _take(project, f"--all{tests}"),
        Step("Run the end-to-end tests", f'{inv} playwright-test --shard "$SHARD" --grep "$GREP"', {**SHARD, **GREP}),
    )
    jobs = [Job("e2e", e2e, (*built, *image))]
    if image:
        merge = Step("Merge the reports", f"{inv} playwright-merge")
        jobs.append(
            Job("report", (_take(project, "--playwright"), merge), ("playwright-image", "e2e"), even_after=("e2e",))
        )
    return jobs


def _cluster(project: CiProject, built: tuple[str, ...]) -> Job:
    ci, inv = project.ci, project.ci.invoke
    kubeconfig = f"${{{{ github.workspace }}}}/{project.state}/{KUBECONFIG}"
    steps = (
        _take(project, "--all"),
        Step("Start the cluster, with the images in it", f"{inv} cluster-up"),
        *(replace(step, env={"KUBECONFIG": kubeconfig}) for step in _own(ci.cluster_tests)),
        Step("Take the cluster down", f"{inv} cluster-down", goes_on=True, condition=CLEANS),
    )
    return Job("cluster", steps, built)


def _own(commands: tuple[str, ...]) -> tuple[Step, ...]:
    """The user's own commands; each is run also where one before it failed."""
    return tuple(Step(command.splitlines()[0], command, goes_on=True) for command in commands)
