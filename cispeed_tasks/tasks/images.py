"""Tasks that pass images from one machine to the next, as the jobs of a CI workflow do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from invoke.context import Context

from cispeed_tasks.tasks.command import command

if TYPE_CHECKING:
    from cispeed_tasks.run.image_archives import Selection

SERVICES = "services, separated by commas or spaces"
ALL = "all services; they are also meant where nothing is named"
BASES = "the shared base images"
BASES_OF = "the base images that the images of these services stand on"
PLAYWRIGHT = "the image of the Playwright tests"


@command(
    "ci",
    help={
        "services": SERVICES,
        "all": ALL,
        "bases": BASES,
        "bases_of": BASES_OF,
        "playwright": PLAYWRIGHT,
        "directory": "where the archive goes; .cispeed/images/given by default",
    },
    wants_compose=True,
)
def images_save(
    context: Context,
    services: str | None = None,
    all: bool = False,  # noqa: A002  # the option's name
    bases: bool = False,
    bases_of: str | None = None,
    playwright: bool = False,
    directory: str | None = None,
) -> None:
    """Save images that were built here as one archive, for another machine of the same run.

    Example: inv images-save --services "api web"
    """
    from cispeed_tasks.run import image_archives

    image_archives.save(_selection(services, bases_of, is_all=all, bases=bases, playwright=playwright), directory)


@command(
    "ci",
    help={"services": SERVICES, "all": ALL, "bases": BASES, "bases_of": BASES_OF, "playwright": PLAYWRIGHT},
    wants_compose=True,
)
def images_push(
    context: Context,
    services: str | None = None,
    all: bool = False,  # noqa: A002  # the option's name
    bases: bool = False,
    bases_of: str | None = None,
    playwright: bool = False,
) -> None:
    """Push images that were built here to the `registry:` of cispeed.yaml, by their fingerprints.

    Example: inv images-push --services "api web"
    """
    from cispeed_tasks.run import image_archives

    image_archives.push(_selection(services, bases_of, is_all=all, bases=bases, playwright=playwright))


@command(
    "ci",
    help={
        "services": SERVICES,
        "all": ALL,
        "bases": BASES,
        "bases_of": BASES_OF,
        "playwright": PLAYWRIGHT,
        "directory": "where archives are; .cispeed/images/taken by default",
    },
    wants_compose=True,
)
def images_load(
    context: Context,
    services: str | None = None,
    all: bool = False,  # noqa: A002  # the option's name
    bases: bool = False,
    bases_of: str | None = None,
    playwright: bool = False,
    directory: str | None = None,
) -> None:
    """Take images that other machines built, from archives or else from the registry, and build nothing.

    Fails where one of them is not what this checkout makes, which its fingerprint says.

    Example: inv images-load --services "api web" --playwright
    """
    from cispeed_tasks.run import image_archives

    image_archives.load(_selection(services, bases_of, is_all=all, bases=bases, playwright=playwright), directory)


@command(
    "images",
    help={"cache": "build cache of this run: auto, local, registry, gha, inline or none; cispeed.yaml's by default"},
    wants_compose=True,
)
def build_playwright(context: Context, cache: str = "") -> None:
    """Build the image of the Playwright tests, where anything of it changed; playwright-test does so by itself.

    Example: inv build-playwright
    """
    from cispeed_tasks.run import image_archives

    image_archives.build_playwright(cache or None)


def _selection(services: str | None, bases_of: str | None, *, is_all: bool, bases: bool, playwright: bool) -> Selection:
    from cispeed_tasks.run.image_archives import Selection

    return Selection(_words(services), is_all, bases, _words(bases_of), playwright)


def _words(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(text.replace(",", " ").split())
