"""Targets in the roster: what they may be, and what is refused before anything is contacted."""

import pytest

from checks.classroom import roster, targets
from checks.classroom.targets import Target

VALID = {
    "unix:///run/user/1000/docker.sock": Target("unix", "unix:///run/user/1000/docker.sock"),
    "ssh://ada@vm-01.example.org:2222": Target("ssh", "ssh://ada@vm-01.example.org:2222"),
    "ssh://vm": Target("ssh", "ssh://vm"),
    "tcp://10.0.0.7:2376?certs=certs/ada": Target("tcp", "tcp://10.0.0.7:2376", certs="certs/ada"),
    "tcp://[2001:db8::7]:2376?certs=/etc/class/ada": Target("tcp", "tcp://[2001:db8::7]:2376", certs="/etc/class/ada"),
    "context:ada": Target("context", "ada"),
    "kubeconfig:kube/ada.yaml?context=kind-ada": Target("kubeconfig", "kube/ada.yaml", context="kind-ada"),
    "kubeconfig:k?context=a%26b&prefix=c26": Target("kubeconfig", "k", context="a&b", prefix="c26"),
    "kubeconfig:k?context=x&namespace=team-a": Target("kubeconfig", "k", context="x", namespace="team-a"),
}
WRONG = {
    "docker.sock": "is not a target. Use one of",
    "http://vm:2375": "is not a target",
    "unix://run/docker.sock": "absolute path",
    "unix:///run/docker.sock?certs=x": "Unknown option “certs” of a target unix. Known are: none",
    "ssh://-oProxyCommand=x": "ssh://[USER@]HOST",
    "ssh://ada:secret@vm": "without a password",
    "ssh://vm/path": "without a password or a path",
    "ssh://vm:99999": "ssh://[USER@]HOST[:PORT]",
    "tcp://vm:2375": "Without TLS, anyone in the network could answer",
    "tcp://vm:0?certs=c": "is not an address",
    "tcp://vm?certs=../ada": "leads out of its folder",
    "tcp://vm?certs=": "is empty",
    "context:": "docker context ls",
    "context:../../etc": "docker context ls",
    "kubeconfig:k": "The current one may point to another cluster tomorrow",
    "kubeconfig:?context=x": "kubeconfig:FILE?context=NAME",
    "kubeconfig:../k?context=x": "leads out of its folder",
    "kubeconfig:k?context=x&context=y": "occurs twice",
    "kubeconfig:k?context=x&user=y": "Unknown option “user”",
    "kubeconfig:k?context=x&prefix=kube-x": "cannot begin the namespaces",
    "kubeconfig:k?context=x&namespace=kube-system": "cannot be a learner's namespace",
    "kubeconfig:k?context=x&namespace=default": "cannot be a learner's namespace",
    "kubeconfig:k?context=x&namespace=a&prefix=b": "not both",
}


@pytest.mark.parametrize("cell", VALID)
def test_parse_reads_every_kind_of_target(cell: str) -> None:
    assert targets.parse(cell) == VALID[cell]


@pytest.mark.parametrize("cell", WRONG)
def test_parse_refuses_with_a_reason(cell: str) -> None:
    with pytest.raises(ValueError) as caught:
        targets.parse(cell)
    assert WRONG[cell] in str(caught.value)


def test_roster_with_wrong_targets_is_refused_with_line_and_column() -> None:
    rows = ["ada,Ada,unix:///a", "bob,Bob,tcp://vm", "eve,Eve,", "ivo,Ivo,unix:///a", "uma,Uma,ssh://a b"]
    _, problems = roster.parse(("id,name,target\n" + "\n".join(rows)).encode())
    assert [(problem.line, problem.column) for problem in problems] == [(3, 9), (5, 9), (6, 9)]
    assert "certs" in problems[0].reason and "already that of the learner on line 2" in problems[1].reason


def test_roster_takes_one_shared_cluster_for_everyone() -> None:
    rows = [f"{id},Name,kubeconfig:k?context=x&prefix=c" for id in ("ada", "bob")]
    learners, problems = roster.parse(("id,name,target\n" + "\n".join(rows)).encode())
    assert not problems and len(learners) == 2


def test_namespaces_are_those_of_the_learner() -> None:
    own = ("lab-16-namespaces", "development")
    assert targets.parse("kubeconfig:k?context=x&prefix=c").namespaces("ada", own) == {
        "lab-16-namespaces": "c-ada-16-namespaces",
        "development": "c-ada-development",
    }
    alone = targets.parse("kubeconfig:k?context=x&namespace=team")
    assert alone.namespaces("ada", own[:1]) == {"lab-16-namespaces": "team"}
    with pytest.raises(ValueError, match="uses 2 namespaces"):
        alone.namespaces("ada", own)
