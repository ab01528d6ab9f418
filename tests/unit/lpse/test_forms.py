from __future__ import annotations

from django import forms
from django.template import Context, Template
from django.utils import translation


class PackageForm(forms.Form):
    title = forms.CharField(label="Title", help_text="As in the plan.")
    note = forms.CharField(label="Note", required=False)
    kind = forms.ChoiceField(
        label="Kind", choices=[("a", "Lump sum"), ("b", "Unit price")], widget=forms.RadioSelect
    )
    agree = forms.BooleanField(label="I agree")


def rendered(form: forms.Form) -> str:
    with translation.override("en"):
        return " ".join(Template("{{ form }}").render(Context({"form": form})).split())


def test_a_fresh_form_has_no_summary_and_marks_what_is_optional() -> None:
    shown = rendered(PackageForm())

    assert "error-summary" not in shown
    assert shown.count("(optional)") == 1
    assert 'aria-describedby="id_title_helptext"' in shown
    assert 'id="id_title_helptext"' in shown


def test_errors_stand_in_a_summary_that_takes_the_focus_and_beside_their_fields() -> None:
    shown = rendered(PackageForm({"note": "x"}))

    assert '<div class="error-summary" role="alert" tabindex="-1" autofocus>' in shown
    assert '<a href="#id_title">Title: This field is required.</a>' in shown
    assert 'aria-invalid="true"' in shown
    assert 'aria-describedby="id_title_helptext id_title_error"' in shown
    assert 'id="id_title_error"' in shown


def test_every_link_of_the_summary_leads_to_something() -> None:
    shown = rendered(PackageForm({}))
    links = [part.split('"')[0] for part in shown.split('<a href="#')[1:]]

    assert links == ["id_title", "id_kind_0", "id_agree"]
    assert [link for link in links if f'id="{link}"' not in shown] == []


def test_an_error_of_the_whole_form_is_in_the_summary() -> None:
    form = PackageForm({})
    form.add_error(None, "The deadline has passed.")

    assert "<li>The deadline has passed.</li>" in rendered(form)


def test_no_id_is_given_twice() -> None:
    shown = rendered(PackageForm({}))
    ids = [part.split('"')[0] for part in shown.split(' id="')[1:]]

    assert sorted(ids) == sorted(set(ids))
