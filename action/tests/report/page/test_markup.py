import html
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.report.page.markup import VOID, breakable, element, embedded_picture, inline, visible

ANY = st.text(st.characters(codec=None, exclude_categories=()))
HOSTILE = st.one_of(
    ANY,
    st.lists(
        st.sampled_from(
            ["<", ">", "&", '"', "'", "</pre>", "<script>", "<!--", "]]>", "\n", "\0", "\x1b[31m",
             "&lt;", "javascript:", "//", "..", "é", "\ud800", "\u202e", "=", " onload=", "%", "#"]
        )
    ).map("".join),
)  # fmt: skip


class Parsed(HTMLParser):
    """The tags, attributes and text that a parser finds; without the tags of optional breaks."""

    def __init__(self, markup: object) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: dict[str, str | None] = {}
        self.text = ""
        self.feed(str(markup))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "wbr":
            self.tags.append(tag)
        self.attributes.update(attrs)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        assert decl == "doctype html"

    def handle_pi(self, data: str) -> None:
        self.handle_comment(data)

    def unknown_decl(self, data: str) -> None:
        self.handle_comment(data)


@pytest.mark.parametrize(
    "path, address",
    [
        ("a b/index.html#t-0123456789", "./a%20b/index.html#t-0123456789"),
        ("a/index.html#other", "./a/index.html%23other"),
        ("a/x.txt#t-0123456789", "./a/x.txt%23t-0123456789"),
        ("//evil.example/index.html#t-0123456789", ".///evil.example/index.html#t-0123456789"),
    ],
)
def test_element__links_a_test_on_another_page_of_ours(path: str, address: str) -> None:
    assert Parsed(element("a", href=path)).attributes["href"] == address


@given(text=HOSTILE)
def test_element__text_stays_text(text: str) -> None:
    parsed = Parsed(element("p", text))
    assert parsed.tags == ["p"]
    assert parsed.text == visible(text)


@given(text=HOSTILE)
def test_element__an_attribute_s_value_stays_a_value(text: str) -> None:
    parsed = Parsed(element("img", alt=text))
    assert parsed.tags == ["img"]
    assert parsed.attributes == {"alt": visible(text)}


@given(text=HOSTILE)
def test_element__escapes_all_text(text: str) -> None:
    markup = str(element("p", text, title=text))
    assert markup.count("<") == markup.count(">") == 2
    assert markup.count('"') == 2
    assert "&" not in html.unescape(markup.replace(html.escape(visible(text)), ""))


@given(path=HOSTILE)
def test_element__an_address_stays_below_the_folder_of_the_page(path: str) -> None:
    href = Parsed(element("a", href=path)).attributes["href"] or ""
    assert href.startswith(("./", "#"))
    assert href.isascii()
    assert not set(href) & set("<>\"'&\\ ?") or href.startswith("#")


def test_element__flattens_children_and_leaves_out_none() -> None:
    inner = element("b", "<x>")
    assert str(element("p", inner, None, ["a", 1, (inner,)], class_="c", hidden=True, id=None)) == (
        '<p class="c" hidden><b>&lt;x&gt;</b>a1<b>&lt;x&gt;</b></p>'
    )


def test_element__pre_keeps_its_first_line_end() -> None:
    assert str(element("pre", "\n a")) == "<pre>\n\n a</pre>"


@pytest.mark.parametrize("tag", sorted(VOID))
def test_element__a_void_element_has_no_end_tag(tag: str) -> None:
    assert str(element(tag)) == f"<{tag}>"
    with pytest.raises(ValueError, match="takes no children"):
        element(tag, "x")


@pytest.mark.parametrize("tag", ["script", "style", "a b", "", "P", "x>", "!--"])
def test_element__refuses_other_tags(tag: str) -> None:
    with pytest.raises(ValueError, match=r"tag .* is not allowed"):
        element(tag)


@pytest.mark.parametrize("name", ["onclick", "onLoad", "style", "a b", "x>", 'a"'])
def test_element__refuses_scripts_and_styles_in_attributes(name: str) -> None:
    with pytest.raises(ValueError, match=r"attribute .* is not allowed"):
        element("p", **{name: "x"})


@given(text=HOSTILE)
def test_breakable__text_stays_text(text: str) -> None:
    parsed = Parsed(element("p", breakable(text)))
    assert parsed.tags == ["p"]
    assert parsed.text == visible(text)


def test_breakable__after_what_separates_words() -> None:
    shown = str(breakable("a.b_c::d [x-1] 7:08/f. <i>"))
    assert str(breakable("a_b/c.py:7", after="/")) == "a_b/<wbr>c.py:7"
    assert shown == "a.<wbr>b_<wbr>c::<wbr>d [<wbr>x-<wbr>1] 7:08/<wbr>f. &lt;i&gt;"


@pytest.mark.parametrize("code", ["a</script>b", "</STYLE", "<!-- a"])
def test_inline__refuses_code_that_could_end_early(code: str) -> None:
    with pytest.raises(ValueError, match="is not allowed"):
        inline("script", code)


@pytest.mark.parametrize(
    "text, shown",
    [
        ("a\x1b[1;31mred\x1b[0m", "ared"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("\0\x07\x7f", "␀␇␡"),
        ("\u202eexe.txt", "\ufffdexe.txt"),
        ("\ud800", "\ufffd"),
        ("tab\t é 🎭", "tab\t é 🎭"),
    ],
    ids=["colour codes", "line ends", "control", "reading direction", "invalid Unicode", "text"],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    "address, written",
    [
        ("https://docs.example.org/a_b/?q=1#part", "https://docs.example.org/a_b/?q=1#part"),
        ("http://example.org/", "./http%3A//example.org/"),
        ("https://example.org/\n", "./https%3A//example.org/%0A"),
        ('https://example.org/"onload=', "./https%3A//example.org/%22onload%3D"),
    ],
    ids=["https", "http", "line feed", "quote"],
)
def test_element__links_to_pages_elsewhere(address: str, written: str) -> None:
    assert Parsed(element("a", "x", href=address)).attributes == {"href": written}
    assert ' src="./http' in str(element("img", src=address))


@given(text=HOSTILE)
def test_embedded_picture__its_name_adds_no_attribute(text: str) -> None:
    parsed = Parsed(embedded_picture("png", b"\xff\xff\xff", alt=text))
    assert parsed.attributes == {"alt": visible(text), "src": "data:image/png;base64,////"}


def test_embedded_picture__only_of_two_kinds() -> None:
    with pytest.raises(ValueError, match="svg"):
        embedded_picture("svg+xml", b"<svg/>", alt="")
