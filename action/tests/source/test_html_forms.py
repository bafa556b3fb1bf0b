import time

import pytest

from rehearsal.source.html_forms import FormField, FormTag, form_fields, forms_without_token


@pytest.mark.parametrize(
    "text, names",
    [
        pytest.param('<input type="text" name="a">', ["a"], id="input"),
        pytest.param("<SELECT NAME = 'a'></select>", ["a"], id="select, single quotes"),
        pytest.param('<textarea\n  name="a"\n></textarea>', ["a"], id="several lines"),
        pytest.param('<button name="a" value="1">', ["a"], id="button"),
        pytest.param('<input {% if a > "1" %}x{% endif %} name="a">', ["a"], id="a comparison"),
        pytest.param('<input value="{{ x|default:"<b>" }}" name="a">', ["a"], id="a filter"),
        pytest.param('<input name="{{ field.html_name }}">', [], id="a name filled in"),
        pytest.param('<input name="item_{{ n }}">', [], id="a name filled in by half"),
        pytest.param('<meta name="viewport"><form name="f">', [], id="no fields"),
        pytest.param('<input data-name="a" id="b">', [], id="another attribute"),
        pytest.param('{# <input name="a"> #}', [], id="a comment"),
        pytest.param('<input name="a\x07b">', [], id="not printable"),
        pytest.param(f'<input name="{"a" * 101}">', [], id="too long"),
        pytest.param("<input name=", [], id="cut"),
    ],
)
def test_form_fields__with_literal_names(text: str, names: list[str]) -> None:
    assert [field.name for field in form_fields(text)] == names


def test_form_fields__have_the_line_of_the_name() -> None:
    text = '<p>\n{% if x\n %}<input\n  name="a"> <input name="b">\n<input\nname="c">'
    assert list(form_fields(text)) == [
        FormField(name="a", line=4),
        FormField(name="b", line=4),
        FormField(name="c", line=6),
    ]


@pytest.mark.parametrize(
    "piece", ["<input", "{%", "{{", '<input name="', "<input name ", "name=", "\n<input \n"]
)
def test_form_fields__of_hostile_text_take_linear_time(piece: str) -> None:
    start = time.process_time()
    list(form_fields(piece * ((256 << 10) // len(piece))))
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<form method=post>{% csrf_token %}</form>", id="Django"),
        pytest.param("<form method=post>{{ csrf_input }}</form>", id="Jinja"),
        pytest.param('<form method=post><input name="csrfmiddlewaretoken"></form>', id="by hand"),
        pytest.param("<form><p></form>", id="GET"),
        pytest.param('<form method="get"></form>', id="GET, in words"),
        pytest.param('<form method="post" action="https://pay.example/"></form>', id="elsewhere"),
        pytest.param("<form method=post>{% csrf_token %}", id="without an end"),
    ],
)
def test_forms_without_token__not_these(text: str) -> None:
    assert list(forms_without_token(text)) == []


def test_forms_without_token__the_line_on_which_the_tag_ends() -> None:
    text = (
        "<form method=post>{% csrf_token %}</form>\n"
        '<p><form action="{{ next }}" METHOD = "POST"><input></form>\n'
        '<form\n  method="post"\n  action="{% url \'a\' %}">\n</form>'
    )
    assert list(forms_without_token(text)) == [
        FormTag(line=2, text='<form action="{{ next }}" METHOD = "POST">'),
        FormTag(line=5, text="  action=\"{% url 'a' %}\">"),
    ]


def test_forms_without_token__of_a_long_file_in_linear_time() -> None:
    started = time.process_time()
    list(forms_without_token("<form method=post " * 20_000))
    assert time.process_time() - started < 5
