"""Diagnoses of what you have set for other work: exported variables, and the settings of docker, Buildx and the shell."""

from sandboxes.doctor.diagnosis import Verdict, fine, note, problem
from sandboxes.doctor.facts import Facts

# What a variable changes in a lab, by its name. The other variables of Compose have one sentence in common.
CONSEQUENCES = {
    "COMPOSE_FILE": "Compose reads that file instead of the lab's",
    "COMPOSE_PROJECT_NAME": "Compose gives everything that name, under which no check looks",
    "COMPOSE_PROFILES": "Compose also starts services that the lab does not",
    "BUILDX_BUILDER": "an image stays in that builder, and `docker run` does not find it",
    "BUILDKIT_HOST": "an image stays in that builder, and `docker run` does not find it",
    "DOCKER_BUILDKIT": "`docker build` uses another builder than the labs describe",
    "DOCKER_DEFAULT_PLATFORM": "images are pulled and built for that platform, and may not run here",
    "DOCKER_CONTENT_TRUST": "Docker refuses images without a signature, such as those of the labs",
    "KUBECONFIG": "kubectl uses the cluster of that file, not the course's",
}
OTHER = "it changes what `docker compose` does in a lab"
# Permissions that the umask takes from files that you create: reading for the group and for others.
READING = 0o044


def variables(facts: Facts) -> Verdict:
    """Report the exported variables that change what `docker` and `kubectl` do in a terminal that is not a lab's."""
    if not facts.variables:
        return fine("None changes what docker and kubectl do in a lab.")
    sentences = [f"{name}={value}: {CONSEQUENCES.get(name, OTHER)}." for name, value in sorted(facts.variables.items())]
    text = "Exported in this terminal. " + " ".join(sentences)
    fix = f"`unset {' '.join(sorted(facts.variables))}`, or work in `./slipway shell LAB` or JupyterLab, which leave them out."
    return note(text, fix)


def builder(facts: Facts) -> Verdict:
    """Report a builder that `docker buildx use` has chosen."""
    if not facts.builder:
        return fine("Docker's own.")
    name, path = facts.builder
    return note(
        f"`docker buildx use` has chosen the builder “{name}” ({path}): an image that you build in a terminal stays in that "
        "builder, and `docker run` does not find it.",
        "`docker buildx use default`, or work in `./slipway shell LAB` or JupyterLab, which use Docker's own builder.",
    )


def docker_settings(facts: Facts) -> Verdict:
    """Judge whether the `docker` command can read and write its settings."""
    folder = facts.docker_settings["folder"] if facts.docker_settings else "~/.docker"
    if foreign := (facts.docker_settings or {}).get("foreign"):
        path, owner = next(iter(foreign.items()))
        return problem(
            f"{path} belongs to {owner}, as after a `sudo docker`: docker cannot read its settings or find its plugins, and "
            "builds fail.",
            f"sudo chown -R {facts.user} {folder}",
        )
    if (facts.docker_settings or {}).get("read_only"):
        return problem(
            f"{folder} cannot be written: builds fail, because BuildKit keeps its state there.",
            f"export DOCKER_CONFIG={facts.docker_settings['instead']}",
        )
    return fine(f"{folder} can be read and written.")


def snap(facts: Facts) -> Verdict:
    """Report a Docker that was installed by snap, which does not see all folders."""
    if not facts.snap:
        return fine("Docker sees every folder of this machine.")
    text = f"Docker is installed by snap ({facts.snap}): it has its own /tmp, and sees only folders below your home folder."
    if facts.outside_home:
        return problem(f"{text} Slipway is in {facts.outside_home}.", "Move Slipway's folder into your home folder.")
    return note(text, "Keep what you mount into containers below your home folder, not in /tmp.")


def umask(facts: Facts) -> Verdict:
    """Report a umask with which a container's user cannot read the files that you create."""
    if not facts.umask & READING:
        return fine(f"{facts.umask:03o}: a container's user can read the files that you create.")
    return note(
        f"The umask is {facts.umask:03o}: other users cannot read the files that you create, and neither can a container's "
        "user that is not root, once they are in an image.",
        "Run `umask 022` before you create files, or `chmod -R a+rX .` in the lab's folder before you build.",
    )
