"""MkDocs hooks that add the pages generated from the code. Generated pages are not committed."""

from typing import TYPE_CHECKING, Any

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

from checks import catalog
from checks.docs import cli, coverage, interface, labs, mermaid, pictures, schema, vocabulary
from checks.registry import RegistryError
from sandboxes.errors import SlipwayError
from sandboxes.settings import load

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig

COURSE = "labs/index.md"
ROWS = "<!-- the labs -->"


def on_config(config: "MkDocsConfig") -> "MkDocsConfig":
    """Add every lab to the navigation."""
    section = next(item["The course"] for item in config.nav if "The course" in item)
    section.extend({labs.title(lab): labs.path(lab)} for lab in _said(catalog.labs))
    return config


def on_files(files: Files, config: "MkDocsConfig") -> Files:
    """Add the generated pages, the pictures of the labs, and Mermaid."""
    made = {labs.path(lab): _said(lambda lab=lab: labs.page(lab)) for lab in _said(catalog.labs)}
    made |= {path: text for lab in catalog.labs() for path, text in pictures.files(lab).items()}
    made[coverage.PATH] = _said(lambda: coverage.page(catalog.labs()))
    made["reference/cli.md"] = cli.page()
    made["reference/notebook.md"] = interface.page()
    made["reference/files.md"] = schema.page()
    made["reference/vocabulary.md"] = vocabulary.page()
    made["assets/mermaid.min.js"] = _said(lambda: mermaid.script(load().state / "cache"))
    for path, content in made.items():
        files.append(File.generated(config, path, content=content))
    return files


def on_page_markdown(markdown: str, page: Any, config: "MkDocsConfig", files: Files) -> str:
    """Put the list of labs on the course's page."""
    return markdown.replace(ROWS, labs.course_rows(catalog.labs())) if page.file.src_uri == COURSE else markdown


def _said(action: Any) -> Any:
    """End the build with the message of an error."""
    try:
        return action()
    except SlipwayError as error:
        raise PluginError(f"{error.message} {error.fix}".strip()) from error
    except RegistryError as error:
        raise PluginError(str(error)) from error
