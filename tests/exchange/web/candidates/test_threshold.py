"""Whose form came back."""

from datetime import timedelta

import pytest
from flask import Flask

from exchange.domain.errors import FormKeyError
from exchange.hub import Hub
from exchange.web.candidates import threshold
from tests.story import referrals


def check(app: Flask, hub: Hub, token: str, key: str, **headers: str) -> None:
    """Check a form that came back with a key."""
    with (
        app.test_request_context("/c/x", method="POST", data={"form_key": key}, headers=headers),
        hub.reading() as work,
    ):
        threshold.require_form(work, token, "page")


def issue(app: Flask, hub: Hub, token: str, page: str = "page") -> str:
    """Give out a form."""
    with app.test_request_context("/c/x"), hub.reading() as work:
        return threshold.form_key(work, token, page)


def test_a_form_is_taken_from_its_own_page_and_link_alone(app: Flask, hub: Hub) -> None:
    token, other = referrals.new_token(), referrals.new_token()
    check(app, hub, token, issue(app, hub, token))
    for key in (issue(app, hub, other), issue(app, hub, token, "another"), ""):
        with pytest.raises(FormKeyError):
            check(app, hub, token, key)


def test_a_form_grows_old(app: Flask, hub: Hub) -> None:
    token = referrals.new_token()
    key = issue(app, hub, token)
    referrals.move_clock(hub, timedelta(hours=1))
    check(app, hub, token, key)
    referrals.move_clock(hub, timedelta(hours=1))
    with pytest.raises(FormKeyError):
        check(app, hub, token, key)


@pytest.mark.parametrize(
    ("site", "taken"),
    [("same-origin", True), ("none", True), ("same-site", False), ("cross-site", False)],
)
def test_a_form_is_taken_from_our_own_pages_alone(
    app: Flask, hub: Hub, site: str, *, taken: bool
) -> None:
    token = referrals.new_token()
    key = issue(app, hub, token)
    if taken:
        check(app, hub, token, key, **{"Sec-Fetch-Site": site})
    else:
        with pytest.raises(FormKeyError):
            check(app, hub, token, key, **{"Sec-Fetch-Site": site})
