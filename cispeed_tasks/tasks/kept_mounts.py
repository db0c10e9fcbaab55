"""The tasks that keep cache mounts beyond the engine that they are on."""

from __future__ import annotations

from invoke.context import Context

from cispeed_tasks.tasks.command import command

DRY_RUN = "only say what would be done about each mount, and why"


@command(
    "images",
    help={"dry_run": DRY_RUN, "anew": "save also what is saved for the same lock files already"},
    wants_compose=True,
)
def cache_save(context: Context, dry_run: bool = False, anew: bool = False) -> None:
    """Save the cache mounts of all Dockerfiles, where a CI cache or a registry keeps them for the next runner.

    What `RUN --mount=type=cache` mounts is lost with a runner. Each mount is saved once for each state of the lock
    files of those that use it, into `.cispeed/cache-mounts` or where `cache-mounts:` of cispeed.yaml says. Beyond its
    `limit:` (2GB) what was used least lately goes. Mounts that look like places of credentials are never saved. No
    fault fails: it is said, and the exit code is 0.

    Example: inv cache-save --dry-run
    """
    from cispeed_tasks.run import kept_mounts, kept_mounts_save

    kept_mounts_save.save(kept_mounts.Options(dry_run=dry_run, anew=anew))


@command(
    "images",
    help={"dry_run": DRY_RUN, "anew": "restore also mounts that have files on this engine; these are replaced"},
    wants_compose=True,
)
def cache_restore(context: Context, dry_run: bool = False, anew: bool = False) -> None:
    """Restore the cache mounts that `inv cache-save` saved, before the first build of a fresh runner.

    Taken is what was saved for the same lock files, else the newest there is. A mount that has files on this engine
    is left as it is. An archive that is damaged is not used, and said. No fault fails: the exit code is 0.

    Example: inv cache-restore
    """
    from cispeed_tasks.run import kept_mounts, kept_mounts_restore

    kept_mounts_restore.restore(kept_mounts.Options(dry_run=dry_run, anew=anew))


@command(
    "images",
    help={
        "json": "print keys, mounts and the steps that the last builds took from the cache, for programs",
        "key": "only print the one key of all cache mounts, for a CI cache action",
        "github_output": "also write key, restore-keys and path to the file that GITHUB_OUTPUT names",
    },
    wants_compose=True,
)
def cache_status(context: Context, json: bool = False, key: bool = False, github_output: bool = False) -> None:
    """Show the cache mounts of all Dockerfiles: what is on this engine and what is kept, with bytes, age and keys.

    Also how many steps the last builds of each image took from the build cache, by BuildKit's own records.

    Example: inv cache-status --github-output
    """
    from cispeed_tasks.run import kept_mounts_status

    kept_mounts_status.status(kept_mounts_status.Form(as_json=json, only_key=key, github_output=github_output))
