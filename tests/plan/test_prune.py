"""What prune removes of the project's own, and why."""

from __future__ import annotations

import pytest

from cispeed_tasks.model import Observed, SeenImage, SeenVolume
from cispeed_tasks.plan.prune import Wish, plan_prune


def image(number: int, *tags: str, target: str = "web", in_use: bool = False) -> SeenImage:
    """An image whose id and time of making are its number."""
    return SeenImage(f"sha256:{number:064d}", target, "full", tags, float(number), 10**6, in_use)


SEEN = Observed(
    images=(
        image(1, "web:old"), image(2, "web:1"), image(3, "web:2"), image(4, "web:full"),
        image(5, "api:hollow", target="api"), image(6, "api:1", target="api", in_use=True),
    ),
    volumes=(
        SeenVolume("shop-npm-new", "dependencies", 5, in_use=False),
        SeenVolume("shop-npm-old", "dependencies", 5, in_use=False),
        SeenVolume("shop-npm-used", "dependencies", 5, in_use=True),
        SeenVolume("shop_cispeed-cache", "cache", 5, in_use=False),
        SeenVolume("shop_cispeed-cache-web", "cache", 5, in_use=True),
        SeenVolume("shop_data", "data", 5, in_use=False),
    ),
    containers=(("c1", "shop-full-web-1"),),
    results=tuple(f"run-{number:02d}" for number in range(12)),
)  # fmt: skip


def planned(wish: Wish) -> str:
    return str(plan_prune(SEEN, ["web:full", "api:full"], ["shop-npm-new"], wish))


def test_by_default_only_what_is_no_longer_current_goes() -> None:
    assert (
        planned(Wish())
        == """\
remove container shop-full-web-1: it is stopped
remove image web:1: no longer current, and 1 newer ones are kept
remove image web:old: no longer current, and 1 newer ones are kept
remove volume shop-npm-old: packages of a lock file that has changed since
remove results run-00: older than the last 10 runs
remove results run-01: older than the last 10 runs"""
    )


def ids(wish: Wish) -> list[int]:
    found = plan_prune(SEEN, ["web:full", "api:full"], ["shop-npm-new"], wish).removals
    return sorted(int(removal.id.removeprefix("sha256:")) for removal in found if removal.kind == "image")


@pytest.mark.parametrize(("keep", "gone"), [(0, [1, 2, 3, 5]), (1, [1, 2]), (2, [1]), (9, [])])
def test_the_newest_previous_images_of_each_target_are_kept(keep: int, gone: list[int]) -> None:
    assert ids(Wish(keep=keep)) == gone


def test_all_takes_everything_but_what_is_in_use_and_data() -> None:
    lines = planned(Wish(everything=True)).splitlines()
    assert ids(Wish(everything=True)) == [1, 2, 3, 4, 5]
    assert [line for line in lines if "volume" in line or "cache" in line] == [
        "remove volume shop-npm-new: --all",
        "remove volume shop-npm-old: --all",
        "remove volume shop_cispeed-cache: --all",
    ]
    results = [line for line in lines if line.startswith("remove results")]
    assert results == [f"remove results run-{number:02d}: --all" for number in range(12)]


@pytest.mark.parametrize("wish", [Wish(keep=0), Wish(everything=True)])
def test_an_image_that_inherited_the_labels_is_somebody_elses(wish: Wish) -> None:
    images = (image(1, "mine:1"), image(2), image(3, "registry:5000/web:1"), image(4, "mine:1", "web:1"))
    found = plan_prune(Observed(images=images), ["web:full"], [], wish).removals
    assert [removal.id for removal in found] == [images[3].id]


def test_data_volumes_go_only_when_asked_for() -> None:
    found = plan_prune(SEEN, [], ["shop-npm-new"], Wish(volumes=True))
    assert found.data_volumes == ("shop_data",)
    assert plan_prune(SEEN, [], [], Wish(everything=True)).data_volumes == ()


@pytest.mark.parametrize(
    ("wish", "name"),
    [
        (Wish(cache_older_than="168h"), "not used for 168h"),
        (Wish(cache_keep="5gb"), "beyond 5gb"),
        (Wish(cache_older_than="24h", cache_keep="5gb", everything=True), "not used for 24h and beyond 5gb"),
    ],
)
def test_the_build_cache_is_trimmed_as_asked(wish: Wish, name: str) -> None:
    line = f"remove build cache {name}: of every project on this engine, as asked"
    assert planned(wish).splitlines()[-1] == line


def test_where_nothing_is_nothing_goes() -> None:
    assert str(plan_prune(Observed(), [], [], Wish())) == "Nothing to remove."
