from collections.abc import Iterator

import pytest

from rehearsal.audit.check import CheckSkipped, Failure, Note
from rehearsal.audit.checks.processes import dev_server, non_root
from rehearsal.audit.exchange import Exchange
from rehearsal.audit.observations import ContainerProcess, Observations, Pages

GUNICORN = "/venv/bin/python /venv/bin/gunicorn app:app"


def pages(server: str = "") -> Pages:
    page = Exchange(path="/", status=200, headers=(("server", server),))
    return Pages(ready=(page,), home=(page,), unknown=(page,), malformed=page, foreign=())


def seen(*processes: tuple[str, str], server: str | None = None) -> Observations:
    return Observations(
        pages=None if server is None else pages(server),
        processes=tuple(
            ContainerProcess(user=user, pid=number, command=command)
            for number, (user, command) in enumerate(processes, 1)
        ),
    )


def only(found: Iterator[Failure | Note]) -> Failure | Note:
    (one,) = found
    return one


def test_dev_server__by_its_process() -> None:
    command = "python manage.py runserver 0.0.0.0:80"
    found = only(dev_server.find(seen(("1", command), ("1", f"/usr/bin/{command}"), server="x")))
    assert isinstance(found, Failure)
    assert "Django's runserver" in found.message
    assert "gunicorn" in found.hint
    assert found.evidence == (f"1 1 {command}", f"1 2 /usr/bin/{command}")


def test_dev_server__by_its_header_if_no_process_shows_it() -> None:
    found = only(dev_server.find(seen(("1", "/app"), server="Werkzeug/3.1 Python/3.13")))
    assert isinstance(found, Failure)
    assert "Flask" in found.message
    assert found.evidence == ("Server: Werkzeug/3.1 Python/3.13",)


def test_dev_server__passes() -> None:
    assert not list(dev_server.find(seen(("1", GUNICORN), server="gunicorn")))
    assert not list(dev_server.find(Observations(processes=())))


def test_dev_server__says_that_it_saw_only_half() -> None:
    assert isinstance(only(dev_server.find(Observations(pages=pages()))), Note)
    with pytest.raises(CheckSkipped):
        list(dev_server.find(Observations()))


@pytest.mark.parametrize(
    "users, message",
    [
        (["root"], "The container's process, python, runs as root."),
        (["0", "0"], "All 2 processes run as root."),
        (["root", "10001"], "Of 2 processes one runs as root: python."),
        (["nobody", "0", "0"], "Of 3 processes 2 run as root."),
    ],
)
def test_non_root__names_who_is_root(users: list[str], message: str) -> None:
    found = only(non_root.find(seen(*((user, GUNICORN) for user in users))))
    assert isinstance(found, Failure)
    assert found.message == message
    assert len(found.evidence) == sum(user in {"root", "0"} for user in users)


def test_non_root__names_a_program_by_its_title() -> None:
    nginx = ("root", "nginx: master process nginx -g daemon off;"), ("101", "nginx: worker process")
    found = only(non_root.find(seen(*nginx)))
    assert found.message == "Of 2 processes one runs as root: nginx."


def test_non_root__shows_some_of_many() -> None:
    found = only(non_root.find(seen(*[("root", GUNICORN + "x" * 1000)] * 8)))
    assert found.evidence[-1] == "and 3 more"
    assert all(len(line) < 300 for line in found.evidence)


def test_non_root__passes() -> None:
    assert not list(non_root.find(seen(("10001", GUNICORN), ("100000", "tini"))))


def test_non_root__nothing_listed() -> None:
    with pytest.raises(CheckSkipped):
        list(non_root.find(Observations()))
