"""Which build step made which layer, over images of a real engine; and what two images share."""

import json
from copy import deepcopy

import pytest
import render_cases as cases

from checks.render import html, stack
from checks.snapshot import Json, Unknown
from checks.vocabulary import image_history, image_layers

IMAGES: dict[str, Json] = json.loads((cases.DATA / "layers.json").read_text(encoding="utf-8"))
BASES = {name: IMAGES[name] for name in ("python:3.11-slim", "debian:bookworm-slim")}


def image(tag: str) -> Json:
    return deepcopy(IMAGES[f"slipway-render-layers:{tag}"])


def scene(*tags: str) -> stack.Scene:
    return stack.build({tag: image(tag) for tag in tags}, BASES)


def own(tag: str) -> list[image_history.Step]:
    """The steps of an image above its base."""
    base = image_history.base_of(image(tag), BASES)
    assert base is not None
    return image_history.steps(image(tag))[base[1] :]


def test_buildkit_makes_a_layer_for_every_step_that_may_change_a_file() -> None:
    made = [(step.instruction, bool(step.layer)) for step in own("before")]
    assert made == [
        ("ARG EDITION=one two", False),
        ("WORKDIR /app", True),
        ("WORKDIR /app", True),
        ("COPY tools .", True),
        ("RUN cat tools > installed", True),
        ("RUN true", True),
        ("COPY page .", True),
        ("ENV GREETING=hello", False),
        ("EXPOSE 5000/tcp 5001/udp", False),
        ('CMD ["python" "-m" "http.server"]', False),
    ]


def test_the_second_workdir_of_a_folder_makes_an_empty_layer() -> None:
    first, second = [step for step in own("before") if step.verb == "WORKDIR"]
    assert (first.layer == image_history.EMPTY, second.layer == image_history.EMPTY) == (False, True)


def test_the_builder_before_buildkit_made_no_layer_where_nothing_changed() -> None:
    made = [(step.verb, bool(step.layer)) for step in own("legacy")]
    assert made[:6] == [("ARG", False), ("WORKDIR", True), ("WORKDIR", False), ("COPY", True), ("RUN", True), ("RUN", False)]
    assert own("legacy")[4].instruction == "RUN cat tools > installed"


@pytest.mark.parametrize("tag", ["before", "after", "small", "legacy"])
def test_every_layer_has_one_step_and_its_size(tag: str) -> None:
    steps = image_history.steps(image(tag))
    assert [step.layer for step in steps if step.layer] == image(tag)["RootFS"]["Layers"]
    assert sum(step.size for step in steps) == sum(entry["Size"] for entry in image(tag)["History"])


def test_a_history_that_does_not_fit_is_not_guessed_at() -> None:
    odd = image("before")
    odd["RootFS"]["Layers"].append("sha256:0")
    with pytest.raises(Unknown, match="its history has"):
        image_history.steps(odd)


@pytest.mark.parametrize(("tag", "base"), [("before", "python:3.11-slim"), ("small", "debian:bookworm-slim")])
def test_the_nearest_base_is_found(tag: str, base: str) -> None:
    found = image_history.base_of(image(tag), BASES)
    assert found is not None and found[0] == base
    assert image_history.base_of(image(tag), {}) is None


def test_two_images_share_all_below_the_edit() -> None:
    shared = image_history.foundation([image("before"), image("after")])
    assert image_history.steps(image("after"))[shared].instruction == "COPY page ."


def test_the_picture_sets_the_edit_above_the_common_ground() -> None:
    seen = scene("before", "after")
    assert [block.words for block in seen.stacks[0].blocks if block.layers] == ["COPY page ."]
    assert seen.ground[-1].words == "FROM python:3.11-slim" and seen.ground[-1].layers == 3
    assert sum(block.size for block in [*seen.ground, *seen.stacks[1].blocks]) == seen.stacks[1].size


def test_a_layer_that_is_met_again_above_other_ground_is_marked() -> None:
    same = {block.words for block in scene("before", "small").stacks[0].blocks if block.elsewhere}
    assert "COPY page ." not in same and "RUN cat tools > installed" not in same
    with_copy = image("small")
    shared = next(step.layer for step in own("after") if step.instruction == "COPY page .")
    at = next(number for number, step in enumerate(s for s in image_history.steps(with_copy) if s.layer) if step.verb == "COPY")
    with_copy["RootFS"]["Layers"][at] = shared
    seen = stack.build({"after": image("after"), "small": with_copy}, BASES)
    assert [block.words for block in seen.stacks[0].blocks if block.elsewhere] == ["COPY page ."]


def test_the_text_says_what_the_picture_shows() -> None:
    seen = scene("before", "after")
    text, page = stack.describe(seen), html.layers(seen)
    for words in ("Shared by both, stored once: 8 layers, ", "FROM python:3.11-slim", "COPY page .", "no layer"):
        assert words in text and words in page
    assert text.startswith("Layers of before and after, newest first:") and "Only in after: 1 layer, 13 B" in text
    assert text.index("EXPOSE 5000/tcp") < text.index("COPY page .") < text.index("RUN true")


def test_one_image_alone_has_no_common_ground() -> None:
    text = stack.describe(scene("small"))
    assert "Shared by" not in text and "sw-ground" not in html.layers(scene("small")).split("</style>")[1]
    assert "FROM debian:bookworm-slim: 73.3 MB" in text


def test_the_same_image_under_two_names_is_all_common() -> None:
    seen = stack.build({"one": image("after"), "two": image("after")}, BASES)
    assert [stack_.blocks for stack_ in seen.stacks] == [(), ()] and "- nothing" in stack.describe(seen)
    assert html.layers(seen).count(">nothing</li>") == 2


@pytest.mark.parametrize(
    ("bytes_", "said"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (21_043, "21 kB"), (76_400_000, "76.4 MB"), (999_600, "1 MB")]
    + [(147_000_000, "147 MB"), (1_020_000_000, "1.02 GB")],
)
def test_bytes_in_words(bytes_: int, said: str) -> None:
    assert image_history.size(bytes_) == said


def test_three_images_share_what_all_of_them_have() -> None:
    assert "Shared by all 3, stored once: 1 layer, 73.3 MB" in stack.describe(scene("before", "after", "small"))


def test_a_layer_made_again_names_the_step_that_is_to_blame() -> None:
    before, after, small = image("before"), image("after"), image("small")
    digests = {step.instruction: step.layer for step in own("after")}
    (itself,) = image_layers.layers_kept(before, after, [digests["COPY page ."]], "the page", "Look.")
    assert "the step itself differs" in itself.why and "COPY page ." in itself.message
    assert not list(image_layers.layers_kept(before, after, [digests["RUN cat tools > installed"]], "the tools", "Look."))
    (below,) = image_layers.layers_kept(small, after, [digests["RUN cat tools > installed"]], "the tools", "Look.")
    assert "The first step that differs is `ENV PATH=" in below.why


def test_what_lies_above_a_layer_is_measured() -> None:
    after = image("after")
    tools = next(step.layer for step in own("after") if step.instruction == "COPY tools .")
    assert not list(image_layers.small_above(after, tools, 7000, "the tools", "Look."))
    (finding,) = image_layers.small_above(after, tools, 6000, "the tools", "Look.")
    assert "adds 6.01 kB, most of it in RUN cat tools > installed (6 kB)" in finding.message
