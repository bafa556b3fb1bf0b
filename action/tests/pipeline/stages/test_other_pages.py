from collections.abc import Mapping

import pytest

from rehearsal.config.rehearsal_plan import ProbePlan
from rehearsal.outside import http_probe
from rehearsal.outside.http_response import Answer
from rehearsal.pipeline.stages import other_pages
from rehearsal.results.published_port import PublishedPort

from ...fakes import probe_plan


def found(
    monkeypatch: pytest.MonkeyPatch, answers: Mapping[str, Answer], plan: ProbePlan
) -> list[str]:
    """Ask an app that answers 404 where nothing else is given."""

    app = PublishedPort("127.0.0.1", 4000)

    def get(
        published: PublishedPort, path: str, headers: Mapping[str, str], *, timeout: float
    ) -> Answer:
        assert published == app
        assert (headers["Host"], timeout) == ("localhost:4000", other_pages.TIMEOUT)
        return answers.get(path, Answer(status=404))

    monkeypatch.setattr(http_probe, "get", get)
    return list(other_pages.find_other_pages(plan, app))


def test_find_other_pages__those_that_count_as_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    https = Answer(status=301, headers={"location": "https://localhost/login"})
    answers = {"/up": Answer(status=200), "/": Answer(status=302), "/login": https}
    assert found(monkeypatch, answers, probe_plan(path="/lost")) == ["200 /up", "302 /"]


def test_find_other_pages__not_the_requested_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(monkeypatch, {"/": Answer(status=200)}, probe_plan(path="/")) == []


def test_find_other_pages__ends_with_a_page_that_takes_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = {"/health": Answer(timed_out=True), "/": Answer(status=200)}
    assert found(monkeypatch, answers, probe_plan(path="/lost")) == []
