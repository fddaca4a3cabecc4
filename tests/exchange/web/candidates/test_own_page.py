"""The candidate's page, what it changes, and every way out."""

import json
import re
from datetime import timedelta
from threading import Timer

import httpx
import pytest

from exchange.hub import Hub
from exchange.services import consents, exclusions, permissions
from exchange.store import claims as claim_rows
from exchange.store.hires import HireRow
from tests.story import books, referrals, relays
from tests.story.forms import Form, form_to, send
from tests.story.referrals import Candidate
from tests.story.scheme import Consortium
from tests.story.second_reader import check_receipt


def post(visitor: httpx.Client, form: Form, /, **typed: str | list[str]) -> httpx.Response:
    """Send a form as it is filled in."""
    return send(visitor, form, "", **typed)


def form_of(visitor: httpx.Client, person: Candidate, ending: str, path: str = "") -> Form:
    """Open a page of somebody; return the form that goes to such an address."""
    return form_to(visitor.get(f"/c/{person.token}{path}").text, ending)


def claimed(consortium: Consortium, person: Candidate) -> str:
    """Let the first agency claim somebody, listed by exception; return the claim's id."""
    referrals.fill_in(consortium.hub, person, relays.ENGINEER)
    referrals.ask_to_list(consortium.hub, person)
    return relays.claim(consortium.hub, consortium.agencies[0]).id


def claim_state(hub: Hub, claim_id: str) -> str:
    """Return where a claim stands."""
    with hub.reading() as work:
        row = claim_rows.claim(work.session, claim_id)
        assert row is not None
        return row.state


def started(consortium: Consortium) -> tuple[relays.Candidate, HireRow]:
    """Let the first agency report that somebody has started at the second member today."""
    person, introduced = books.introduce(consortium)
    return person, relays.start(consortium.hub, consortium.agencies[0], introduced)


def confirmed_by(hub: Hub, hire: HireRow) -> str | None:
    """Return who has confirmed a hire."""
    with hub.reading() as work:
        return work.session.get_one(HireRow, hire.id).confirmed_by


def test_the_page_begins_with_where_one_stands_and_until_when(
    visitor: httpx.Client, person: Candidate
) -> None:
    page = visitor.get(f"/c/{person.token}?lang=ja").text
    assert "まだ公開していません。" in page
    assert re.search(r"\d{4}年\d{1,2}月\d{1,2}日まで。いつでもやめられます。", page)
    order = [
        "見せている項目",
        "だれが見たか",
        "これまで",
        "見せない会社",
        "データを受け取る",
        "同意を撤回する",
    ]
    places = [page.index(words) for words in order]
    assert places == sorted(places)


def test_no_page_sets_a_cookie_holds_a_script_or_lets_the_link_leak(
    visitor: httpx.Client, person: Candidate
) -> None:
    for path in ("", "/form", "/preview", "/withdraw", "/export", "/erase", "/settings", "/renew"):
        page = visitor.get(f"/c/{person.token}{path}")
        assert page.status_code == 200
        assert "set-cookie" not in page.headers
        assert "<script" not in page.text
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["", "/withdraw", "/export", "/erase", "/settings"])
def test_an_unknown_link_leads_nowhere(
    visitor: httpx.Client, consortium: Consortium, path: str
) -> None:
    assert visitor.get(f"/c/{referrals.new_token()}{path}").status_code == 404


def test_a_link_of_an_invitation_opens_no_page(visitor: httpx.Client, person: Candidate) -> None:
    assert visitor.get(f"/c/{person.invited.token}").status_code == 404


def test_switches_change_what_is_shown(visitor: httpx.Client, person: Candidate, hub: Hub) -> None:
    form = form_of(visitor, person, "/settings")
    page = post(visitor, form, groups=["skills"], modules=["outcome"])
    assert "Your choice is saved." in page.text
    permission = referrals.permission(hub, person)
    assert (permission.groups, permission.modules) == (("skills",), ("publish", "outcome"))


def test_the_consent_can_be_extended(visitor: httpx.Client, person: Candidate, hub: Hub) -> None:
    before = referrals.permission(hub, person).until
    referrals.move_clock(hub, timedelta(days=40))
    post(visitor, form_of(visitor, person, "/settings"), renew="yes")
    assert referrals.permission(hub, person).until > before


def test_all_switches_off_is_refused_with_what_to_do(
    visitor: httpx.Client, person: Candidate, hub: Hub
) -> None:
    form = form_of(visitor, person, "/settings")
    data = {name: value for name, value in form.fields if name == "form_key"}
    page = visitor.post(form.action, data=data)
    assert page.status_code == 422
    assert "at least one thing" in page.text
    assert referrals.permission(hub, person).groups


def test_companies_are_kept_away(visitor: httpx.Client, person: Candidate, hub: Hub) -> None:
    page = post(visitor, form_of(visitor, person, "/companies"), companies="みらい販売\r\nあおば")
    assert "Your list is saved." in page.text
    with hub.reading() as work:
        kept = exclusions.read(work, person.actor.candidate_id)
    assert kept.companies == ("みらい販売", "あおば")
    assert kept.origin_group
    assert form_of(visitor, person, "/companies").value("companies") == "みらい販売\nあおば"


def test_a_wrong_company_number_is_named(visitor: httpx.Client, person: Candidate) -> None:
    page = post(visitor, form_of(visitor, person, "/companies"), companies="1234567890123")
    assert page.status_code == 422
    assert "1234567890123" in page.text


def test_a_request_is_shown_with_who_what_and_until_when(
    visitor: httpx.Client, person: Candidate, consortium: Consortium
) -> None:
    claimed(consortium, person)
    page = visitor.get(f"/c/{person.token}?lang=ja").text
    assert "株式会社sakuraが、この仕事についてお話ししたいそうです" in page
    assert "有料職業紹介 13-ユ-000001" in page
    assert "バックエンドエンジニア" in page
    assert "600〜800万円" in page
    assert "年収の35%の手数料" in page
    assert re.search(r"お返事は\d{4}年\d{1,2}月\d{1,2}日まで。", page)
    assert page.index("見送る") < page.index("承諾して連絡先を伝える")


def test_a_request_is_accepted_only_with_the_deliberate_tick(
    visitor: httpx.Client, person: Candidate, consortium: Consortium
) -> None:
    claim = claimed(consortium, person)
    form = form_of(visitor, person, f"/claims/{claim}/approve")
    unsure = post(visitor, form)
    assert unsure.status_code == 422
    assert "Tick the box first." in unsure.text
    assert claim_state(consortium.hub, claim) == "open"
    done = post(visitor, form, **{f"sure-{claim}": "yes"})
    assert "You have accepted." in done.text
    assert claim_state(consortium.hub, claim) == "approved"
    assert "Contact on its way" in done.text


def test_a_request_is_turned_down_with_one_tap(
    visitor: httpx.Client, person: Candidate, consortium: Consortium
) -> None:
    claim = claimed(consortium, person)
    done = post(visitor, form_of(visitor, person, f"/claims/{claim}/decline"))
    assert "You have turned the request down." in done.text
    assert claim_state(consortium.hub, claim) == "declined"


def test_a_request_that_is_over_says_so(
    visitor: httpx.Client, person: Candidate, consortium: Consortium
) -> None:
    claim = claimed(consortium, person)
    referrals.move_clock(consortium.hub, timedelta(days=8))
    form = form_of(visitor, person, f"/claims/{claim}/approve")
    late = post(visitor, form, **{f"sure-{claim}": "yes"})
    assert late.status_code == 409
    assert 'role="alert"' in late.text


def test_a_neighbours_request_looks_exactly_like_an_absent_one(
    visitor: httpx.Client, person: Candidate, consortium: Consortium
) -> None:
    other = referrals.consent(consortium.hub, consortium.members[1])
    claim = claimed(consortium, person)
    key = form_of(visitor, other, "/settings").value("form_key")
    pages = [
        visitor.post(
            f"/c/{other.token}/claims/{name}/{act}",
            data={"form_key": key, f"sure-{name}": "yes"},
        )
        for act in ("approve", "decline")
        for name in (claim, f"clm_{'0' * 26}")
    ]
    assert {page.status_code for page in pages} == {404}
    assert len({re.sub("[0-9a-f]{32}", "", page.text) for page in pages}) == 1
    assert claim_state(consortium.hub, claim) == "open"


def test_a_reported_start_is_asked_about_and_no_start_ahead_of_its_report(
    visitor: httpx.Client, consortium: Consortium
) -> None:
    person, introduced = books.introduce(consortium)
    address = f"/c/{person.token}?lang=ja"
    relays.report(consortium.hub, consortium.agencies[0], introduced, "offer-accepted")
    assert "入社したと報告がありました" not in visitor.get(address).text
    relays.report(consortium.hub, consortium.agencies[0], introduced, "started")
    page = visitor.get(address).text
    day = r"\d{4}年\d{1,2}月\d{1,2}日"
    assert re.search(
        f"株式会社sakuraから、{day}に株式会社aozoraへ入社したと報告がありました。", page
    )
    assert "確認したことは、株式会社sakuraと株式会社aozoraに伝わります。" in page
    assert "紹介元の会社には、どなたの入社かは伝わりません。" in page
    assert "報告だけでは、何も数えられません。事務局にお知らせください:office@example.jp" in page
    assert page.index("入社を確認する") < page.index("見せている項目")


def test_who_wants_the_outcome_told_reads_that_it_will_be(
    visitor: httpx.Client, consortium: Consortium
) -> None:
    person, _ = started(consortium)
    switches = form_to(visitor.get(f"/c/{person.token}").text, "/settings")
    page = post(visitor, switches, modules=["exception", "outcome"]).text
    assert "the company that introduced you is told that you were hired." in page
    assert "is not told whose start it was" not in page


def test_a_start_is_confirmed_only_with_the_deliberate_tick_and_leaves_a_receipt(
    visitor: httpx.Client, consortium: Consortium
) -> None:
    hub = consortium.hub
    person, hire = started(consortium)
    form = form_to(visitor.get(f"/c/{person.token}").text, f"/hires/{hire.id}/confirm")
    assert visitor.get(form.action).status_code == 200
    unsure = post(visitor, form)
    assert unsure.status_code == 422
    assert 'aria-invalid="true"' in unsure.text
    assert confirmed_by(hub, hire) is None
    done = post(visitor, form, **{f"sure-{hire.id}": "yes"})
    assert "You have confirmed your start of work." in done.text
    assert "Your start of work is recorded." in done.text
    assert "/confirm" not in done.text
    assert confirmed_by(hub, hire) == "hub"
    (line,) = [line for line in done.text.split("<li>") if "start of work was confirmed" in line]
    link = re.search(rf"/c/{person.token}/receipts/[A-Za-z0-9_-]{{22}}", line)
    assert link is not None
    hub.sequence()
    told = check_receipt(visitor.get(link[0]).content, hub.scheme.ledger_vkey)
    assert (told["kind"], told["by"], told["refs"]) == (
        "hire.confirmed",
        "hub",
        {"hire": hire.id, "report": hire.start_attestation},
    )


def test_a_start_that_is_confirmed_twice_is_confirmed_once(
    visitor: httpx.Client, consortium: Consortium
) -> None:
    person, hire = started(consortium)
    form = form_to(visitor.get(f"/c/{person.token}").text, f"/hires/{hire.id}/confirm")
    pages = [post(visitor, form, **{f"sure-{hire.id}": "yes"}) for _ in range(2)]
    assert [page.status_code for page in pages] == [200, 200]
    assert pages[1].text.count("Your start of work was confirmed") == 1


def test_a_month_with_a_start_that_was_confirmed_by_the_link_is_sound_to_an_auditor(
    visitor: httpx.Client, consortium: Consortium
) -> None:
    hub = consortium.hub
    books.begin(hub)
    person, hire = started(consortium)
    form = form_to(visitor.get(f"/c/{person.token}").text, f"/hires/{hire.id}/confirm")
    assert post(visitor, form, **{f"sure-{hire.id}": "yes"}).status_code == 200
    books.next_month(hub, 4)
    assert books.settle(hub) == 4
    assert books.statement(hub, consortium.members[0].slug).slots.available == 1
    assert books.audit(hub)[-1].recomputed > 0


def test_a_start_is_not_confirmed_without_the_forms_key(
    visitor: httpx.Client, consortium: Consortium
) -> None:
    person, hire = started(consortium)
    address = f"/c/{person.token}/hires/{hire.id}/confirm"
    assert visitor.post(address, data={f"sure-{hire.id}": "yes"}).status_code in {403, 422}
    assert confirmed_by(consortium.hub, hire) is None


def test_a_neighbours_start_looks_exactly_like_an_absent_one(
    visitor: httpx.Client, person: Candidate, consortium: Consortium
) -> None:
    _, hire = started(consortium)
    key = form_of(visitor, person, "/settings").value("form_key")
    pages = [
        visitor.post(
            f"/c/{person.token}/hires/{name}/confirm",
            data={"form_key": key, f"sure-{name}": "yes"},
        )
        for name in (hire.id, f"hir_{'0' * 26}")
    ]
    assert {page.status_code for page in pages} == {404}
    assert len({re.sub("[0-9a-f]{32}", "", page.text) for page in pages}) == 1
    assert confirmed_by(consortium.hub, hire) is None


@pytest.mark.parametrize("moment", ["before the report", "after withdrawal"])
def test_no_start_is_confirmed_before_its_report_or_after_withdrawal(
    visitor: httpx.Client, consortium: Consortium, moment: str
) -> None:
    hub = consortium.hub
    person, introduced = books.introduce(consortium)
    hire = relays.report(hub, consortium.agencies[0], introduced, "offer-accepted")
    key = form_to(visitor.get(f"/c/{person.token}").text, "/settings").value("form_key")
    if moment == "after withdrawal":
        relays.report(hub, consortium.agencies[0], introduced, "started")
        with hub.work() as work:
            consents.withdraw(work, person.actor)
    late = visitor.post(
        f"/c/{person.token}/hires/{hire.id}/confirm",
        data={"form_key": key, f"sure-{hire.id}": "yes"},
    )
    assert late.status_code == 409
    assert 'role="alert"' in late.text
    assert "/confirm" not in late.text
    assert confirmed_by(hub, hire) is None


def test_withdrawing_takes_two_taps(visitor: httpx.Client, person: Candidate, hub: Hub) -> None:
    assert f"/c/{person.token}/withdraw" in visitor.get(f"/c/{person.token}").text
    done = post(visitor, form_of(visitor, person, "/withdraw", "/withdraw"))
    assert "You have withdrawn." in done.text
    with hub.reading() as work:
        assert not permissions.standing(work, person.referral)


def test_a_withdrawn_candidate_sees_no_switches_but_can_still_erase(
    visitor: httpx.Client, person: Candidate, hub: Hub
) -> None:
    with hub.work() as work:
        consents.withdraw(work, person.actor)
    page = visitor.get(f"/c/{person.token}").text
    assert "/settings" not in page
    assert f"/c/{person.token}/erase" in page
    assert f"/c/{person.token}/export" in page


def test_a_consent_that_has_run_out_can_be_renewed(
    visitor: httpx.Client, person: Candidate, hub: Hub
) -> None:
    referrals.move_clock(hub, timedelta(days=190))
    page = visitor.get(f"/c/{person.token}").text
    assert "Your consent has run out." in page
    done = post(visitor, form_to(page, "/renew"))
    assert "Your consent is renewed." in done.text
    assert referrals.permission(hub, person).groups


def test_the_export_is_a_file_that_only_a_form_gives(
    visitor: httpx.Client, person: Candidate
) -> None:
    assert visitor.get(f"/c/{person.token}/export").headers["Content-Type"].startswith("text/html")
    given = post(visitor, form_of(visitor, person, "/export", "/export"))
    assert given.headers["Content-Disposition"] == 'attachment; filename="career-relay.json"'
    document = json.loads(given.text)
    assert {"held", "notices", "organizations", "made_at"} <= set(document)


def test_an_export_without_the_forms_key_is_refused(
    visitor: httpx.Client, person: Candidate
) -> None:
    refused = visitor.post(f"/c/{person.token}/export", data={"form_key": "x"})
    assert refused.status_code == 403
    assert "held" not in refused.text


def test_every_line_of_the_history_has_its_receipt(
    visitor: httpx.Client, person: Candidate, hub: Hub
) -> None:
    hub.sequence()
    page = visitor.get(f"/c/{person.token}").text
    links = re.findall(rf"/c/{person.token}/receipts/[A-Za-z0-9_-]{{22}}", page)
    assert len(links) == 2
    kinds = []
    for link in links:
        receipt = visitor.get(link)
        name = f"receipt-{link.rpartition('/')[2]}.tlog-proof"
        assert receipt.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert receipt.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        assert receipt.headers["Cache-Control"] == "no-store"
        said = check_receipt(receipt.content, hub.scheme.ledger_vkey)
        assert said["refs"]["referral"] == person.referral  # type: ignore[index]
        kinds.append(said["kind"])
    assert kinds == ["consent.given", "referral.invited"]
    assert visitor.get(f"/c/{person.token}/receipts/{'A' * 22}").status_code == 404


@pytest.mark.parametrize(
    ("tongue", "words"),
    [
        ("ja", "証明できる小さなファイルで、渡した相手は、会社名を含む内容を読めます。"),
        ("en", "whoever you give it to can read the step and the companies in it."),
    ],
)
@pytest.mark.usefixtures("translated")
def test_one_sentence_says_what_a_receipt_is_and_whom_it_tells(
    visitor: httpx.Client, person: Candidate, tongue: str, words: str
) -> None:
    page = visitor.get(f"/c/{person.token}?lang={tongue}").text
    assert page.count(words) == 1
    assert page.count('#check"') == 1


def test_every_answer_to_a_request_leaves_its_receipt(
    visitor: httpx.Client, consortium: Consortium, hub: Hub, person: Candidate
) -> None:
    claim = claimed(consortium, person)
    post(visitor, form_of(visitor, person, f"/claims/{claim}/decline"))
    claim = relays.claim(hub, consortium.agencies[1]).id
    form = form_of(visitor, person, f"/claims/{claim}/approve")
    post(visitor, form, **{f"sure-{claim}": "yes"})
    post(visitor, form_of(visitor, person, "/settings"), groups=["skills"])
    post(visitor, form_of(visitor, person, "/withdraw", "/withdraw"))
    hub.sequence()
    page = visitor.get(f"/c/{person.token}").text
    links = re.findall(rf"/c/{person.token}/receipts/[A-Za-z0-9_-]{{22}}", page)
    kinds = {
        str(check_receipt(visitor.get(link).content, hub.scheme.ledger_vkey)["kind"])
        for link in links
    }
    assert {
        "claim.declined",
        "claim.approved",
        "consent.given",
        "consent.changed",
        "consent.withdrawn",
    } <= kinds


def test_a_receipt_that_is_not_ready_is_told_in_words_for_people(
    visitor: httpx.Client, person: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exchange.web.http.receipt_files.PATIENCE_S", 0)
    page = visitor.get(f"/c/{person.token}?lang=ja").text
    link = re.findall(rf"/c/{person.token}/receipts/[A-Za-z0-9_-]{{22}}", page)[0]
    told = visitor.get(f"{link}?lang=ja")
    assert told.status_code == 404
    assert "控えは、まだできていません" in told.text
    assert "少し後にもう一度" in told.text
    assert "Prefer" not in told.text


def test_a_receipt_comes_a_moment_after_the_act(
    visitor: httpx.Client, person: Candidate, hub: Hub
) -> None:
    page = visitor.get(f"/c/{person.token}").text
    link = re.findall(rf"/c/{person.token}/receipts/[A-Za-z0-9_-]{{22}}", page)[0]
    later = Timer(0.4, hub.sequence)
    later.start()
    given = visitor.get(link)
    later.join()
    assert given.status_code == 200
    assert "Preference-Applied" not in given.headers


def test_a_receipt_goes_with_erasure_and_the_file_taken_along_stays_good(
    visitor: httpx.Client, person: Candidate, hub: Hub
) -> None:
    hub.sequence()
    page = visitor.get(f"/c/{person.token}").text
    link = re.findall(rf"/c/{person.token}/receipts/[A-Za-z0-9_-]{{22}}", page)[0]
    file = visitor.get(link).content
    post(visitor, form_of(visitor, person, "/erase", "/erase"), sure="yes")
    hub.sequence()
    assert visitor.get(link).status_code == 404
    said = check_receipt(file, hub.scheme.ledger_vkey)
    assert said["kind"] == "consent.given"


def test_before_erasing_one_reads_what_becomes_of_receipts_and_can_take_them_along(
    visitor: httpx.Client, person: Candidate
) -> None:
    page = visitor.get(f"/c/{person.token}/erase").text
    places = [
        page.index("Receipts that you or these companies have saved are not erased"),
        page.index("Take my data and receipts along first"),
        page.index('name="sure"'),
    ]
    assert places == sorted(places)


def test_what_is_taken_along_holds_every_receipt_of_the_page(
    visitor: httpx.Client, consortium: Consortium, hub: Hub, person: Candidate
) -> None:
    claimed(consortium, person)
    hub.sequence()
    page = visitor.get(f"/c/{person.token}").text
    names = re.findall(rf"/c/{person.token}/receipts/([A-Za-z0-9_-]{{22}})", page)
    assert len(names) == 4
    given = post(visitor, form_of(visitor, person, "/export", "/export")).json()["receipts"]
    assert set(names) <= set(given)
    for name in names:
        file = visitor.get(f"/c/{person.token}/receipts/{name}")
        assert given[name] == file.text


def test_whoever_has_accepted_is_not_told_that_they_are_asked(
    visitor: httpx.Client, consortium: Consortium, person: Candidate
) -> None:
    claim = claimed(consortium, person)
    assert "An agency has asked for you." in visitor.get(f"/c/{person.token}").text
    form = form_of(visitor, person, f"/claims/{claim}/approve")
    page = post(visitor, form, **{f"sure-{claim}": "yes"}).text
    assert "You have accepted an agency. Others do not see you for now." in page
    assert "An agency has asked for you." not in page


def test_the_history_says_what_an_agency_has_reported(
    visitor: httpx.Client, consortium: Consortium
) -> None:
    someone, _ = started(consortium)
    page = visitor.get(f"/c/{someone.token}").text
    newest, earlier = page.index("(your start of work)"), page.index("(you accepted an offer)")
    assert newest < earlier


def test_erasing_needs_a_deliberate_tick_and_then_the_link_leads_nowhere(
    visitor: httpx.Client, person: Candidate
) -> None:
    form = form_of(visitor, person, "/erase", "/erase")
    unsure = post(visitor, form)
    assert unsure.status_code == 422
    assert visitor.get(f"/c/{person.token}").status_code == 200
    done = post(visitor, form, sure="yes")
    assert "The audit ledger keeps only marks that no longer point to anyone." in done.text
    assert "Receipts that you or the companies have saved are not erased" in done.text
    assert visitor.get(f"/c/{person.token}").status_code == 404
    assert visitor.get(f"/i/{person.invited.token}").status_code == 404
    assert post(visitor, form, sure="yes").status_code == 404


@pytest.mark.parametrize("path", ["settings", "companies", "withdraw", "erase", "renew"])
def test_a_form_without_its_key_changes_nothing(
    visitor: httpx.Client, person: Candidate, hub: Hub, path: str
) -> None:
    before = referrals.permission(hub, person)
    refused = visitor.post(f"/c/{person.token}/{path}", data={"groups": "skills", "sure": "yes"})
    assert refused.status_code in {403, 422}
    assert referrals.permission(hub, person) == before


def test_looking_changes_nothing(visitor: httpx.Client, person: Candidate, hub: Hub) -> None:
    before = referrals.permission(hub, person)
    for path in ("settings", "companies", "withdraw", "erase", "renew", "export", "list"):
        visitor.get(f"/c/{person.token}/{path}?sure=yes")
    assert referrals.permission(hub, person) == before
    assert referrals.profile_of(hub, person).state == "draft"
