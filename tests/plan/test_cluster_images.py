"""Which images are loaded into which nodes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cispeed_tasks.plan.cluster_images import (
    absent_images,
    engine_digests,
    merged,
    plan_load,
    read_archive,
    read_crictl,
    read_ctr,
    whole_name,
)


def digest(letter: str) -> str:
    return f"sha256:{letter * 64}"


MANIFEST, CONFIG, OTHER, INDEX = (digest(letter) for letter in "abcd")

CRICTL = {
    "images": [
        {
            "id": digest("1"),
            "repoTags": ["registry.k8s.io/pause:3.7"],
            "repoDigests": [],
            "size": "311278",
            "uid": {"value": "65535"},
            "username": "",
            "spec": None,
            "pinned": False,
        },
        {
            "id": CONFIG,
            "repoTags": ["docker.io/library/shop-api:full", "docker.io/library/shop-api:fp-1"],
            "repoDigests": [f"docker.io/library/import-2026-11-25@{MANIFEST}"],
            "size": "9",
            "uid": None,
            "username": "",
            "spec": None,
            "pinned": False,
        },
    ]
}
"""What crictl prints in a node of kind, with the image of a project added."""

CTR = f"""\
REF                                          TYPE                                                 DIGEST                                                                  SIZE     PLATFORMS   LABELS                          \n\
docker.io/library/shop-api:full              application/vnd.docker.distribution.manifest.v2+json {MANIFEST} 31.0 MiB linux/amd64 io.cri-containerd.image=managed \n\
docker.io/library/attested:1                 application/vnd.oci.image.index.v1+json              {INDEX} 1.8 KiB  linux/amd64 io.cri-containerd.image=managed \n\
import-2026-11-25@{MANIFEST} application/vnd.docker.distribution.manifest.v2+json {MANIFEST} 31.0 MiB linux/amd64 io.cri-containerd.image=managed \n\
{CONFIG} application/vnd.docker.distribution.manifest.v2+json {MANIFEST} 31.0 MiB linux/amd64 io.cri-containerd.image=managed \n\
"""
"""What ctr prints in a node that kind loaded images into, the digests shortened to one letter."""


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("shop-api:full", "docker.io/library/shop-api:full"),
        ("postgres", "docker.io/library/postgres:latest"),
        ("team/api:1", "docker.io/team/api:1"),
        ("ghcr.io/team/api:1", "ghcr.io/team/api:1"),
        ("localhost/api", "localhost/api:latest"),
        ("localhost:5000/api", "localhost:5000/api:latest"),
        (f"postgres@{MANIFEST}", f"docker.io/library/postgres@{MANIFEST}"),
    ],
)
def test_containerd_knows_images_by_their_whole_names(reference: str, name: str) -> None:
    assert whole_name(reference) == name


def test_what_a_node_has_as_crictl_says_it() -> None:
    found = read_crictl(json.dumps(CRICTL))
    assert found["registry.k8s.io/pause:3.7"] == {digest("1")}
    assert found["docker.io/library/shop-api:fp-1"] == {CONFIG, MANIFEST}
    assert read_crictl('{"images": []}') == {}


def test_what_a_node_has_as_ctr_says_it() -> None:
    found = read_ctr(CTR)
    assert found["docker.io/library/shop-api:full"] == {MANIFEST, CONFIG}
    assert found["docker.io/library/attested:1"] == {INDEX}
    assert read_ctr("REF TYPE DIGEST SIZE PLATFORMS LABELS\n") == {}
    assert read_ctr("") == {}


def test_two_answers_of_a_node_are_one() -> None:
    found = merged(
        [read_crictl(json.dumps(CRICTL)), read_ctr(CTR), {"x": frozenset({OTHER})}, {"x": frozenset({INDEX})}]
    )
    assert found["docker.io/library/shop-api:full"] == {CONFIG, MANIFEST}
    assert found["x"] == {OTHER, INDEX}


def test_an_image_of_the_engine_has_all_the_digests_that_a_node_may_know_it_by() -> None:
    descriptor = {"digest": MANIFEST, "annotations": {"config.digest": CONFIG}}
    assert engine_digests({"Id": MANIFEST, "Descriptor": descriptor}, "linux/amd64") == {MANIFEST, CONFIG}
    assert engine_digests({"Id": CONFIG}, "linux/amd64") == {CONFIG}


def test_of_an_image_for_several_platforms_only_those_that_are_there_and_run_here_count() -> None:
    def part(letter: str, kind: str, architecture: str, *, available: bool) -> dict[str, Any]:
        platform = {"os": "linux", "architecture": architecture}
        return {
            "Kind": kind,
            "Available": available,
            "Descriptor": {"digest": digest(letter)},
            "ImageData": {"Platform": platform},
        }

    manifests = [
        part("1", "image", "amd64", available=True),
        part("2", "image", "arm64", available=True),
        part("3", "image", "amd64", available=False),
        part("4", "attestation", "amd64", available=True),
    ]
    assert engine_digests({"Id": INDEX, "Manifests": manifests}, "linux/amd64") == {INDEX, digest("1")}


def test_only_what_is_absent_or_another_image_is_loaded() -> None:
    images = {name: frozenset({MANIFEST, CONFIG}) for name in ("same:1", "by-config:1", "stale:1", "new:1", "half:1")}
    same = {
        "docker.io/library/same:1": frozenset({MANIFEST}),
        "docker.io/library/by-config:1": frozenset({CONFIG}),
        "docker.io/library/stale:1": frozenset({OTHER}),
        "docker.io/library/half:1": frozenset({MANIFEST}),
    }
    second = {key: value for key, value in same.items() if "half" not in key}
    plan = plan_load(images, {"one": same, "two": second})
    assert str(plan) == (
        "load stale:1 into one, two: one has another image of that name\n"
        "load new:1 into one, two: not there\n"
        "load half:1 into two: not there\n"
        "leave 2 images: the nodes have the same"
    )
    assert plan.groups() == {("one", "two"): ["stale:1", "new:1"], ("two",): ["half:1"]}
    assert str(plan_load({}, {"one": same})) == "no images to load"


def test_after_loading_what_is_still_absent_is_named() -> None:
    images = {"new:1": frozenset({MANIFEST}), "gone:1": frozenset({CONFIG})}
    plan = plan_load(images, {"one": {}, "two": {}})
    new, gone = "docker.io/library/new:1", "docker.io/library/gone:1"
    after = {"one": {new: frozenset({MANIFEST}), gone: frozenset({CONFIG})}, "two": {new: frozenset({MANIFEST, OTHER})}}
    assert absent_images(images, after, plan.loads) == ["gone:1 in two"]


def index(*manifests: dict[str, Any]) -> dict[str, Any]:
    return {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": list(manifests)}


def named(name: str, letter: str) -> dict[str, Any]:
    return {"digest": digest(letter), "annotations": {"io.containerd.image.name": name}}


def test_an_archive_of_single_images_has_no_fault() -> None:
    archive = read_archive(
        index(named("docker.io/library/shop-api:full", "a")), {MANIFEST: {"config": {"digest": CONFIG}, "layers": []}}
    )
    assert archive.images == {"docker.io/library/shop-api:full": {MANIFEST, CONFIG}}
    assert archive.faults == ()


def test_what_a_node_would_refuse_in_silence_is_a_fault() -> None:
    amd64, arm64 = (
        {"platform": {"os": "linux", "architecture": name}, "digest": digest("e")} for name in ("amd64", "arm64")
    )
    attestation = {"platform": {"os": "unknown", "architecture": "unknown"}, "digest": digest("f")}
    archive = read_archive(
        index(
            named("attested:1", "1"),
            named("several:1", "2"),
            named("wrapped:1", "3"),
            {**attestation, "annotations": {"vnd.docker.reference.type": "attestation-manifest"}},
        ),
        {
            digest("1"): {"manifests": [amd64, attestation, attestation]},
            digest("2"): {
                "manifests": [amd64, {**arm64, "platform": {"os": "linux", "architecture": "arm", "variant": "v7"}}]
            },
            digest("3"): {"manifests": [arm64]},
        },
    )
    assert archive.faults == (
        "attested:1 has 2 attestations",
        "several:1 is for several platforms: linux/amd64, linux/arm/v7",
        f"{digest('f')} is an attestation, no image",
    )
