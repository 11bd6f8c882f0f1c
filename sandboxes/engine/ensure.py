"""A ready engine: found, or installed and started with consent."""

from sandboxes.engine import daemon, endpoint, find, install, user_settings
from sandboxes.engine.find import Engine, State
from sandboxes.errors import SlipwayError
from sandboxes.steps import Progress


def refuse_foreign_settings() -> None:
    """Raise SlipwayError where the `docker` command cannot read its settings: what seems missing may be installed."""
    if foreign := user_settings.foreign():
        path, owner = next(iter(foreign.items()))
        raise SlipwayError(
            f"{path} belongs to {owner}, as after a `sudo docker`: the docker command cannot find its plugins.",
            f"sudo chown -R {find.user_name()} {endpoint.config_folder()}",
        )


def ensure(progress: Progress) -> Engine:
    """Return the engine that labs run on, installed and started with consent (see `packages.ask`).

    An engine that answers is used as it is. Raises SlipwayError where none can be provided.
    """
    where = endpoint.find()
    endpoint.refuse_remote(where)
    ours = where.url == endpoint.DEFAULT_URL
    engine = find.describe(where)
    if parts := install.missing_parts(daemon=ours and engine.state is State.NOT_INSTALLED):
        refuse_foreign_settings()
        install.install(parts, progress)
        engine = find.describe(where)
    if ours and engine.state is State.NOT_RUNNING:
        engine = daemon.start(daemon.own(), progress)
    if engine.state is State.NO_RIGHTS and find.group_is_new():
        find.become_member()
    return find.connect()
