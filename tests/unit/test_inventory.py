"""What a reset removes from a Docker engine, and what stays although it resembles what the lab made."""

import pytest
from fake_engine import FakeEngine

from checks.clients.base import Engine, EngineError
from checks.collect.docker import container_ids, networks, volumes
from checks.lifecycle import inventory
from checks.model import Made, Scope

SCOPE = Scope(containers=("web",), images=("web",), volumes=("web-data",), networks=("web-net",), projects=("shop",))
OURS, CHILD, MINE = "sha256:" + "a" * 64, "sha256:" + "b" * 64, "sha256:" + "c" * 64
DRAWN = "d" * 64


def clear(client: Engine, made: Made = inventory.NOTHING, scope: Scope = SCOPE) -> list[str]:
    """Remove what is in scope. Returns a sentence for each thing that was kept."""
    return inventory.remove(client, inventory.take(client, scope, made))[1]


def test_remove_takes_what_bears_a_name_of_the_scope(docker: FakeEngine, docker_client: Engine) -> None:
    docker.add_image(OURS, "web:latest")
    docker.add_container("web", OURS, "web", "web-data")
    docker.add_network("web-net")
    assert clear(docker_client) == []
    assert docker.names() == set()


def test_remove_leaves_names_that_only_contain_those_of_the_scope(docker: FakeEngine, docker_client: Engine) -> None:
    docker.add_image(MINE, "my-web:latest", "web-2:latest", "shopping:1")
    docker.add_container("my-web", MINE, "my-web", "my-web-data")
    docker.add_container("web-2", MINE, "web-2", "web-data-2", running=False)
    docker.add_network("web-net-2")
    before = docker.names()
    assert clear(docker_client) == []
    assert docker.names() == before
    assert docker.writes == []


def test_remove_takes_a_container_that_has_ended(docker: FakeEngine, docker_client: Engine) -> None:
    docker.add_container("web", MINE, "busybox", running=False)
    clear(docker_client)
    assert docker.names() == set()


def test_remove_takes_a_compose_project_and_nothing_of_another(docker: FakeEngine, docker_client: Engine) -> None:
    for project in ("shop", "shop2"):
        label = {"com.docker.compose.project": project}
        docker.add_image(f"sha256:{project}", f"{project}-web:latest", labels=label)
        docker.add_container(f"{project}-web-1", f"sha256:{project}", f"{project}-web", f"{project}_data")
        docker.containers[f"{project}-web-1".encode().hex().ljust(64, "0")]["Config"]["Labels"] = label
        docker.add_network(f"{project}_default")
        docker.volumes[f"{project}_data"]["Labels"] = docker.networks[f"{project}_default"]["Labels"] = label
    clear(docker_client)
    assert docker.names() == {"image/shop2-web:latest", "container/shop2-web-1", "volume/shop2_data", "network/shop2_default"}


def test_take_leaves_out_the_learners_own_tag_on_an_image_of_the_lab(docker: FakeEngine, docker_client: Engine) -> None:
    docker.add_image(OURS, "web:latest", "my-archive:kept")
    assert clear(docker_client) == []
    assert docker.names() == {"image/my-archive:kept"}


def test_remove_takes_an_image_that_only_its_digest_keeps(docker: FakeEngine, docker_client: Engine) -> None:
    scope, digest = Scope(images=("web", "localhost:5000/web")), f"localhost:5000/web@{OURS}"
    docker.add_image(OURS, "web:mine", digests=[digest])
    docker.add_image(CHILD, digests=[f"localhost:5000/web@{CHILD}"])
    docker.add_image(MINE, "my-archive:kept", digests=[f"localhost:5000/web@{MINE}", f"localhost:5000/other@{MINE}"])
    removed, kept = inventory.remove(docker_client, inventory.take(docker_client, scope))
    assert kept == [] and "image web:mine" in removed
    assert docker.names() == {"image/my-archive:kept"}
    assert docker.images[MINE]["RepoDigests"] == [f"localhost:5000/other@{MINE}"]


def test_remove_asks_once_for_a_tag_that_takes_its_digest_with_it(docker: FakeEngine, docker_client: Engine) -> None:
    docker.add_image(OURS, "web:latest", digests=[f"web@{OURS}"])
    assert clear(docker_client) == []
    assert docker.writes == ["DELETE /images/web:latest"]


def test_take_includes_containers_of_the_labs_image_under_any_name(docker: FakeEngine, docker_client: Engine) -> None:
    docker.add_image(OURS, "web:latest")
    docker.add_container("sleepy_gauss", OURS, "web")
    docker.add_container("by_id", OURS, OURS.removeprefix("sha256:")[:12])
    clear(docker_client)
    assert docker.names() == set()


def test_take_leaves_containers_created_by_the_learners_own_tag(docker: FakeEngine, docker_client: Engine) -> None:
    docker.add_image(OURS, "web:latest", "my-archive:kept")
    docker.add_container("by_my_tag", OURS, "my-archive:kept")
    docker.add_container("by_id", OURS, OURS)
    docker.add_container("by_the_labs_tag", OURS, "web:latest")
    clear(docker_client)
    assert docker.names() == {"image/my-archive:kept", "container/by_my_tag", "container/by_id"}


def test_take_leaves_containers_of_images_built_on_the_labs(docker: FakeEngine, docker_client: Engine) -> None:
    """The engine's `ancestor` filter finds them too."""
    docker.add_image(OURS, "web:latest")
    docker.add_image(CHILD, "mine:latest", parent=OURS)
    docker.add_container("mine", CHILD, "web")
    clear(docker_client)
    assert docker.names() == {"image/mine:latest", "container/mine"}


def test_take_includes_images_that_lost_their_tag_and_no_others(docker: FakeEngine, docker_client: Engine) -> None:
    docker.add_image(OURS)
    docker.add_image(MINE, "mine:latest")
    docker.add_image(CHILD)
    clear(docker_client, Made(images=frozenset({OURS, MINE, "sha256:gone"})))
    assert docker.names() == {"image/mine:latest", f"image/{CHILD}"}


def test_take_includes_an_unnamed_volume_that_the_lab_made_and_left(docker: FakeEngine, docker_client: Engine) -> None:
    docker.add_volume(DRAWN)
    docker.add_volume("e" * 64)
    clear(docker_client, Made(volumes=frozenset({DRAWN, "f" * 64})))
    assert docker.names() == {f"volume/{'e' * 64}"}


@pytest.mark.parametrize("running", [True, False])
def test_take_leaves_an_unnamed_volume_that_another_container_uses(
    docker: FakeEngine, docker_client: Engine, running: bool
) -> None:
    docker.add_container("web", MINE, "busybox", DRAWN)
    docker.add_container("backup", MINE, "busybox", DRAWN, running=running)
    taken = inventory.take(docker_client, SCOPE, Made(volumes=frozenset({DRAWN})))
    assert taken.volumes == []
    assert inventory.remove(docker_client, taken)[1] == []
    assert docker.names() == {"container/backup", f"volume/{DRAWN}"}


def test_remove_takes_the_unnamed_volumes_of_a_container_with_it(docker: FakeEngine, docker_client: Engine) -> None:
    docker.add_container("web", MINE, "busybox", DRAWN)
    clear(docker_client)
    assert docker.names() == set()


@pytest.mark.parametrize("status", [403, 409, 500])
def test_remove_names_everything_that_the_engine_keeps(docker: FakeEngine, docker_client: Engine, status: int) -> None:
    docker.add_volume("web-data")
    docker.add_network("web-net")
    docker.refusals = {"DELETE /volumes/web-data": (status, "volume is locked"), "DELETE /networks/web-net": (status, "in use")}
    network, volume = clear(docker_client)
    assert "network web-net" in network and "in use" in network
    assert "volume web-data" in volume and "volume is locked" in volume


def test_remove_names_what_went_apart_from_what_was_kept(docker: FakeEngine, docker_client: Engine) -> None:
    docker.add_image(OURS, "web:latest", "web:2")
    docker.add_container("web", OURS, "web", "web-data")
    docker.add_network("web-net")
    docker.refusals = {
        f"DELETE /containers/{b'web'.hex().ljust(64, '0')}": (500, "it does not end"),
        "DELETE /images/web:latest": (409, "in use"),
        "DELETE /networks/web-net": (403, "in use"),
    }
    removed, kept = inventory.remove(docker_client, inventory.take(docker_client, SCOPE))
    assert removed == ["image web:2"]
    assert [sentence.split(":")[0] for sentence in kept] == [
        "Could not remove the container web", "Could not remove the image web",
        "Could not remove the network web-net", "Could not remove the volume web-data",
    ]  # fmt: skip
    assert "image web:latest: " in kept[1]


def test_remove_is_content_with_what_has_gone_meanwhile(docker: FakeEngine, docker_client: Engine) -> None:
    docker.add_volume("web-data")
    taken = inventory.take(docker_client, SCOPE)
    docker.volumes.clear()
    assert inventory.remove(docker_client, taken)[1] == []


def test_remove_waits_for_a_network_that_the_swarm_forgets_later(
    docker: FakeEngine, docker_client: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    docker.add_network("web-net", "swarm")
    docker.lingering["web-net"] = 2
    assert clear(docker_client) == []
    assert docker.names() == set()
    docker.add_network("web-net", "swarm")
    docker.lingering["web-net"] = 1_000_000
    monkeypatch.setattr(inventory, "REMOVE_DEADLINE", 0.3)
    (kept,) = clear(docker_client)
    assert "network web-net" in kept


def test_remove_takes_containers_before_what_they_use(docker: FakeEngine, docker_client: Engine) -> None:
    docker.add_image(OURS, "web:latest")
    docker.add_container("web", OURS, "web", "web-data")
    docker.add_network("web-net")
    clear(docker_client)
    assert [line.split("/")[1] for line in docker.writes] == ["containers", "images", "networks", "volumes"]


def test_remove_gives_a_busy_container_its_time(
    docker: FakeEngine, docker_client: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    deadlines = {}
    request = docker_client.request

    def noted(method: str, path: str, *rest: object, **options: object) -> object:
        deadlines[method] = options.get("timeout")
        return request(method, path, *rest, **options)

    monkeypatch.setattr(docker_client, "request", noted)
    docker.add_container("web", MINE, "busybox")
    clear(docker_client)
    assert deadlines["DELETE"] == inventory.REMOVE_DEADLINE


def test_remove_names_objects_exactly_whatever_characters_they_have(docker: FakeEngine, docker_client: Engine) -> None:
    """A name that another API path or query could be made of reaches the engine as one name."""
    odd = "web data?force=1"
    docker.add_volume(odd)
    assert inventory.remove(docker_client, inventory.Inventory(volumes=[odd], networks=["a b"]))[1] == []
    assert docker.writes == ["DELETE /networks/a b", f"DELETE /volumes/{odd}"]
    assert docker.names() == set()


def test_names_are_sorted_within_each_kind() -> None:
    found = inventory.Inventory({"1": "b", "2": "a"}, {"sha256:2": ["y"], "sha256:1": ["z"]}, ["v", DRAWN], ["n"])
    told = found.names()
    assert told[:4] == ["container a", "container b", "image z", "image y"]
    assert [line.split()[:2] for line in told[4:]] == [["volume", "v"], ["anonymous", "volume"], ["network", "n"]]
    assert told[5] == f"anonymous volume {DRAWN[:12]}…"


def test_take_refuses_to_guess_when_a_container_vanishes(docker: FakeEngine, docker_client: Engine) -> None:
    id = docker.add_container("web", MINE, "busybox")
    docker.refusals[f"GET /containers/{id}/json"] = (404, "gone")
    with pytest.raises(EngineError, match=id[:12]):
        inventory.take(docker_client, SCOPE)


def test_container_ids_are_those_of_exact_names_running_or_not(docker: FakeEngine, docker_client: Engine) -> None:
    ended = docker.add_container("web", MINE, "x", running=False)
    docker.add_container("webby", MINE, "x")
    assert container_ids(docker_client, SCOPE) == [ended]


def test_volumes_and_networks_are_those_of_exact_names(docker: FakeEngine, docker_client: Engine) -> None:
    for name in ("web-data", "old-web-data", "web-data2"):
        docker.add_volume(name)
        docker.add_network(name.replace("data", "net"))
    assert list(volumes(docker_client, SCOPE)) == ["web-data"]
    assert list(networks(docker_client, SCOPE)) == ["web-net"]
