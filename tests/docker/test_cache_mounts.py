"""Cache mounts on the real engine: what a build left in one is there for a build on an engine that never saw it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.docker.registry import registry
from tests.docker.repositories import Repository, docker

PORT = 5075
HASH = "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy"
"""A password of a registry that this test does not know."""
DOCKERFILE = """FROM debian:trixie-slim
WORKDIR /app
COPY poetry.lock ./
RUN --mount=type=cache,id=WORD-pip,target=/root/.cache/pip \\
    --mount=type=cache,id=WORD-own,target=/own,uid=1000,gid=1001,mode=0750 \\
    : WORD; find /root/.cache/pip /own -exec stat -c '%n %F %u:%g %a %Y %N' {} + | sort > /seen; \\
    [ -e /own/file ] || { FILL; }
"""
FILL = """mkdir -p /root/.cache/pip/http/.hidden; \\
    echo wheel > /root/.cache/pip/http/.hidden/wheel; touch -d @1000000000 /root/.cache/pip/http/.hidden/wheel; \\
    ln /root/.cache/pip/http/.hidden/wheel /root/.cache/pip/hard; ln -s http/.hidden /root/.cache/pip/link; \\
    echo x > "/root/.cache/pip/a b"; echo x > /root/.cache/pip/.dot; \\
    echo own > /own/file; touch -d @1000000001 "/root/.cache/pip/a b" /root/.cache/pip/.dot /own/file; \\
    chown -R 5:6 /root/.cache/pip/http; chmod 2711 /root/.cache/pip/http /root/.cache/pip"""
"""Whole seconds: BuildKit writes tar files, which round the rest."""

Maker = Callable[..., Repository]


@pytest.fixture(scope="module")
def prefix() -> Iterator[str]:
    """What the names of all repositories of this run begin with; what they leave in the build cache goes at the end."""
    found = f"m{uuid.uuid4().hex[:6]}"
    yield found
    docker("buildx", "prune", "--force", "--filter", f"description~={found}")
    tags = docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}").split()
    own = [tag for tag in tags if tag.startswith(found)]
    docker("rmi", "--force", *own)


@pytest.fixture
def mounts(new_repository: Maker, prefix: str) -> Callable[..., Repository]:
    """Makes repositories of one service whose build writes into cache mounts that no earlier run knows."""

    def make(config: str = "", fill: str = FILL) -> Repository:
        word = f"{prefix}{uuid.uuid4().hex[:6]}"
        files = {
            "compose.yaml": f"name: {word}\nservices:\n  app: {{build: .}}\n",
            "cispeed.yaml": config,
            "Dockerfile": DOCKERFILE.replace("FILL", fill).replace("WORD", word),
            "poetry.lock": "one\n",
        }
        return new_repository(word, files)

    return make


def forget(repository: Repository) -> None:
    """Make the engine one that never saw the mounts; BuildKit lets go of them a moment after the build that had them."""
    deadline = time.monotonic() + 30
    while known := mounts_known(repository):
        assert time.monotonic() < deadline, known
        for record in known:
            docker("buildx", "prune", "--force", "--filter", f"id={record}")


def mounts_known(repository: Repository) -> list[str]:
    text = docker("buildx", "du", "--verbose", "--filter", "type=exec.cachemount")
    records = [entry for entry in text.split("\n\n") if f'with id "/{repository.project}' in entry]
    return [found for entry in records for found in re.findall(r"^ID:\s+(\S+)", entry, re.MULTILINE)]


def seen(repository: Repository) -> str:
    """What the last build found in the mounts before it wrote into them."""
    return docker("run", "--rm", f"{repository.project}-app:full", "cat", "/seen")


def rebuild(repository: Repository, lock: str) -> str:
    """Build with another lock file, so that the step runs again; gives what it found in its mounts."""
    repository.write("poetry.lock", lock)
    repository.inv("build-optimized")
    return seen(repository)


def archives(repository: Repository) -> list[Path]:
    return sorted((repository.path / ".cispeed/cache-mounts").glob("*.tar"))


def archive(repository: Repository) -> Path:
    """The archive of the mount of pip."""
    return next(path for path in archives(repository) if "-pip-" in path.name)


def test_what_a_build_left_is_there_on_an_engine_that_never_saw_it(mounts: Maker) -> None:
    repository = mounts()
    word = repository.project
    repository.inv("build-optimized")
    assert "/own/file" not in seen(repository)
    then = rebuild(repository, "two\n")
    assert "/root/.cache/pip/http/.hidden/wheel regular file 5:6 644 1000000000" in then
    output = repository.inv("cache-save")
    assert f"save {word}-pip: 4 files, not saved before" in output
    assert f"✓ {word}-own saved: 1 files" in output
    forget(repository)
    assert "/own/file" not in rebuild(repository, "three\n"), (
        "the engine has forgotten nothing: this test shows nothing"
    )
    forget(repository)
    output = repository.inv("cache-restore")
    assert f"restore {word}-pip: the newest that was saved; poetry.lock changed since" in output
    assert f"✓ {word}-pip restored: 4 files" in output
    found = rebuild(repository, "four\n")
    assert _without_times(found) == _without_times(then)
    assert "wheel regular file 5:6 644 1000000000" in found
    assert "/root/.cache/pip directory 0:0 2711" in found
    assert "/own directory 1000:1001 750" in found
    assert f"leave {word}-pip: this engine has 4 files in it already" in repository.inv("cache-restore")


def _without_times(text: str) -> list[str]:
    """The lines without the times of links and directories, which are made anew."""
    return [re.sub(r"(directory|symbolic link)( \S+ \S+) \d+", r"\1\2", line) for line in text.splitlines()]


def test_a_key_is_saved_once_and_status_tells_of_it(mounts: Maker) -> None:
    repository = mounts()
    word = repository.project
    repository.inv("build-optimized")
    assert "dry run: nothing was saved" in repository.inv("cache-save", "--dry-run")
    assert not (repository.path / ".cispeed/cache-mounts").exists()
    repository.inv("cache-save")
    first = archives(repository)
    assert len(first) == 2
    again = repository.inv("cache-save")
    assert f"leave {word}-pip: saved already; poetry.lock is unchanged since" in again
    assert "nothing to save" in again
    assert archives(repository) == first
    outputs = repository.path / "outputs"
    outputs.touch()
    data = json.loads(repository.inv("cache-status", "--json", "--github-output", env={"GITHUB_OUTPUT": str(outputs)}))
    pip = next(one for one in data["mounts"] if one["id"] == f"{word}-pip")
    assert (pip["used_by"], list(pip["lock_files"])) == (["app"], ["poetry.lock"])
    assert (pip["engine"]["files"], pip["engine"]["bytes"]) == (4, 16)
    assert [one["key"] for one in pip["archives"]] == [pip["key"]]
    assert pip["archives"][0]["bytes"] == archive(repository).stat().st_size
    assert [(one["image"], one["builds"]) for one in data["builds"]] == [("app", 1)]
    assert 0 <= data["builds"][0]["cached_steps"] < data["builds"][0]["steps"]
    assert f"\n{data['key']}\n" in outputs.read_text()
    assert str(repository.path / ".cispeed/cache-mounts") in outputs.read_text()
    table = repository.inv("cache-status")
    assert re.search(
        rf"{word}-pip +app +4 files, 16 B, used \d+ \w+ ago +\S+ kB, \d+ \w+ old, for these lock files", table
    )
    (repository.path / ".cispeed/cache-mounts/mine.tar").write_text("somebody's own\n")
    repository.write(
        "Dockerfile", (repository.path / "Dockerfile").read_text().replace(f"id={word}-own", f"id={word}-new")
    )
    repository.write("poetry.lock", "two\n")
    repository.inv("build-optimized")
    assert f"save {word}-pip: 4 files, poetry.lock changed since it was saved" in repository.inv("cache-save")
    assert not set(first) & set(archives(repository))
    assert sorted({path.name.split("-")[1] for path in archives(repository) if "-" in path.name}) == ["new", "pip"]
    assert (repository.path / ".cispeed/cache-mounts/mine.tar").exists()


def test_a_damaged_archive_is_not_restored_and_said(mounts: Maker) -> None:
    repository = mounts()
    pip = f"{repository.project}-pip"
    repository.inv("build-optimized")
    repository.inv("cache-save")
    damages: dict[str, Callable[[Path], object]] = {
        "cut off": lambda path: os.truncate(path, path.stat().st_size - 512),
        "damaged": lambda path: path.write_bytes(path.read_bytes().replace(b"wheel", b"whale")),
    }
    for words, damage in damages.items():
        damage(archive(repository))
        output = repository.inv("cache-restore", "--anew")
        assert re.search(f"leave {pip}: nothing was saved of it; {pip}-\\S+ is {words}.*, and is not used", output)
        assert f"✓ {repository.project}-own restored" in output
        output = repository.inv("cache-save")
        assert f"✓ {pip} saved: 4 files" in output, "the mount itself was not touched, and the archive does not count"
        assert len(archives(repository)) == 2


def test_a_registry_keeps_them_for_another_engine(mounts: Maker, tmp_path: Path) -> None:
    place = tmp_path / "registry"
    place.mkdir()
    with registry(place, PORT) as address:
        repository = mounts(f"cache-mounts: {{registry: {address}/team, write: always}}\n")
        word = repository.project
        repository.inv("build-optimized")
        assert f"✓ {word}-pip saved: 4 files" in repository.inv("cache-save")
        assert f"{address}/team" not in docker("image", "ls"), "what was pushed stays on the engine"
        then = rebuild(repository, "two\n")
        forget(repository)
        output = repository.inv("cache-restore")
        assert f"restore {word}-pip: the newest that was saved; poetry.lock changed since" in output
        assert _without_times(rebuild(repository, "three\n")) == _without_times(then)
        assert f"leave {word}-pip: this engine has 4 files in it already" in repository.inv("cache-restore")
    gone = repository.inv("cache-restore")
    assert gone.count("the registry of the cache mounts cannot be read") == 1


def test_a_registry_that_takes_nothing_costs_a_sentence(mounts: Maker, tmp_path: Path) -> None:
    place = tmp_path / "closed"
    place.mkdir()
    place.joinpath("users").write_text(f"somebody:{HASH}\n")
    with registry(place, PORT, f"auth: {{htpasswd: {{realm: closed, path: {place}/users}}}}\n") as address:
        repository = mounts(f"cache-mounts: {{registry: {address}/team, write: always}}\n")
        repository.inv("build-optimized")
        output = repository.inv("cache-save")
        assert output.count("-pip is not saved: ") == output.count("-own is not saved: ") == 1
        assert "somebody" not in output
        assert repository.inv("cache-restore").count("the registry of the cache mounts cannot be read") == 1


def test_beyond_the_limit_the_files_that_were_used_least_lately_go(mounts: Maker) -> None:
    big = "head -c 60000 /dev/zero > /root/.cache/pip"
    fill = f"echo token > /root/.cache/pip/.npmrc; {big}/new; {big}/old; touch -d @1000000000 /root/.cache/pip/old; head -c 50000 /dev/zero > /own/big; touch -d @2000 /own/big"
    repository = mounts("cache-mounts: {limit: 100kB}\n", fill)
    repository.inv("build-optimized")
    output = repository.inv("cache-save")
    assert (
        "1 file, not saved before; those used least lately (1 file) are beyond the limit of 100kB; without .npmrc"
        in output
    )
    assert b"token" not in archive(repository).read_bytes()
    assert f"leave {repository.project}-own: beyond the limit of 100kB" in output
    assert sum(path.stat().st_size for path in archives(repository)) < 100_000
    forget(repository)
    repository.inv("cache-restore")
    found = rebuild(repository, "two\n")
    assert "/root/.cache/pip/new" in found
    assert "/root/.cache/pip/old" not in found
    # Saving is no use of a file: times are as they were.
    repository.inv("cache-save")
    times = docker_times(repository)
    assert times["old"] < 1000000001 < times["new"]


def docker_times(repository: Repository) -> dict[str, int]:
    """When the files of the mount of pip were last used, as the engine's file system says it."""
    text = f"""FROM debian:trixie-slim
ARG RUN
RUN --mount=type=cache,id={repository.project}-pip,target=/m cd /m && stat -c '%n %X' * > /times
FROM scratch
COPY --from=0 /times /
"""
    directory = repository.path / "times"
    docker("buildx", "build", "--output", str(directory), "--build-arg", f"RUN={uuid.uuid4()}", "-", text=text)
    return {name: int(value) for name, value in map(str.split, (directory / "times").read_text().splitlines())}


def test_a_mount_that_is_in_use_costs_a_sentence_and_a_killed_save_leaves_nothing(mounts: Maker) -> None:
    repository = mounts("timeouts: {cache-mount: 3}\n")
    repository.inv("build-optimized")
    busy = f"""FROM debian:trixie-slim
ARG RUN
RUN --mount=type=cache,id={repository.project}-pip,target=/m echo begun; sleep 25
"""
    build = subprocess.Popen(
        ["docker", "buildx", "build", "--progress=plain", "--output=type=cacheonly", f"--build-arg=RUN={uuid.uuid4()}", "-"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert build.stdin
    assert build.stdout
    build.stdin.write(busy)
    build.stdin.close()
    next(line for line in build.stdout if line.rstrip().endswith(" begun"))
    started = time.monotonic()
    output = repository.inv("cache-save")
    assert time.monotonic() - started < 15
    assert "it cannot be looked at: no answer within 3 s" in output
    repository.write("cispeed.yaml", "")
    argv = [str(Path(sys.executable).parent / "inv"), "cache-save"]
    save = subprocess.Popen(argv, cwd=repository.path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(2)
    second = repository.inv("cache-save")
    assert "nothing is saved, since another run is saving or restoring them" in second
    save.kill()
    save.wait(10)
    build.terminate()
    build.stdout.close()
    build.wait(20)
    assert archives(repository) == []
    assert f"✓ {repository.project}-pip saved: 4 files" in repository.inv("cache-save")
    assert not list((repository.path / ".cispeed/cache-mounts").glob("*.new"))


def test_a_full_disk_costs_a_sentence(mounts: Maker) -> None:
    repository = mounts(fill="head -c 900000 /dev/urandom > /root/.cache/pip/big; echo x > /own/file")
    repository.inv("build-optimized")
    directory = repository.path / ".cispeed/cache-mounts"
    directory.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(directory)], check=True)
    try:
        output = repository.inv("cache-save")
        assert f"{repository.project}-pip is not saved: no space is left on the disk" in output
        assert f"✓ {repository.project}-own saved" in output
        assert sorted(path.suffix for path in directory.iterdir()) == [".json", ".tar"]
    finally:
        subprocess.run(["umount", str(directory)], check=True)
