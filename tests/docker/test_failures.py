"""What fails is said at once, in one clear sentence, with the right exit code, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.docker.engine_proxy import EngineProxy
from tests.docker.repositories import Repository

INV = str(Path(sys.executable).parent / "inv")


def cut_off(repository: Repository, proxy: EngineProxy, arguments: list[str], sign: str) -> tuple[int, str]:
    """Run `inv`, cut the engine off once its output shows `sign`, and return how it ended."""
    log = repository.path / "cut.log"
    with log.open("w") as sink:
        env = {**os.environ, "DOCKER_HOST": proxy.url, "NO_COLOR": "1"}
        process = subprocess.Popen(
            [INV, *arguments], cwd=repository.path, env=env, stdout=sink, stderr=sink, stdin=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 240
        while sign not in log.read_text() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert sign in log.read_text(), log.read_text()[-3000:]
        proxy.cut()
        return process.wait(60), log.read_text()


def test_a_service_that_crashes_at_start_fails_within_seconds_with_its_log(changed_sample: Repository) -> None:
    app = changed_sample.path / "services/rag_service/rag_service/app.py"
    app.write_text(app.read_text() + "\nraise SystemExit('no index was found: run make index')\n")
    changed_sample.inv("build-optimized")
    started = time.monotonic()
    output = changed_sample.inv("full-up", "--no-build", expect=1)
    assert time.monotonic() - started < 30
    assert (
        "the service rag_service ended with exit code 1; its last lines:\n    no index was found: run make index"
        in output
    )


def test_a_health_check_that_never_passes_is_named(changed_sample: Repository) -> None:
    config = changed_sample.path / "cispeed.yaml"
    config.write_text(config.read_text() + "timeouts: {ready: 8}\n")
    compose = changed_sample.path / "docker-compose.yml"
    compose.write_text(compose.read_text().replace("127.0.0.1:8000/health", "127.0.0.1:8001/health"))
    output = changed_sample.inv("full-up", "--services", "git_adapter", expect=1)
    assert "the service git_adapter was not ready within 8 s: its health check has not passed yet" in output
    assert "timeouts: {ready: SECONDS}" in output


def test_an_engine_that_goes_away_while_building_is_one_sentence(changed_sample: Repository, tmp_path: Path) -> None:
    # A text that no run before had, so that the packages are not taken from the cache.
    changed_sample.write("services/backend/requirements.txt", f"# {time.time()}\nflask==3.1.2\n")
    with EngineProxy(tmp_path / "engine.sock") as proxy:
        code, output = cut_off(changed_sample, proxy, ["build-optimized", "backend"], "pip install")
    assert code == 3
    assert "the Docker Engine stopped answering while it was building; start it and run this again" in output
    assert "Traceback" not in output


def test_an_engine_that_goes_away_while_starting_is_one_sentence(sample: Repository, tmp_path: Path) -> None:
    with EngineProxy(tmp_path / "engine.sock") as proxy:
        code, output = cut_off(sample, proxy, ["full-up", "--no-build"], "of 9 services ready")
    sample.inv("down", "--volumes")
    assert code == 3
    assert "start it" in output.splitlines()[-1]
    assert "Traceback" not in output


def test_no_engine_at_all_is_one_sentence(sample: Repository) -> None:
    output = sample.inv("full-up", env={"DOCKER_HOST": "unix:///nowhere/docker.sock"}, expect=3)
    assert output.startswith("no Docker Engine answers at unix:///nowhere/docker.sock: start it")


def test_two_at_once_do_not_disturb_each_other(sample: Repository) -> None:
    with subprocess.Popen(
        [INV, "full-up", "--no-build"], cwd=sample.path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as first:
        assert first.stdout is not None
        for line in first.stdout:
            if "services ready" in line:
                break
        output = sample.inv("full-up", "--no-build", expect=2)
        rest = first.stdout.read()
    sample.inv("down", "--volumes")
    assert first.returncode == 0, rest
    assert "the stack trial-full is being worked on (inv full-up, process" in output


def test_a_dockerfile_that_fails_is_shown_by_bake(changed_sample: Repository) -> None:
    changed_sample.write("services/backend/requirements.txt", "this-package-does-not-exist-anywhere==1.0\n")
    output = changed_sample.inv("build-optimized", "backend", expect=1)
    assert "this-package-does-not-exist-anywhere" in output
    assert output.rstrip().endswith("the step that failed is shown above")
