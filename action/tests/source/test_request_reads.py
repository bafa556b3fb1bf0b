import pytest

from rehearsal.source.request_reads import request_reads


@pytest.mark.parametrize(
    "code, read, other",
    [
        ('request.POST["text"]', 'request.POST["text"]', 'request.POST["body"]'),
        ("self.request.GET['text']", "self.request.GET['text']", "self.request.GET['body']"),
        ('é(r.POST.get("text", ""))', 'r.POST.get("text"', 'r.POST.get("body"'),
        ('text.FILES["text"]', 'text.FILES["text"]', 'text.FILES["body"]'),
    ],
)
def test_request_reads__code_that_reads_a_field(code: str, read: str, other: str) -> None:
    (found,) = request_reads(f"\r\nif x:\r    {code}\n")
    assert (found.line, found.field, found.code) == (3, "text", read)
    assert found.of("body") == other


@pytest.mark.parametrize(
    "text",
    [
        '# request.POST["text"]', "'request.POST[\"text\"]'", 'request.META["text"]',
        "request.POST[text]", 'request.POST.pop("text")', 'request.POST.get(\n"text")',
        'request.POST["te" "xt"]', 'request.POST["text"', "\0",
        'request.POST.get(key="text")', 'POST["text"]',
    ],
)  # fmt: skip
def test_request_reads__nothing_else(text: str) -> None:
    assert list(request_reads(text)) == []
