"""The answer of an API, and the errors where there is none."""

from typing import Any

from sandboxes import exchange, json_text
from sandboxes.errors import SlipwayError


class EngineError(SlipwayError):
    """The engine or the cluster gave no response that can be used: it is down, too slow, or refuses. Says why in words."""


class DeadlineExceeded(EngineError):
    """The response was not complete in time."""


class Declined(EngineError):
    """The API answered with a status of 400 or more, `status`; `reason` holds its own words."""

    def __init__(self, message: str, status: int, reason: str) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason


class Answer(exchange.Response):
    """A response of the API: HTTP status, body, and headers by their names in lower case."""

    def json(self) -> Any:
        """Return the body's JSON. Raises EngineError for anything else."""
        try:
            return json_text.loads(self.body)
        except json_text.TooDeep as error:
            raise EngineError("the response is nested too deeply to be read") from error
        except ValueError as error:
            raise EngineError(f"the response is not valid JSON ({len(self.body)} bytes)") from error

    def absent(self, what: str) -> bool:
        """Whether the API says that there is no such object. Raises EngineError for a 404 that is not the API's own."""
        if self.status != 404:
            return False
        try:
            own = "message" in json_text.loads(self.body)
        except (ValueError, TypeError):
            own = False
        if not own:
            raise EngineError(f"{what} was answered 404 by something that is not the API: {self.message}")
        return True

    @property
    def message(self) -> str:
        """The API's own words for a refusal."""
        try:
            return str(json_text.loads(self.body)["message"])
        except (ValueError, KeyError, TypeError):
            return self.body[:200].decode(errors="replace")
