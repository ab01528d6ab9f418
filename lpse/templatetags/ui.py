"""Components: a signature here, a template of the same name in ``templates/components``.

A misspelt attribute is a ``TemplateSyntaxError``, because these are functions. A page never
writes the markup of a component itself; ``docs/components.md`` shows each in use.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import count
from typing import Any, Literal, Protocol

from django import template
from django.conf import settings
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from lpse import assets, money
from lpse.clock import database_now

register = template.Library()

Level = Literal["info", "success", "warning", "error", "verified"]
Tone = Literal["neutral", "ink", "green", "red"]
Text = str | Promise

LEVEL_ICONS: dict[str, str] = {
    "info": "info",
    "success": "check",
    "warning": "alert",
    "error": "cross",
    "verified": "shield-check",
}

# What a state looks like. Green is kept for what is sealed or verified, red for what is
# refused or too late; everything else is ink or neutral. The word beside it is the caller's.
STATES: dict[str, tuple[Tone, str]] = {
    "draft": ("neutral", "edit"),
    "handed_over": ("neutral", "edit"),
    "upcoming": ("neutral", "clock"),
    "waiting": ("neutral", "clock"),
    "pending": ("neutral", "clock"),
    "submitted": ("ink", "clock"),
    "returned": ("ink", "edit"),
    "archived": ("neutral", "box"),
    "announced": ("ink", "bell"),
    "published": ("ink", "bell"),
    "current": ("ink", "arrow"),
    "running": ("ink", "arrow"),
    "opening": ("ink", "key"),
    "approved": ("ink", "check"),
    "done": ("neutral", "check"),
    "completed": ("neutral", "check"),
    "awarded": ("ink", "gavel"),
    "closed": ("neutral", "lock"),
    "open": ("ink", "envelope-open"),
    "sealed": ("green", "envelope-sealed"),
    "sent": ("green", "envelope-sent"),
    "accepted": ("green", "receipt"),
    "verified": ("green", "shield-check"),
    "openable": ("green", "key"),
    "opened": ("ink", "envelope-opened"),
    "unopenable": ("red", "envelope-broken"),
    "needs_recovery_key": ("red", "key"),
    "disputed": ("red", "alert"),
    "refused": ("red", "cross"),
    "rejected": ("red", "cross"),
    "failed": ("red", "cross"),
    "late": ("red", "clock"),
    "cancelled": ("neutral", "cross"),
    "withdrawn": ("neutral", "cross"),
    "replaced": ("neutral", "history"),
}

CELL = '<td data-label="{0}" class="is-{2}"><div>{1}</div></td>'

EnvelopeState = Literal["open", "sealed", "sent", "opened", "unopenable"]


class StageLike(Protocol):
    def get_code_display(self) -> str: ...
    @property
    def starts_at(self) -> dt.datetime | None: ...
    @property
    def ends_at(self) -> dt.datetime | None: ...


# --- Words with a sign ------------------------------------------------------------------------


@register.inclusion_tag("components/icon.html")
def icon(name: str, label: Text = "") -> dict[str, Any]:
    """A sign of the sprite. Without ``label`` it is decoration beside a word."""
    return {"href": f"{static('img/icons.svg')}#{name}", "label": label}


@register.inclusion_tag("components/pill.html")
def pill(label: Text, state: str, icon: str = "") -> dict[str, Any]:
    """A status: sign and word. An unknown ``state`` is neutral."""
    tone, sign = STATES.get(state, ("neutral", "dot"))
    return {"label": label, "state": state, "tone": tone, "icon": icon or sign}


@register.simple_block_tag
def alert(content: str, level: Level = "info", title: Text = "") -> SafeString:
    """Something the reader must know before going on."""
    return render_to_string(
        "components/alert.html",
        {"content": content, "level": level, "title": title, "icon": LEVEL_ICONS[level]},
    )


# --- The frame of a page ----------------------------------------------------------------------


@register.simple_block_tag
def page_head(content: str, title: Text, lead: Text = "", kicker: Text = "") -> SafeString:
    """The one ``h1``. The block holds pills, facts of one line and the actions of the page."""
    return render_to_string(
        "components/page_head.html",
        {"content": _stripped(content), "title": title, "lead": lead, "kicker": kicker},
    )


@register.simple_block_tag
def card(
    content: str,
    title: Text = "",
    level: Literal[2, 3, 4] = 2,
    icon: str = "",
    anchor: str = "",
) -> SafeString:
    """A sheet of paper with a heading of the given level."""
    return render_to_string(
        "components/card.html",
        {"content": content, "title": title, "level": level, "icon": icon, "anchor": anchor},
    )


@register.simple_block_tag
def tabs(content: str, label: Text) -> SafeString:
    """Links to the pages of one thing, in ``{% tab %}``; they are pages, not scripts."""
    return render_to_string("components/tabs.html", {"content": content, "label": label})


@register.inclusion_tag("components/tab.html", takes_context=True)
def tab(
    context: Context,
    label: Text,
    href: str,
    icon: str = "",
    count: int | None = None,
    current: bool | str = False,  # noqa: FBT001, FBT002 - templates pass it by name
) -> dict[str, Any]:
    """One tab: the current one when its address is the page's, or when the page says so."""
    current = bool(current) or context["request"].path == href
    return {"label": label, "href": href, "icon": icon, "count": count, "current": current}


@register.inclusion_tag("components/stepper.html")
def stepper(steps: Sequence[Text], current: int) -> dict[str, Any]:
    """The steps of one job; ``current`` counts from 1, one beyond the last means all done."""
    rows = [
        {"number": n, "label": label, "state": _step_state(n, current)}
        for n, label in zip(count(1), steps, strict=False)
    ]
    return {"steps": rows, "current": current, "total": len(rows)}


@register.simple_block_tag
def empty_state(content: str, title: Text, icon: str = "search") -> SafeString:
    """What stands where a list would be; the block says what to do now."""
    return render_to_string(
        "components/empty_state.html",
        {"content": _stripped(content), "title": title, "icon": icon},
    )


@register.inclusion_tag("components/pagination.html")
def pagination(previous: str = "", next: str = "", summary: Text = "") -> dict[str, Any]:  # noqa: A002
    """Keyset pages: the addresses of the two neighbours, and what is shown in words."""
    return {"previous": previous, "next": next, "summary": summary}


# --- Facts, tables, files ---------------------------------------------------------------------


@register.simple_block_tag
def facts(content: str, columns: Literal[1, 2, 3] = 1) -> SafeString:
    """A definition list; its rows are ``{% fact "Label" %}value{% endfact %}``."""
    return render_to_string("components/facts.html", {"content": content, "columns": columns})


@register.simple_block_tag
def fact(content: str, label: Text, kind: Literal["", "number", "wide"] = "") -> SafeString:
    return render_to_string(
        "components/fact.html", {"content": content, "label": label, "kind": kind}
    )


@register.simple_block_tag
def table(
    content: str,
    caption: Text,
    kind: Literal["list", "wide", "plain"] = "list",
    caption_hidden: bool = True,  # noqa: FBT001, FBT002 - templates pass it by name
) -> SafeString:
    """A table with a sticky head. ``list`` turns into cards on a phone, ``wide`` scrolls.

    The block is ``<thead>`` and ``<tbody>``; cells of the body are ``{% cell "Label" %}``.
    """
    return render_to_string(
        "components/table.html",
        {"content": content, "caption": caption, "kind": kind, "caption_hidden": caption_hidden},
    )


@register.simple_block_tag
def cell(
    content: str,
    label: Text,
    kind: Literal["", "number", "head", "actions", "time"] = "",
) -> SafeString:
    """One cell; ``label`` repeats the column's head where the row is shown as a card.

    Without a template of its own: a table has hundreds of them.
    """
    html = '<th scope="row" data-label="{0}">{1}</th>' if kind == "head" else CELL
    return format_html(html, label, _stripped(content), kind)


@register.simple_block_tag
def file_row(
    content: str,
    name: str,
    href: str = "",
    size: int | None = None,
    digest: str = "",
    at: dt.datetime | None = None,
    icon: str = "document",
) -> SafeString:
    """A file in a ``<ul class="file-list">``; the block holds its buttons and pills."""
    return render_to_string(
        "components/file_row.html",
        {
            "content": _stripped(content),
            "name": name,
            "href": href,
            "size": size,
            "digest": digest,
            "at": at,
            "icon": icon,
        },
    )


@register.inclusion_tag("components/money.html", name="money")
def money_amount(amount: Decimal | int | None, words: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002
    """An amount in rupiah, in words too where a document would say it so."""
    if amount is None:
        return {"figures": "", "words": ""}
    return {
        "figures": money.rupiah(amount),
        "words": money.terbilang(amount) if words else "",
    }


@register.inclusion_tag("components/progress.html")
def progress(value: int, total: int, label: Text, name: str = "") -> dict[str, Any]:
    """How far something is, as a bar and as words. ``name`` lets a script find it."""
    return {"value": value, "total": total, "label": label, "name": name}


# --- The signature elements -------------------------------------------------------------------


@register.inclusion_tag("components/countdown.html", takes_context=True)
def countdown(context: Context, until: dt.datetime, label: Text = "") -> dict[str, Any]:
    """The time left on the server's clock, and the instant itself."""
    left = until - _now(context)
    return {
        "until": until,
        "label": label,
        "is_over": left <= dt.timedelta(0),
        "left": in_words(left),
    }


@register.inclusion_tag("components/stage_timeline.html", takes_context=True)
def stage_timeline(
    context: Context,
    stages: Iterable[StageLike],
    layout: Literal["vertical", "horizontal"] = "vertical",
) -> dict[str, Any]:
    """The stages of a tender in order; several may be current at once."""
    now = _now(context)
    rows = [
        {"label": stage.get_code_display(), "stage": stage, "state": stage_state(stage, now)}
        for stage in stages
    ]
    return {
        "rows": rows,
        "layout": layout,
        "current": [row["label"] for row in rows if row["state"] == "current"],
    }


@register.inclusion_tag("components/envelope.html")
def envelope(
    state: EnvelopeState, label: Text = "", digest: str = "", note: Text = ""
) -> dict[str, Any]:
    """The envelope of a bid with the first groups of its digest."""
    tone, _icon = STATES[state]
    return {
        "state": state,
        "tone": tone,
        "label": label or envelope_word(state),
        "digest": digest,
        "note": note,
        "sprite": static("img/icons.svg"),
    }


@register.inclusion_tag("components/fingerprint.html")
def fingerprint(digest: str, label: Text = "", short: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002
    """A digest in groups of four: the first four, and all of them on demand."""
    return {"digest": digest, "groups": groups(digest), "label": label, "short": short}


@register.simple_block_tag(takes_context=True)
def receipt(
    context: Context,
    content: str,
    title: Text,
    outcome: str,
    outcome_label: Text,
    at: dt.datetime,
    number: str = "",
) -> SafeString:
    """A receipt looks like a document, because it is one. The block is its facts."""
    tone, sign = STATES.get(outcome, ("neutral", "dot"))
    return render_to_string(
        "components/receipt.html",
        {
            "content": content,
            "title": title,
            "tone": tone,
            "icon": sign,
            "outcome_label": outcome_label,
            "at": at,
            "number": number,
            "lpse_name": settings.LPSE_NAME,
        },
        request=context.get("request"),
    )


@register.simple_block_tag(takes_context=True)
def confirm_button(
    context: Context,
    content: str,
    label: Text,
    action: str,
    verb: Text,
    icon: str = "",
    tone: Literal["primary", "secondary", "danger"] = "secondary",
) -> SafeString:
    """A deed that asks first. The block is the question and any further fields.

    ``label`` opens the question, ``verb`` does it: a POST to ``action``. It is a
    ``<details>``, so it asks without JavaScript too.
    """
    return render_to_string(
        "components/confirm_button.html",
        {
            "content": content,
            "label": label,
            "action": action,
            "verb": verb,
            "icon": icon,
            "tone": tone,
        },
        request=context.get("request"),
    )


# --- What the browser loads -------------------------------------------------------------------


@register.simple_tag
def script(name: str) -> SafeString:
    """A bundled module, named as in the source: ``{% script "pages/seal.js" %}``."""
    asset = assets.find(name)
    return format_html(
        '<script type="module" src="{}" integrity="{}" crossorigin="anonymous"></script>',
        static(asset.path),
        asset.integrity,
    )


@register.simple_tag
def stylesheet(name: str) -> SafeString:
    asset = assets.find(name)
    return format_html(
        '<link rel="stylesheet" href="{}" integrity="{}" crossorigin="anonymous">',
        static(asset.path),
        asset.integrity,
    )


@register.simple_tag
def js_messages() -> SafeString:
    """The words of the page's scripts in the reader's language, as data."""
    return json_script(assets.messages(get_language() or settings.LANGUAGE_CODE), "messages")


# --- Filters ----------------------------------------------------------------------------------


@register.filter
def groups(digest: str) -> list[str]:
    """``digest`` in groups of four characters, as people compare it aloud."""
    return [digest[at : at + 4] for at in range(0, len(digest), 4)]


# --- Plain functions, also used by pages ------------------------------------------------------


def in_words(left: dt.timedelta) -> str:
    """A span as a person says it: days from two days on, else hours and minutes."""
    seconds = max(int(left.total_seconds()), 0)
    days, hours, minutes = seconds // 86_400, seconds // 3_600, seconds % 3_600 // 60
    if days > 1:
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    if minutes:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}


def stage_state(stage: StageLike, now: dt.datetime) -> Literal["upcoming", "current", "done"]:
    """Where ``stage`` is at ``now``; its end is exclusive, like every deadline here."""
    if stage.starts_at is None or now < stage.starts_at:
        return "upcoming"
    return "current" if stage.ends_at is None or now < stage.ends_at else "done"


def envelope_word(state: EnvelopeState) -> str:
    return {
        "open": _("Not sealed yet"),
        "sealed": _("Sealed"),
        "sent": _("Sealed and sent"),
        "opened": _("Opened"),
        "unopenable": _("Cannot be opened"),
    }[state]


def _stripped(content: str) -> SafeString:
    """The rendered block without the white space around it, so that an empty one is falsy."""
    return SafeString(content.strip())


def _step_state(number: int, current: int) -> str:
    if number < current:
        return "done"
    return "current" if number == current else "upcoming"


def _now(context: Context) -> dt.datetime:
    office = context.get("office")
    return office.now if office else database_now()
