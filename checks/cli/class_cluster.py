"""The commands for a cluster that a class shares: `slipway class` open and close."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from checks.cli.checking import say
from checks.cli.classes import Folder, app
from sandboxes.errors import Exit

Kubeconfig = Annotated[
    Path | None, typer.Option("--kubeconfig", metavar="FILE", help="Kubeconfig of the cluster. [default: as in class.toml]")
]
Context = Annotated[str, typer.Option("--context", metavar="NAME", help="Context of the kubeconfig. [default: as in class.toml]")]
SHOWN = 20


@app.command("open")
def open_(folder: Folder = Path("."), kubeconfig: Kubeconfig = None, context: Context = "") -> None:
    """Prepare a shared cluster for a class.

    Gives each learner a namespace for each lab, with a quota, default limits, Pod Security and a role, and writes a kubeconfig to hand out to each into DIR/cluster/kubeconfigs. NetworkPolicies keep learners apart where the cluster’s network enforces them. The grader gets a read-only ClusterRole; DIR/cluster/grader-role.yaml shows it.

    The kubeconfig needs the rights of a cluster administrator. Its current context is never used: name the context. The first opening records the identity of the cluster, and no later command touches another one. A second run changes nothing, except that it renews kubeconfigs that are about to expire.

    Example: slipway class open kubernetes-2026 --kubeconfig admin.kubeconfig --context classroom
    """
    from checks.classroom import folder as class_folder
    from checks.classroom import shared_cluster, shared_target

    classroom = class_folder.open_class(folder)
    cluster = shared_cluster.connect(classroom, kubeconfig, context)
    try:
        opened = shared_cluster.open_(classroom, cluster)
    finally:
        cluster.close()
    done = f"Created: {opened.created}. Changed: {opened.changed}. Unchanged: {opened.unchanged}. Kubeconfigs written: {opened.kubeconfigs}."
    print(
        done
        if opened.created or opened.changed or opened.kubeconfigs
        else f"Nothing changed: {opened.unchanged} objects are as they should be."
    )
    if not opened.enforced:
        say("No network plugin that enforces NetworkPolicy was found, so learners’ Pods can reach each other.")
    if opened.unused:
        say(
            f"The class does not use {len(opened.unused)} objects any more, such as {opened.unused[0]}. To delete them: `slipway class close {folder} --unused`."
        )
    print(
        f"To grade the class: `slipway grade {folder}`. It looks at the learners' namespaces through {shared_target.of_class(classroom)}."
    )
    print(f"The first kubeconfig expires on {datetime.fromtimestamp(opened.expires, UTC):%Y-%m-%d %H:%M} UTC.")


@app.command("close")
def close(
    folder: Folder = Path("."),
    kubeconfig: Kubeconfig = None,
    context: Context = "",
    unused: Annotated[
        bool, typer.Option("--unused", help="Only what learners and labs had that are not in the class any more.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")] = False,
) -> int:
    """Remove a class from a shared cluster.

    Deletes the namespaces, accounts and roles that `slipway class open` created, with all that learners have made in these namespaces, and the kubeconfigs in DIR/cluster. Grade first. An object that someone else has created stays, whatever its name.

    Exit code 0: the class has nothing in the cluster. 1: objects of others, which are listed, have names of the class.

    Example: slipway class close kubernetes-2026 --kubeconfig admin.kubeconfig --context classroom
    """
    from checks.classroom import folder as class_folder
    from checks.classroom import shared_cluster

    classroom = class_folder.open_class(folder)
    record = shared_cluster.require(classroom)
    cluster = shared_cluster.connect(classroom, kubeconfig, context)
    if not yes:
        what = "what the class does not use any more" if unused else f"all namespaces of the class “{classroom.about.title}”"
        typer.confirm(f"Delete {what}, with the learners' work, from the cluster at {record.server}?", abort=True)
    try:
        closed = shared_cluster.close(classroom, cluster, unused=unused, progress=lambda left: say(f"{left} namespaces left"))
    finally:
        cluster.close()
    print(
        f"Deleted: {closed.deleted}. The class has nothing else in the cluster." if not unused else f"Deleted: {closed.deleted}."
    )
    for name in closed.foreign[:SHOWN]:
        say(f"{name} was not created by this class, and stays.")
    return int(Exit.NOT_YET if closed.foreign else Exit.PASSED)
