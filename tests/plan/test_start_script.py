"""The start-up script of hollow containers, run by the real shell with package managers that only take notes."""

from __future__ import annotations

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import pytest

from cispeed_tasks.plan.hollow import STARTED
from cispeed_tasks.plan.templates import render

SCRIPT = render("start.sh.j2")
REQUIREMENTS = "/tmp/requirements.txt"  # noqa: S108  # a path in the container
DEPENDENCIES = SCRIPT.split('"$python" -c "')[1].split('" >')[0]
SHELLS = [path for name in ("sh", "dash", "bash") if (path := shutil.which(name))]

PYTHON = """\
#!/bin/sh
echo "python3 $*" >> "$NOTES"
[ "$1 $2" = "-m venv" ] || exit 0
mkdir -p "$3/bin"
printf '#!/bin/sh\\necho "pip $*" >> "$NOTES"\\n' > "$3/bin/pip"
chmod +x "$3/bin/pip"
"""
NPM = """\
#!/bin/sh
echo "npm $* in $PWD" >> "$NOTES"
[ -z "${SLOW:-}" ] || sleep 0.5
[ -z "${FAIL:-}" ] || exit 1
mkdir -p node_modules/.bin && echo made > node_modules/package
"""
NOTING = """\
#!/bin/sh
echo "${0##*/} $*" >> "$NOTES"
"""


@dataclass(frozen=True)
class Place:
    """A source directory, a volume, and programs that write down how they were called."""

    root: Path
    shell: str

    @property
    def source(self) -> Path:
        return self.root / "source"

    def start(self, *words: str, directory: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
        """Run the script in a working directory, which is the source directory unless another is named."""
        path = f"{self.root / 'bin'}:/usr/bin:/bin"
        return subprocess.run(
            [self.shell, str(self.root / "start.sh"), *words],
            cwd=directory or self.source,
            env={"PATH": path, "NOTES": str(self.root / "notes"), "HOME": str(self.root), **env},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def notes(self) -> list[str]:
        """What was called, in order."""
        return (self.root / "notes").read_text().replace(str(self.root), "~").splitlines()


def make_place(root: Path, shell: str) -> Place:
    for name in ("bin", "source/node_modules", "python"):
        (root / name).mkdir(parents=True)
    for name, text in (("python3", PYTHON), ("npm", NPM), *((name, NOTING) for name in ("poetry", "uv", "pnpm"))):
        program = root / "bin" / name
        program.write_text(text)
        program.chmod(0o755)
    (root / "tmp").mkdir()
    (root / "tmp").chmod(0o1777)  # as /tmp is
    (root / "start.sh").write_text(SCRIPT.replace(STARTED, str(root / "tmp/.cispeed-started")))
    (root / "source" / "package-lock.json").touch()
    (root / "notes").touch()
    return Place(root, shell)


@pytest.fixture(params=SHELLS)
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Place:
    return make_place(tmp_path, request.param)


def npm(place: Place) -> tuple[str, ...]:
    return ("npm", str(place.source), str(place.source / "node_modules"))


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_accepts_it(shell: str) -> None:
    done = subprocess.run([shell, "-n"], input=SCRIPT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_it_becomes_the_command_with_its_words(place: Place) -> None:
    (place.source / "node_modules/.cispeed-complete").touch()
    done = place.start(*npm(place), "--", "printf", "%s|", "a b", "", "$HOME", "--")
    assert (done.returncode, done.stdout, done.stderr) == (0, "a b||$HOME|--|", "")
    assert place.start(*npm(place), "--", "sh", "-c", "exit 7").returncode == 7
    assert place.notes() == []


def test_it_says_that_it_has_started_only_when_the_packages_are_there(place: Place) -> None:
    started = place.root / "tmp/.cispeed-started"
    assert place.start(*npm(place), "--", "test", "-e", str(started)).returncode == 0
    (place.source / "node_modules/.cispeed-complete").unlink()
    # A second start does not count before its own packages are installed.
    assert place.start(*npm(place), "--", "true", FAIL="1").returncode != 0
    assert not started.exists()


def test_a_start_that_cannot_be_marked_goes_on(place: Place) -> None:
    shutil.rmtree(place.root / "tmp")
    done = place.start("--", "echo", "on")
    assert (done.returncode, done.stdout) == (0, "on\n")
    assert done.stderr == "cispeed: /tmp cannot be written, so the health check cannot see the start\n"


def test_a_service_with_a_user_runs_as_it_once_its_packages_are_there(place: Place, tmp_path: Path) -> None:
    for directory in (tmp_path, *tmp_path.parents[:-1]):
        directory.chmod(directory.stat().st_mode | 0o111)
    modules = place.source / "node_modules"
    (modules / ".cispeed-complete").touch()
    done = place.start("--user", "4321:4322", *npm(place), "--", "sh", "-c", "id -u; id -g")
    assert (done.returncode, done.stdout, done.stderr) == (0, "4321\n4322\n", "")
    status = modules.stat()
    assert (status.st_uid, status.st_gid) == (4321, 4322)
    assert (place.root / "tmp/.cispeed-started").stat().st_uid == 4321


def test_without_a_command_it_says_so(place: Place) -> None:
    done = place.start("--")
    assert (done.returncode, done.stderr) == (64, "cispeed: there is no command to run\n")
    assert not (place.root / "tmp/.cispeed-started").exists()


def test_a_setpriv_that_cannot_change_the_user_is_not_relied_on(place: Place) -> None:
    program = place.root / "bin/setpriv"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    stat = place.root / "bin/stat"
    stat.write_text("#!/bin/sh\necho 12345:12345\n")
    stat.chmod(0o755)
    identity = place.root / "bin/id"
    identity.write_text("#!/bin/sh\necho 0\n")
    identity.chmod(0o755)
    done = place.start(*npm(place), "--", "echo", "on")
    assert (done.returncode, done.stdout) == (0, "on\n")
    assert "setpriv cannot change the user here; files made here belong to root" in done.stderr


def test_packages_are_installed_once_and_marked(place: Place) -> None:
    first, second = (
        place.start(*npm(place), "--", "cat", "node_modules/package"),
        place.start(*npm(place), "--", "true"),
    )
    assert (first.stdout, second.returncode) == ("made\n", 0)
    assert place.notes() == ["npm ci in ~/source"]
    assert "installing with npm" in first.stderr
    assert second.stderr == ""
    assert (place.source / "node_modules/.cispeed-complete").is_file()


def test_an_install_that_was_interrupted_is_done_anew_from_nothing(place: Place) -> None:
    (place.source / "node_modules/half").mkdir()
    assert place.start(*npm(place), "--", "true", FAIL="1").returncode == 1
    assert not (place.source / "node_modules/.cispeed-complete").exists()
    assert place.start(*npm(place), "--", "true").returncode == 0
    assert place.notes() == ["npm ci in ~/source"] * 2
    assert not (place.source / "node_modules/half").exists()


def test_a_failed_install_never_starts_the_service(place: Place) -> None:
    assert place.start(*npm(place), "--", "echo", "started", FAIL="1").stdout == ""


def test_two_at_once_install_once(place: Place) -> None:
    with ThreadPoolExecutor(3) as pool:
        runs = list(
            pool.map(lambda _: place.start(*npm(place), "--", "cat", "node_modules/package", SLOW="1"), range(3))
        )
    assert [run.stdout for run in runs] == ["made\n"] * 3
    assert place.notes() == ["npm ci in ~/source"]


def test_the_packages_programs_come_first(place: Place) -> None:
    python = str(place.root / "python")
    done = place.start("pip", str(place.source), python, *npm(place), "--", "sh", "-c", 'echo "$PATH|$VIRTUAL_ENV"')
    path, environment = done.stdout.strip().split("|")
    assert path.split(":")[:2] == [str(place.source / "node_modules/.bin"), f"{python}/bin"]
    assert environment == python


@pytest.mark.parametrize(
    ("manager", "files", "called"),
    [
        ("pip", ["requirements.txt"], ["python3 -m venv ~/python", "pip install --prefer-binary -r requirements.txt"]),
        (
            "pip",
            ["pyproject.toml"],
            [
                "python3 -m venv ~/python",
                f"python3 -c {DEPENDENCIES}",
                f"pip install --prefer-binary -r {REQUIREMENTS}",
            ],
        ),
        (
            "poetry",
            ["poetry.lock"],
            [
                "python3 -m venv ~/python",
                "poetry export --help",
                f"poetry export --with test,dev --output {REQUIREMENTS}",
                f"pip install --prefer-binary --no-deps -r {REQUIREMENTS}",
            ],
        ),
    ],
)
def test_how_python_packages_are_installed(place: Place, manager: str, files: list[str], called: list[str]) -> None:
    for name in files:
        (place.source / name).touch()
    assert place.start(manager, str(place.source), str(place.root / "python"), "--", "true").returncode == 0
    assert place.notes() == called


def test_a_lock_file_that_changed_since_is_installed_by_the_next_start(place: Place) -> None:
    place.start(*npm(place), "--", "true")
    (place.source / "package.json").write_text("{}")
    place.start(*npm(place), "--", "true")
    assert place.notes() == ["npm ci in ~/source"]
    (place.source / "package-lock.json").write_text("{}")
    (place.source / "node_modules/old").touch()
    place.start(*npm(place), "--", "true")
    assert place.notes() == ["npm ci in ~/source"] * 2
    assert not (place.source / "node_modules/old").exists()


def test_a_workspace_is_installed_once_and_its_members_programs_come_first(place: Place) -> None:
    member = place.source / "apps/a b"
    (member / "node_modules/.bin").mkdir(parents=True)
    (member / "node_modules/old").touch()
    places = f"{place.source}/node_modules:{member}/node_modules"
    words = ("npm", str(place.source), places, "--", "sh", "-c", 'mkdir -p node_modules/.bin; echo "$PATH"')
    first, second = place.start(*words, directory=member), place.start(*words, directory=member)
    assert (first.returncode, second.returncode) == (0, 0)
    assert place.notes() == ["npm ci in ~/source"]
    assert not (member / "node_modules/old").exists()
    own, root = second.stdout.split(":")[:2]
    assert (own, root) == (f"{member}/node_modules/.bin", f"{place.source}/node_modules/.bin")


@pytest.mark.parametrize(
    ("manager", "called"),
    [
        ("uv", "uv sync --frozen --no-install-project"),
        ("uv:*", "uv sync --frozen --all-packages --no-install-project"),
        ("uv:api", "uv sync --frozen --package api"),
    ],
)
def test_how_uv_installs_a_project_and_a_workspace(place: Place, manager: str, called: str) -> None:
    words = ("sh", "-c", 'echo "$UV_PROJECT_ENVIRONMENT|$UV_NO_SYNC"')
    done = place.start(manager, str(place.source), str(place.root / "python"), "--", *words)
    assert done.stdout == f"{place.root}/python|1\n"
    assert place.notes() == ["python3 -m venv ~/python", called]


def test_pnpms_store_lies_in_the_volume(place: Place) -> None:
    place.start("pnpm", str(place.source), str(place.source / "node_modules"), "--", "true")
    assert place.notes() == ["pnpm install --frozen-lockfile --store-dir ~/source/node_modules/.cispeed-store"]


def test_a_script_that_only_the_image_made_executable_is_run_by_its_interpreter(place: Place) -> None:
    script = place.source / "start.sh"
    script.write_text('#!/bin/sh -u\necho "with $1"\n')
    assert place.start("--", "./start.sh", "a b").stdout == "with a b\n"
    script.chmod(0o755)
    assert place.start("--", "./start.sh", "x").stdout == "with x\n"


def test_npm_without_a_lock_file_writes_none(place: Place) -> None:
    (place.source / "package-lock.json").unlink()
    place.start(*npm(place), "--", "true")
    assert place.notes() == ["npm install --no-package-lock in ~/source"]


def test_what_root_makes_belongs_to_whoever_owns_the_source() -> None:
    home = Path(gettempdir()) / "home"
    had_home = home.exists()
    with TemporaryDirectory() as directory:
        place = make_place(Path(directory) / "x", "/bin/sh")
        Path(directory).chmod(0o755)
        owner = 12345 if os.geteuid() == 0 else os.geteuid()
        for path in (place.source, place.source / "node_modules", place.root / "notes"):
            os.chown(path, owner, -1)
        done = place.start(*npm(place), "--", "sh", "-c", "id -u; touch new")
        assert (done.returncode, done.stdout) == (0, f"{owner}\n")
        assert {(place.source / name).stat().st_uid for name in ("new", "node_modules/package")} == {owner}
    if not had_home:
        shutil.rmtree(home, ignore_errors=True)
