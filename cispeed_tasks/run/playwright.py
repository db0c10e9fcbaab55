"""Run the Playwright tests in their container against a stack of their own, and bring the results back in every outcome."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cispeed_tasks.errors import CispeedError, ConfigError, ToolError, UsageError, WorkFailed
from cispeed_tasks.model import Stack
from cispeed_tasks.plan.build import plan_targets
from cispeed_tasks.plan.choices import is_hollow
from cispeed_tasks.plan.history_records import Record
from cispeed_tasks.plan.playwright import RESULTS, TARGET, playwright_overlay, shard
from cispeed_tasks.plan.playwright_inputs import RunInputs
from cispeed_tasks.plan.services import command_words
from cispeed_tasks.run import build, history, playwright_reuse
from cispeed_tasks.run.look import View, look
from cispeed_tasks.run.modes import build_names, prepare, project_name
from cispeed_tasks.run.playwright_results import SUFFIX, Ended, collect, collect_logs, new_results, say
from cispeed_tasks.run.ready import start_and_wait
from cispeed_tasks.run.stack import say_addresses, take_down
from cispeed_tasks.tools import (
    checkout,
    compose,
    compose_yaml,
    containers,
    engine,
    lock,
    playwright_results,
    process,
    terminal,
)

GRACE_SECONDS = 20.0


def playwright_test(
    *,
    hollow: bool | None,
    grep: str | None,
    shard_text: str | None,
    keep_up: bool,
    extra: Sequence[str],
    reuse: bool = False,
) -> None:
    """Build, bring the stack up, run the tests, bring the results back, take the stack down.

    Raises:
        TestsFailed: with the tests' own exit code.
        Interrupted: Ctrl-C; the results so far are there.
    """
    mode = "hollow" if is_hollow(hollow, os.environ.get("HOLLOW")) else "full"
    if reuse and mode == "hollow":
        raise UsageError(
            "--reuse is for full mode: what is mounted in hollow mode may be anything; leave one of them out"
        )
    arguments = [
        *([f"--grep={grep}"] if grep else []),
        *([f"--shard={shard(shard_text)}"] if shard_text else []),
        *extra,
    ]
    view = look()
    if view.project.playwright is None:
        raise ConfigError(
            "no Playwright tests were found: write `playwright: {directory: …}` or `playwright: {service: …}` into cispeed.yaml"
        )
    if view.project.playwright_fault:
        raise ConfigError(view.project.playwright_fault)
    engine.require()
    if reuse and playwright_reuse.reused(view, playwright_reuse.run_inputs(view, arguments)):
        return
    with lock.held(project_name(view, SUFFIX), "inv playwright-test"):
        started = time.monotonic()
        with history.remembered(view.root, Record("test", playwright_reuse.TEST, "passed", 0.0)) as watch:
            results, inputs = _run(view, mode, arguments, watch, keep_up=keep_up)
        # Of a part of the tests nothing is remembered, except of a shard, which is one by its very name.
        if mode == "full" and not (grep or extra):
            playwright_reuse.remember(view, inputs, arguments, time.monotonic() - started, results)


def _run(
    view: View, mode: str, arguments: Sequence[str], watch: history.Stopwatch, *, keep_up: bool
) -> tuple[Path, RunInputs | None]:
    """Returns where the results are, and what the run's images were made of; raises TestsFailed unless all passed."""
    started_from = view
    results = new_results(view)
    take_down(view, SUFFIX, with_volumes=True, quiet=True)
    container: str | None = None
    try:
        services = [name for name in view.project.stack.services if name != _own_service(view)]
        view, invocation, stack = prepare(view, mode, services, no_build=True, suffix=SUFFIX, publish=keep_up)
        with watch.phase("build"):
            _build(view, mode, services)
        inputs = playwright_reuse.run_inputs(started_from, arguments) if mode == "full" else None
        with watch.phase("start"), terminal.group(f"Start the stack ({mode} mode)"):
            start_and_wait(view, invocation, services)
        with watch.phase("prepare"):
            _prepare_commands(view, invocation)
        container, invocation = _create(view, invocation, stack, arguments)
        with watch.phase("tests"), terminal.group("Playwright"):
            ended = _test(view, container)
        outcome = collect(view, container, results, ended)
    except KeyboardInterrupt:
        _rescue(view, container, results, "interrupted by the user")
        raise
    except CispeedError as error:
        _rescue(view, container, results, str(error).splitlines()[0])
        raise
    finally:
        _clean_up(view, container, keep_up=keep_up)
    say(results, outcome, ended)
    return results, inputs


def _own_service(view: View) -> str | None:
    return view.project.playwright.service if view.project.playwright else None


def _build(view: View, mode: str, services: Sequence[str]) -> None:
    names = build_names(view.project, mode, services)
    own = _own_service(view)
    names += build_names(view.project, "full", [own]) if own else [TARGET]
    with terminal.group("Build"):
        build.build(view, plan_targets(view.project, dict.fromkeys(names)))


def _prepare_commands(view: View, invocation: compose.Invocation) -> None:
    for step in view.project.config.prepare:
        with terminal.group(f"Prepare: {step.command} in {step.service}"):
            argv = invocation.argv("run", "--rm", "--no-deps", "--no-TTY", step.service, *command_words(step.command))
            try:
                code = process.show(argv, cwd=view.root, timeout=view.project.config.timeouts.prepare)
            except TimeoutError as error:
                raise WorkFailed(
                    f"`{step.command}` in {step.service}: {error}; a longer wait is timeouts.prepare"
                ) from error
            if code:
                raise WorkFailed(
                    f"`{step.command}` in {step.service} ended with exit code {code}; its own words are above, and the tests were not run"
                )


def _create(
    view: View, invocation: compose.Invocation, stack: Stack, arguments: Sequence[str]
) -> tuple[str, compose.Invocation]:
    """Create the container of the tests in the stack's network; returns its name."""
    source, target = view.project.playwright, view.project.targets.get(TARGET)
    if source is None:
        raise ConfigError("no Playwright tests were found: write `playwright: {directory: …}` into cispeed.yaml")
    tag = target.tag if target else None
    service, overlay = playwright_overlay(
        view.project.name,
        source,
        view.project.config.playwright,
        stack,
        tag,
        arguments,
        containers.published_ports(str(invocation.project)),
    )
    checkout.write_state(
        view.root, "compose.playwright.yml", compose_yaml.dump(overlay, "Made by cispeed: the container of the tests.")
    )
    with_tests = replace(invocation, files=(*invocation.files, ".cispeed/compose.playwright.yml"))
    compose.ask(with_tests, "up", "--no-start", "--no-deps", "--no-build", "--force-recreate", service)
    found = [
        a["Name"].lstrip("/")
        for a in containers.inspect(str(invocation.project))
        if a["Config"]["Labels"].get(containers.SERVICE_LABEL) == service
    ]
    if not found:
        raise ToolError(
            f"Compose made no container for the service {service}; `inv doctor` looks at Compose and the engine"
        )
    return found[0], with_tests


def _test(view: View, container: str) -> Ended:
    """Run the tests with their live output; a run that takes too long is asked to end, then ended."""
    limit = view.project.config.timeouts.playwright
    started, reason, timed_out = time.monotonic(), None, False
    try:
        process.show(["docker", "start", "--attach", container], cwd=view.root, timeout=limit)
        # The client may lose sight of a container that runs on; only the container's own end is the run's end.
        containers.wait(container, max(limit - (time.monotonic() - started), 1))
    except TimeoutError:
        timed_out = True
        reason = f"the run took longer than {limit:g} s and was stopped (timeouts.playwright in cispeed.yaml)"
        containers.interrupt(container, GRACE_SECONDS)
    state = containers.state(container)
    code = int(state.get("ExitCode") or 0)
    if state.get("OOMKilled"):
        reason = "the container was killed for want of memory"
    elif reason is None and code == 137:  # noqa: PLR2004  # 128 + SIGKILL
        reason = "the container was killed (exit code 137)"
    return Ended(1 if timed_out else code or (1 if reason else 0), reason)


def _rescue(view: View, container: str | None, results: Path, reason: str) -> None:
    """Bring back what there is of a run that did not come to its end; nothing here may hide why it did not."""
    try:
        if container is not None:
            containers.interrupt(container, GRACE_SECONDS)
            collect(view, container, results, Ended(1, reason))
        else:
            collect_logs(view, results)
            playwright_results.complete_reports(results, reason)
        terminal.say(f"What there is of the run: {results}")
    except CispeedError as error:
        terminal.warn(f"the results could not be brought back: {str(error).splitlines()[0]}")
        playwright_results.complete_reports(results, reason)
        if container is not None:
            terminal.say(f"Once the engine is back, they can be had with: docker cp {container}:{RESULTS} .")


def _clean_up(view: View, container: str | None, *, keep_up: bool) -> None:
    try:
        if container is not None:
            containers.remove(container)
        if keep_up:
            terminal.tell("The stack is kept up; `inv down` takes it down.")
            say_addresses(replace(view.compose, project=project_name(view, SUFFIX)))
        else:
            take_down(view, SUFFIX, with_volumes=True, quiet=True)
    except CispeedError as error:
        terminal.warn(f"could not clean up: {str(error).splitlines()[0]}; `inv down` does it later")
