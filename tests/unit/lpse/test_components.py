from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import translation

from lpse.templatetags import ui

NOW = dt.datetime(2026, 11, 24, 3, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
DIGEST = "9f2c41d07be35a8812ff0c6d4be1902a77c3e5f0b1a94d6620cc18f4e7d3a5b9"


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


def render(source: str, **values: Any) -> str:
    context = Context(
        {
            "office": SimpleNamespace(now=NOW),
            "request": RequestFactory().get("/tender/1/"),
            **values,
        }
    )
    return " ".join(Template(source).render(context).split())


class Stage:
    def __init__(self, name: str, starts: int | None, ends: int | None) -> None:
        self.name = name
        self.starts_at = None if starts is None else NOW + starts * HOUR
        self.ends_at = None if ends is None else NOW + ends * HOUR

    def get_code_display(self) -> str:
        return self.name


def test_a_misspelt_attribute_is_a_syntax_error() -> None:
    with pytest.raises(TemplateSyntaxError, match="levle"):
        Template('{% alert levle="error" %}…{% endalert %}')


def test_a_component_escapes_what_it_is_given() -> None:
    assert "&lt;script&gt;" in render("{% pill label 'draft' %}", label="<script>")
    assert "&lt;b&gt;" in render("{% card title=title %}{{ title }}{% endcard %}", title="<b>")


@pytest.mark.parametrize(
    "source",
    [
        "{% page_head 'T' %} <b>x</b> {% endpage_head %}",
        "{% empty_state 'T' %} <b>x</b> {% endempty_state %}",
        "{% cell 'T' %} <b>x</b> {% endcell %}",
        "{% cell 'T' kind='head' %} <b>x</b> {% endcell %}",
        "{% file_row 'f.pdf' %} <b>x</b> {% endfile_row %}",
        "{% alert %} <b>x</b> {% endalert %}",
        "{% card %} <b>x</b> {% endcard %}",
        "{% tabs 'T' %} <b>x</b> {% endtabs %}",
        "{% facts %}{% fact 'T' %} <b>x</b> {% endfact %}{% endfacts %}",
        "{% table 'T' %} <b>x</b> {% endtable %}",
        "{% confirm_button 'T' action='/' verb='V' %} <b>x</b> {% endconfirm_button %}",
        "{% receipt 'T' outcome='accepted' outcome_label='V' at=now %} <b>x</b> {% endreceipt %}",
    ],
)
def test_a_block_keeps_the_markup_of_the_page_and_escapes_its_values(source: str) -> None:
    assert "<b>x</b>" in render(source, now=NOW)
    assert "<b>&lt;i&gt;</b>" in render(source.replace("x", "{{ v }}", 1), now=NOW, v="<i>")


@pytest.mark.parametrize("state", [*ui.STATES, "unheard-of"])
def test_a_status_is_a_sign_and_a_word(state: str) -> None:
    shown = render("{% pill 'Word' state %}", state=state)

    assert "<use href=" in shown
    assert "Word" in shown


def test_every_sign_the_house_uses_is_in_the_sprite(settings: Any) -> None:
    sprite = (settings.BASE_DIR / "static/img/icons.svg").read_text()
    signs = {sign for _tone, sign in ui.STATES.values()} | set(ui.LEVEL_ICONS.values())
    art = {f"art-envelope-{s}" for s in ("open", "sealed", "sent", "opened", "unopenable")}

    assert [name for name in signs | art if f'id="{name}"' not in sprite] == []


def test_green_is_kept_for_what_is_sealed_or_verified_and_red_for_refusals() -> None:
    by_tone = {
        tone: {state for state, (t, _sign) in ui.STATES.items() if t == tone}
        for tone in ("green", "red")
    }

    assert by_tone == {
        "green": {"sealed", "sent", "accepted", "verified", "openable"},
        "red": {
            "unopenable",
            "needs_recovery_key",
            "disputed",
            "refused",
            "rejected",
            "failed",
            "late",
        },
    }


def test_a_tab_is_current_when_its_address_is_the_pages() -> None:
    assert 'aria-current="page"' in render("{% tab 'Here' '/tender/1/' %}")
    assert "aria-current" not in render("{% tab 'There' '/tender/2/' %}")
    assert 'aria-current="page"' in render("{% tab 'There' '/tender/2/' current=True %}")


def test_a_tab_shows_a_count_of_nothing_but_no_missing_count() -> None:
    assert '<span class="tab-count">0</span>' in render("{% tab 'T' '/' count=0 %}")
    assert "tab-count" not in render("{% tab 'T' '/' %}")


def test_a_stepper_marks_what_is_done_and_where_one_is() -> None:
    shown = render("{% stepper steps 2 %}", steps=["Fill in", "Seal", "Send"])

    assert [shown.count(f"is-{s}") for s in ("done", "current", "upcoming")] == [1, 1, 1]
    assert shown.count('aria-current="step"') == 1


@pytest.mark.parametrize(
    ("starts", "ends", "state"),
    [
        (1, 2, "upcoming"),
        (0, 1, "current"),
        (-1, 0, "done"),
        (-1, 1, "current"),
        (-1, None, "current"),
        (None, None, "upcoming"),
    ],
)
def test_a_stage_begins_with_its_start_and_ends_before_its_end(
    starts: int | None, ends: int | None, state: str
) -> None:
    assert ui.stage_state(Stage("any", starts, ends), NOW) == state


def test_a_timeline_says_every_state_in_words() -> None:
    stages = [Stage("Announcement", -3, -2), Stage("Upload", -2, 2), Stage("Opening", None, None)]

    shown = render("{% stage_timeline stages %}", stages=stages)

    assert [shown.count(w) for w in ("Done", "In progress", "Not started")] == [1, 1, 1]
    assert "No date yet" in shown


def test_the_strip_names_all_current_stages() -> None:
    stages = [Stage("Download", -3, 2), Stage("Upload", -2, 2)]

    assert "Download · Upload" in render(
        '{% stage_timeline stages layout="horizontal" %}', stages=stages
    )
    assert "No stage is current" in render(
        '{% stage_timeline stages layout="horizontal" %}', stages=[]
    )


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (dt.timedelta(days=3, hours=5), "3 days"),
        (dt.timedelta(days=1, hours=23), "47 h 0 min"),
        (dt.timedelta(hours=1, minutes=1), "1 h 1 min"),
        (dt.timedelta(minutes=1, seconds=59), "1 minute"),
        (dt.timedelta(seconds=9.9), "9 seconds"),
        (dt.timedelta(seconds=-1), "0 seconds"),
    ],
)
def test_a_span_is_said_as_people_say_it(left: dt.timedelta, words: str) -> None:
    assert ui.in_words(left) == words


def test_a_countdown_is_over_at_the_instant_itself() -> None:
    assert "has passed" in render("{% countdown until %}", until=NOW)
    assert "1 minute" in render("{% countdown until %}", until=NOW + HOUR / 60)


@pytest.mark.parametrize("state", ["open", "sealed", "sent", "opened", "unopenable"])
def test_an_envelope_says_its_state_and_bears_a_seal_only_while_sealed(state: str) -> None:
    shown = render("{% envelope state digest=digest %}", state=state, digest=DIGEST)

    assert ui.envelope_word(state) in shown  # type: ignore[arg-type]
    assert ("art-seal" in shown) == (state in {"sealed", "sent"})
    assert "<span>9f2c</span>" in shown


def test_a_fingerprint_shows_four_groups_and_all_sixteen_on_demand() -> None:
    whole = render("{% fingerprint digest %}", digest=DIGEST)
    short = render("{% fingerprint digest short=True %}", digest=DIGEST)

    assert whole.count("<span>") == 4 + 16
    assert f'data-copy="{DIGEST}"' in whole
    assert short.count("<span>") == 4
    assert f'title="{DIGEST}"' in short


def test_money_is_shown_in_figures_and_in_indonesian_words_on_any_page() -> None:
    shown = render("{% money amount words=True %}", amount=1_500_000)

    assert "Rp 1.500.000,00" in shown
    assert '<span class="money-words" lang="id">(satu juta lima ratus ribu rupiah)</span>' in shown
    assert "–" in render("{% money amount %}", amount=None)


def test_a_cell_repeats_its_columns_name_for_a_phone() -> None:
    assert render("{% cell 'HPS' kind='number' %} 5 {% endcell %}") == (
        '<td data-label="HPS" class="is-number"><div>5</div></td>'
    )
    assert render("{% cell 'Name' kind='head' %}a{% endcell %}") == (
        '<th scope="row" data-label="Name">a</th>'
    )


def test_a_wide_table_can_be_scrolled_by_keyboard() -> None:
    assert 'tabindex="0"' in render("{% table 'Scores' kind='wide' %}{% endtable %}")
    assert "tabindex" not in render("{% table 'Scores' %}{% endtable %}")


def test_pages_of_one_page_have_no_pagination() -> None:
    assert render("{% pagination %}") == ""
    assert 'rel="next" href="/?after=5"' in render("{% pagination next='/?after=5' %}")


def test_a_deed_that_asks_first_is_a_form_with_a_token() -> None:
    shown = render(
        "{% confirm_button 'Withdraw' action='/w' verb='Yes' %}Sure?{% endconfirm_button %}"
    )

    assert '<summary class="btn btn-secondary">Withdraw</summary>' in shown
    assert 'method="post" action="/w"' in shown
    assert "csrfmiddlewaretoken" in shown


def test_a_script_comes_with_its_digest() -> None:
    shown = render('{% script "pages/app.js" %}')

    assert shown.startswith('<script type="module" src="/static/dist/pages/app-')
    assert 'integrity="sha384-' in shown
    assert 'crossorigin="anonymous"' in shown
