"""prune removes what is no longer current of the project, and nothing else."""

from __future__ import annotations

from tests.docker.repositories import Repository, docker, engine_state


def project_images(project: str) -> set[str]:
    return set(docker("images", "-q", "--no-trunc", "--filter", f"label=cispeed.project={project}").split())


def test_replaced_images_and_old_packages_go_and_the_rest_stays(changed_sample: Repository) -> None:
    source = changed_sample.path / "services/rag_service/rag_service/app.py"
    for number in range(3):
        source.write_text(source.read_text() + f"\n# edit {number}\n")
        changed_sample.inv("build-optimized", "rag_service")
    docker(
        "volume",
        "create",
        "--label",
        "cispeed.project=changed",
        "--label",
        "cispeed.kind=dependencies",
        "changed-pip-000000000000",
    )
    docker("volume", "create", "--label", "com.docker.compose.project=changed-full", "changed-full_db-data")
    docker("volume", "create", "somebody-elses")
    before, images = engine_state(), project_images("changed")

    dry = changed_sample.inv("prune", "--dry-run")
    assert "remove image changed-rag_service:" in dry
    assert "remove volume changed-pip-000000000000: packages of a lock file that has changed since" in dry
    assert (engine_state(), project_images("changed")) == (before, images)

    output = changed_sample.inv("prune")
    assert "came back" in output
    assert before["volumes"] - engine_state()["volumes"] == {"changed-pip-000000000000"}
    current = docker("inspect", "--format", "{{.Id}}", "changed-rag_service:full").strip()
    assert current in project_images("changed")
    assert len(images) - len(project_images("changed")) >= 1
    assert "Nothing to remove." in changed_sample.inv("prune")
    docker("volume", "rm", "somebody-elses")


def test_data_goes_only_after_a_yes(changed_sample: Repository) -> None:
    docker("volume", "create", "--label", "com.docker.compose.project=changed-full", "changed-full_db-data")
    output = changed_sample.inv("prune", "--volumes", expect=2)
    assert "nothing was removed: data volumes go only after a yes; --yes says it for scripts" in output
    assert "changed-full_db-data" in engine_state()["volumes"]
    changed_sample.inv("prune", "--volumes", "--yes")
    assert "changed-full_db-data" not in engine_state()["volumes"]
