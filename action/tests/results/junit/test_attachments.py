import pytest

from rehearsal.results.junit.attachments import MAX_ATTACHMENTS, MAX_OUTPUT
from rehearsal.results.junit.reports import read_reports
from rehearsal.results.tests import Failure


def failure_of(inner: str) -> Failure:
    content = f"<testsuite><testcase name='a'>{inner}</testcase></testsuite>".encode()
    results = read_reports([("r.xml", content)], retries=False).results
    return (*results.failed, *results.flaky)[0]


def properties(**values: str) -> str:
    each = "".join(f'<property name="{name}" value="{value}"/>' for name, value in values.items())
    return f"<properties>{each}</properties>"


@pytest.mark.parametrize(
    "inner, paths",
    [
        pytest.param("<system-out>[[ATTACHMENT|a/b c.png]]</system-out>", ["a/b c.png"], id="one"),
        pytest.param(
            "<system-out>hello\n\n  [[ATTACHMENT|/abs/[1].png]]\n[[ATTACHMENT|t.zip]]\n"
            "</system-out><system-err>[[ATTACHMENT|e.log]]</system-err>",
            ["/abs/[1].png", "t.zip", "e.log"],
            id="several",
        ),
        pytest.param(
            "<system-out>[[ATTACHMENT|a]]\n[[ATTACHMENT|a]]</system-out>", ["a"], id="each once"
        ),
        pytest.param(
            properties(playwright_screenshot="r/1.png", playwright_trace="r/t.zip", ticket="A-1"),
            ["r/1.png", "r/t.zip"],
            id="pytest-playwright",
        ),
        pytest.param(properties(attachment="a.png"), ["a.png"], id="a property"),
        pytest.param(
            "<system-out>see [[ATTACHMENT|x]]: [[ATTACHMENT|]]\n[[ATTACHMENT| ]]</system-out>",
            [],
            id="in the middle of a line, or empty",
        ),
        pytest.param("<properties><property name='attachment'/></properties>", [], id="no value"),
    ],
)
def test_attachments__are_the_paths_that_the_report_names(inner: str, paths: list[str]) -> None:
    assert failure_of(f"{inner}<failure/>").attachments == tuple(paths)


def test_attachments__of_a_flaky_test_are_those_of_its_attempt() -> None:
    flaky = failure_of(
        "<system-out>fine</system-out><flakyFailure message='m'><stackTrace>at</stackTrace>"
        "<system-out>bad\n[[ATTACHMENT|a.png]]</system-out></flakyFailure>"
    )
    assert (flaky.attachments, flaky.output) == (("a.png",), "bad")


def test_attachments__are_not_more_than_a_bound() -> None:
    lines = "".join(f"[[ATTACHMENT|{n}.png]]\n" for n in range(MAX_ATTACHMENTS + 5))
    assert len(failure_of(f"<system-out>{lines}</system-out><failure/>").attachments) == (
        MAX_ATTACHMENTS
    )


@pytest.mark.parametrize(
    "inner, output",
    [
        pytest.param("", "", id="none"),
        pytest.param("<system-out>\n  a\nb\n\n</system-out>", "  a\nb", id="what was printed"),
        pytest.param(
            "<system-err>e</system-err><system-out>o</system-out>", "e\no", id="both streams"
        ),
        pytest.param("<system-out>a\n[[ATTACHMENT|x]]\nb</system-out>", "a\nb", id="no attachment"),
        pytest.param(
            "<system-out><![CDATA[\x1b[31mred\x1b[0m]]></system-out>", "red", id="colours"
        ),
    ],
)
def test_output__is_what_the_test_printed(inner: str, output: str) -> None:
    assert failure_of(f"{inner}<failure/>").output == output


def test_output__is_cut_in_the_middle() -> None:
    output = failure_of(f"<system-out>begin{'x' * MAX_OUTPUT}end</system-out><failure/>").output
    assert output.startswith("begin")
    assert output.endswith("end")
    assert MAX_OUTPUT - 100 < len(output) <= MAX_OUTPUT
