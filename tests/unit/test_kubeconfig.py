"""Only our own cluster is ever asked or changed: whatever else a kubeconfig may say is refused with the reason.

A decoy API server logs what it receives; a file that a credential command would write shows what was run.
"""

import base64
import io
import json
import os
import subprocess
from collections.abc import Callable
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

import pytest
import yaml
from course import OWN_LABS, use_labs
from fake_api_server import UID, Authority, Decoy, decoy, status

from checks import backend, catalog
from checks.cli.__main__ import main
from checks.clients.base import EngineError
from checks.clients.cluster import Cluster
from checks.lifecycle import workspace
from checks.model import Lab
from sandboxes import settings
from sandboxes.cluster import client, kubeconfig, lab_kubeconfig
from sandboxes.cluster.access import COPIES, Refused
from sandboxes.errors import SlipwayError
from sandboxes.jupyter import config

Config = dict[str, Any]


@pytest.fixture
def lab(cluster_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    use_labs(OWN_LABS, monkeypatch)
    monkeypatch.delenv("KUBECONFIG", raising=False)
    return catalog.find("91")


def change(folder: Path, alter: Callable[[Config], Any], dump: Callable[[Config], str] = json.dumps) -> None:
    path = folder / kubeconfig.FILE
    data = json.loads(path.read_text(encoding="utf-8"))
    alter(data)
    path.write_text(dump(data), encoding="utf-8")


def attempt(lab: Lab) -> str:
    """Start, check and reset the lab. Returns the words of the refusal, the same for all three."""
    messages = set()
    for action in (workspace.start, workspace.reset):
        with pytest.raises(SlipwayError) as refused:
            action(lab, backend.connect(lab), settings.load())
        messages.add(refused.value.message)
    for command in (["start", "91"], ["check", "91"], ["reset", "91", "--yes"]):
        err = io.StringIO()
        with redirect_stderr(err):
            assert main(command) == 2
        assert "Fix: " in err.getvalue()
        messages.add(err.getvalue().removeprefix("slipway: ").partition("\nFix: ")[0])
    assert len(messages) == 1
    return messages.pop()


def marker(folder: Path) -> Config:
    command = {"apiVersion": "client.authentication.k8s.io/v1", "command": "touch", "args": [str(folder / "was-run")]}
    return {"exec": {**command, "interactiveMode": "Never"}}


ELSEWHERE = "https://127.0.0.1:1"
CHANGES: dict[str, tuple[Callable[[Config, Path], Any], str]] = {
    "a context that leads elsewhere": (
        lambda data, _: data["clusters"][0]["cluster"].update(server=ELSEWHERE), f"points to {ELSEWHERE}; the cluster was created at"
    ),
    "another host": (
        lambda data, _: data["clusters"][0]["cluster"].update(server="https://prod.example:6443"), "points to 'https://prod.example:6443'"
    ),
    "another host that begins like ours": (
        lambda data, _: data["clusters"][0]["cluster"].update(server="https://127.0.0.1:6443@prod.example/"), "prod.example"
    ),
    "no TLS": (lambda data, _: data["clusters"][0]["cluster"].update(server="http://127.0.0.1:8080"), "points to 'http://"),
    "a renamed context": (
        lambda data, _: (data["contexts"][0].update(name="mine"), data.update({"current-context": "mine"})), "different names"
    ),
    "everything renamed": (
        lambda data, _: rename(data, "production"), "is for “production”, not for the cluster “slipway”"
    ),
    "a look-alike in other letters": (lambda data, _: rename(data, "slіpway"), "different names"),
    "a current context that it has not": (lambda data, _: data.update({"current-context": "other"}), "uses the context 'other'"),
    "a second context": (
        lambda data, _: data["contexts"].append({"name": "prod", "context": {"cluster": "prod", "user": "prod"}}), "has 2 contexts"
    ),
    "a second cluster": (lambda data, _: data["clusters"].append(data["clusters"][0]), "has 2 clusters"),
    "a second user": (lambda data, _: data["users"].append({"name": "x", "user": {}}), "has 2 users"),
    "a command for credentials": (
        lambda data, folder: data["users"][0].update(user=marker(folder)), "would run a command for its credentials: “exec”"
    ),
    "a command beside the certificate": (
        lambda data, folder: data["users"][0]["user"].update(marker(folder)), "would run a command for its credentials"
    ),
    "a program for credentials": (
        lambda data, _: data["users"][0]["user"].update({"auth-provider": {"name": "gcp"}}), "would run a program"
    ),
    "a token": (lambda data, _: data["users"][0].update(user={"token": "t"}), "“token” in user"),
    "a certificate elsewhere": (
        lambda data, _: data["users"][0]["user"].update({"client-certificate": "/etc/c"}), "“client-certificate” in user"
    ),
    "somebody else's name": (lambda data, _: data["users"][0]["user"].update({"as": "admin"}), "“as” in user"),
    "no look at the server": (
        lambda data, _: data["clusters"][0]["cluster"].update({"insecure-skip-tls-verify": True}), "would not verify the server's certificate"
    ),
    "a proxy": (lambda data, _: data["clusters"][0]["cluster"].update({"proxy-url": "http://x"}), "would send requests through a proxy"),
    "another TLS name": (lambda data, _: data["clusters"][0]["cluster"].update({"tls-server-name": "x"}), "“tls-server-name”"),
    "no authority": (lambda data, _: data["clusters"][0]["cluster"].pop("certificate-authority-data"), "has no certificate-authority"),
    "no key": (lambda data, _: data["users"][0]["user"].pop("client-key-data"), "has no client-key-data"),
    "a key that is none": (lambda data, _: data["users"][0]["user"].update({"client-key-data": "YQ=="}), "is not a key"),
    "no kubeconfig": (lambda data, _: data.clear(), "is not a kubeconfig"),
    "clusters that are no list": (lambda data, _: data.update(clusters={"a": 1}), "has no list of clusters"),
}  # fmt: skip


def rename(data: Config, name: str) -> None:
    for kind in ("cluster", "user", "context"):
        data[f"{kind}s"][0]["name"] = name
    data["contexts"][0]["context"] = {"cluster": name, "user": name}
    data["current-context"] = name


@pytest.mark.parametrize("case", CHANGES)
def test_commands_refuse_whatever_is_not_ours_and_ask_or_run_nothing(
    case: str, lab: Lab, cluster_folder: Path, server: Decoy, tmp_path: Path
) -> None:
    alter, words = CHANGES[case]
    change(cluster_folder, lambda data: alter(data, tmp_path))
    assert words in attempt(lab)
    assert server.log == []
    assert not (tmp_path / "was-run").exists()


def test_load_reads_yaml_like_json_and_runs_none_of_its_tags(
    lab: Lab, cluster_folder: Path, server: Decoy, tmp_path: Path
) -> None:
    change(cluster_folder, lambda data: None, yaml.safe_dump)
    assert kubeconfig.load(cluster_folder)[0] == server.access
    text = f"!!python/object/apply:os.system ['touch {tmp_path / 'was-run'}']\n"
    (cluster_folder / kubeconfig.FILE).write_text(text, encoding="utf-8")
    assert "neither JSON nor YAML" in attempt(lab)
    assert not (tmp_path / "was-run").exists()


@pytest.mark.parametrize("text", ["", "\x00", "{", "[]", "null", "a: &a [*a]", "clusters: " + "x" * 300_000])
def test_commands_name_a_damaged_kubeconfig(lab: Lab, cluster_folder: Path, server: Decoy, text: str) -> None:
    (cluster_folder / kubeconfig.FILE).write_text(text, encoding="utf-8")
    assert str(cluster_folder / kubeconfig.FILE) in attempt(lab)
    assert server.log == []


@pytest.mark.parametrize("name", [kubeconfig.FILE, kubeconfig.IDENTITY])
@pytest.mark.parametrize("mode", [0o640, 0o620, 0o610, 0o604, 0o602, 0o601], ids=oct)
def test_load_refuses_a_file_that_the_group_or_others_can_use(cluster_folder: Path, server: Decoy, name: str, mode: int) -> None:
    os.chmod(cluster_folder / name, mode)
    with pytest.raises(Refused, match="can be read or changed by others") as refused:
        kubeconfig.load(cluster_folder)
    assert f"chmod 600 {cluster_folder / name}" in refused.value.fix
    assert server.log == []


def test_commands_refuse_a_kubeconfig_that_the_group_can_read(lab: Lab, cluster_folder: Path, server: Decoy) -> None:
    os.chmod(cluster_folder / kubeconfig.FILE, 0o640)
    assert "can be read or changed by others" in attempt(lab)
    assert server.log == []


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file to another user")
def test_load_refuses_a_file_of_another_user(cluster_folder: Path) -> None:
    os.chown(cluster_folder / kubeconfig.FILE, 65534, 65534)
    with pytest.raises(Refused, match="can be read or changed by others"):
        kubeconfig.load(cluster_folder)


def test_write_makes_files_that_only_their_owner_can_use(server: Decoy, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        folder = server.keep(tmp_path / "cluster")
        lab_kubeconfig.write_copy(folder, server.access, "91-tiny-kind", "lab")
    finally:
        os.umask(before)
    modes = {path.relative_to(folder).as_posix(): path.stat().st_mode & 0o777 for path in [folder, *folder.rglob("*")]}
    folders = {".", COPIES}
    assert {name: modes[name] for name in folders} == dict.fromkeys(folders, 0o700)
    assert {mode for name, mode in modes.items() if name not in folders} == {0o600}


def test_commands_refuse_a_link_to_another_kubeconfig(lab: Lab, cluster_folder: Path, server: Decoy, tmp_path: Path) -> None:
    path = cluster_folder / kubeconfig.FILE
    path.rename(tmp_path / "real")
    path.symlink_to(tmp_path / "real")
    assert "a link" in attempt(lab)
    assert server.log == []


@pytest.mark.parametrize("name", ["name", "server", "ca_sha256", "kube_system_uid"])
def test_commands_refuse_an_identity_that_differs(lab: Lab, cluster_folder: Path, server: Decoy, name: str) -> None:
    path = cluster_folder / kubeconfig.IDENTITY
    data = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**data, name: "other"}), encoding="utf-8")
    if name == "kube_system_uid":
        with pytest.raises(Refused, match="is not the one that was created"):
            workspace.start(lab, backend.connect(lab), settings.load())
        assert server.log == ["GET /api/v1/namespaces/kube-system"]
    else:
        attempt(lab)
        assert server.log == []


def test_load_reads_no_file_that_is_larger_than_ours_can_be(cluster_folder: Path) -> None:
    path = cluster_folder / kubeconfig.FILE
    for size, words in ((kubeconfig.LARGEST + 1, "262,145 bytes"), (kubeconfig.LARGEST, "")):
        path.write_text(path.read_text(encoding="utf-8").strip().ljust(size)[:size], encoding="utf-8")
        if words:
            with pytest.raises(Refused, match=words):
                kubeconfig.load(cluster_folder)
        else:
            kubeconfig.load(cluster_folder)


@pytest.mark.parametrize("name", ["name", "server", "ca_sha256", "kube_system_uid", "made"])
@pytest.mark.parametrize("value", ["", None, 3, ["x"]])
def test_load_refuses_an_identity_with_an_entry_that_is_no_text(cluster_folder: Path, name: str, value: object) -> None:
    path = cluster_folder / kubeconfig.IDENTITY
    data = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**data, name: value}), encoding="utf-8")
    with pytest.raises(Refused, match="is damaged"):
        kubeconfig.load(cluster_folder)


def test_load_refuses_a_kubeconfig_that_trusts_another_authority(cluster_folder: Path, theirs: Authority) -> None:
    """Everything else about it is as it was recorded."""
    other = base64.b64encode(theirs.pem("ca.crt")).decode()
    change(cluster_folder, lambda data: data["clusters"][0]["cluster"].update({"certificate-authority-data": other}))
    with pytest.raises(Refused, match="another certificate authority"):
        kubeconfig.load(cluster_folder)


def test_environment_of_kubectl_names_our_files_and_nothing_of_the_persons_own(
    cluster_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = str(cluster_folder / "bin")
    monkeypatch.setenv("PATH", os.pathsep.join(["/usr/bin", own, "/bin"]))
    monkeypatch.setenv("KUBECONFIG", "/home/me/prod")
    variables = lab_kubeconfig.environment(settings.load(), "91-tiny-kind")
    assert variables == {
        "PATH": os.pathsep.join([own, "/usr/bin", "/bin"]),
        "SLIPWAY_CLUSTER": str(cluster_folder),
        "KUBECONFIG": str(lab_kubeconfig.copy_path(cluster_folder, "91-tiny-kind")),
        "KUBECACHEDIR": str(cluster_folder / "cache"),
        "KUBERC": "off",
    }


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"name": "slipway"}', '{"name": 3, "server": 3, "ca_sha256": 3}'])
def test_commands_refuse_a_damaged_identity(lab: Lab, cluster_folder: Path, server: Decoy, text: str) -> None:
    (cluster_folder / kubeconfig.IDENTITY).write_text(text, encoding="utf-8")
    assert "is damaged" in attempt(lab)
    assert server.log == []


def test_commands_refuse_a_cluster_recreated_under_the_old_name(lab: Lab, server: Decoy) -> None:
    server.uid = "0d1c2b3a-0000-4000-8000-000000000002"
    cluster = backend.connect(lab)
    for action in (
        lambda: workspace.start(lab, cluster, settings.load()),
        lambda: cluster.write("POST", "/api/v1/namespaces", {}),
        lambda: cluster.write("DELETE", "/api/v1/namespaces/lab-91-tiny-kind"),
    ):
        with pytest.raises(Refused, match="is not the one that was created") as refused:
            action()
        assert UID in refused.value.message
        assert "cluster reset" in refused.value.fix
    assert server.writes == []


def test_start_refuses_the_certificate_of_another_cluster(
    lab: Lab, cluster_folder: Path, server: Decoy, theirs: Authority
) -> None:
    """Whoever listens at our address with another authority gets no request at all."""
    with decoy(theirs) as other:
        moved = server.authority.access(other.port)
        kubeconfig.write(cluster_folder, moved, server.identity(server=moved.server))
        with pytest.raises(EngineError, match="is not our cluster"):
            workspace.start(lab, backend.connect(lab), settings.load())
        assert other.log == []


def test_write_looks_at_the_identity_each_time(lab: Lab, server: Decoy) -> None:
    cluster = backend.connect(lab)
    for _ in range(3):
        cluster.write("POST", "/api/v1/namespaces", {})
    assert server.log == ["GET /api/v1/namespaces/kube-system", "POST /api/v1/namespaces"] * 3


def test_write_refuses_a_cluster_that_changed_since_the_last_write(lab: Lab, server: Decoy) -> None:
    cluster = backend.connect(lab)
    cluster.write("POST", "/api/v1/namespaces", {})
    server.uid = "another"
    with pytest.raises(Refused):
        cluster.write("POST", "/api/v1/namespaces", {})
    assert len(server.writes) == 1


def test_write_reads_changed_files_again(lab: Lab, cluster_folder: Path, server: Decoy) -> None:
    cluster = backend.connect(lab)
    cluster.verify()
    change(cluster_folder, lambda data: data["clusters"][0]["cluster"].update(server=ELSEWHERE))
    with pytest.raises(Refused):
        cluster.write("DELETE", "/api/v1/namespaces/lab-91-tiny-kind")
    assert server.writes == []


@pytest.mark.parametrize(
    "files",
    [
        "{home}/config", "{ours}:{home}/config", "{home}/config:{ours}", "{ours}:{ours}", "./config",
        "{cluster}/identity.json", "{cluster}/labs/../../config", "{cluster}/labs/deep/config", "{cluster}-2/labs/none.kubeconfig",
    ],
)  # fmt: skip
def test_commands_refuse_a_kubeconfig_variable_that_leads_elsewhere(
    lab: Lab, cluster_folder: Path, server: Decoy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: str
) -> None:
    value = files.format(home=tmp_path, cluster=cluster_folder, ours=lab_kubeconfig.copy_path(cluster_folder))
    monkeypatch.setenv("KUBECONFIG", value)
    message = attempt(lab)
    assert ("names 2 files" if ":" in value else "is not ours") in message
    assert server.log == []


def test_connect_accepts_our_own_kubeconfig_and_its_copies_in_the_kubeconfig_variable(
    lab: Lab, cluster_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = (lab_kubeconfig.copy_path(cluster_folder), lab_kubeconfig.copy_path(cluster_folder, lab.id))
    own = (*copies, lab_kubeconfig.current_path(cluster_folder), cluster_folder / kubeconfig.FILE)
    for value in ("", *map(str, own)):
        monkeypatch.setenv("KUBECONFIG", value)
        assert isinstance(backend.connect(lab), Cluster)


def test_connect_without_a_cluster_says_how_to_create_one(lab: Lab, cluster_folder: Path) -> None:
    for path in (kubeconfig.FILE, kubeconfig.IDENTITY):
        (cluster_folder / path).unlink()
    with pytest.raises(SlipwayError, match="There is no cluster yet") as refused:
        backend.connect(lab)
    assert "./slipway cluster up" in refused.value.fix


@pytest.mark.parametrize("name", [kubeconfig.FILE, kubeconfig.IDENTITY])
def test_commands_refuse_half_of_the_files(lab: Lab, cluster_folder: Path, server: Decoy, name: str) -> None:
    (cluster_folder / name).unlink()
    assert "is missing" in attempt(lab)
    assert server.log == []


def test_write_copy_leads_to_our_cluster_and_the_labs_namespace(cluster_folder: Path, server: Decoy) -> None:
    path = lab_kubeconfig.write_copy(cluster_folder, server.access, "91-tiny-kind", "lab-91-tiny-kind")
    assert path.stat().st_mode & 0o777 == 0o600
    assert kubeconfig.read(path) == server.access
    context = json.loads(path.read_text(encoding="utf-8"))["contexts"][0]["context"]
    assert context["namespace"] == "lab-91-tiny-kind"


def test_kubectl_in_terminals_and_notebooks_reaches_ours_alone(folders: Path, cluster_folder: Path, server: Decoy) -> None:
    chosen = settings.load()
    lab_kubeconfig.write_copy(cluster_folder, server.access, "91-tiny-kind", "lab-91-tiny-kind")
    for folder in ("91-tiny-kind/deep", "90-tiny", ".."):
        (chosen.work / folder).mkdir(parents=True, exist_ok=True)
    home = folders / "home"
    home.mkdir()
    (home / ".bashrc").write_text("export KUBECONFIG=/home/me/prod\nalias kubectl='kubectl --context prod'\n", encoding="utf-8")
    (folders / "start").write_text(config.shell_start(chosen), encoding="utf-8")
    script = f"cd {chosen.work}/91-tiny-kind/deep\necho K=$KUBECONFIG\ncd ../../90-tiny\necho K=$KUBECONFIG\ncd /\necho K=$KUBECONFIG\ntype kubectl\n"
    ran = subprocess.run(
        ["bash", "--rcfile", str(folders / "start"), "-i"], input=script, capture_output=True, text=True,
        env={**config.environment(chosen), "HOME": str(home), "PS1": ""},
    )  # fmt: skip
    paths = [line.removeprefix("K=") for line in ran.stdout.splitlines() if line.startswith("K=")]
    none = str(lab_kubeconfig.copy_path(cluster_folder))
    assert paths == [str(lab_kubeconfig.copy_path(cluster_folder, "91-tiny-kind")), none, none]
    assert "alias" not in ran.stdout
    variables = config.environment(chosen, "91-tiny-kind")
    assert variables["PATH"].split(os.pathsep)[1] == str(cluster_folder / "bin")
    assert variables["KUBECONFIG"] == paths[0]


def test_access_shows_no_key(cluster_folder: Path, server: Decoy) -> None:
    access, _ = kubeconfig.load(cluster_folder)
    assert "PRIVATE" not in repr(access)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (status(401, "Unauthorized"), "credentials are refused"),
        (status(403, "no"), "do not allow"),
        (status(429, "too many"), "too much to do"),
        (status(500, "etcdserver: leader changed"), "etcdserver: leader changed"),
        ((200, b"<html>"), "not valid JSON"),
    ],
)
def test_start_says_in_words_what_the_api_server_answers(lab: Lab, server: Decoy, reply: tuple[int, Any], words: str) -> None:
    server.choose = lambda method, path: reply
    with pytest.raises(EngineError, match=words):
        workspace.start(lab, backend.connect(lab), settings.load())
    assert server.writes == []


def test_client_reads_the_uid_of_kube_system(cluster_folder: Path, server: Decoy) -> None:
    api = client.connect(server.access, cluster_folder)
    assert client.get(api, client.KUBE_SYSTEM, 5)["metadata"]["uid"] == UID


def test_verify_names_expired_certificates(lab: Lab, cluster_folder: Path, tmp_path: Path) -> None:
    from fake_api_server import authority

    with decoy(authority(tmp_path / "old", days=-1)) as expired:
        expired.keep(cluster_folder)
        with pytest.raises(EngineError, match="expired"):
            backend.connect(lab).verify()
        assert expired.log == []
