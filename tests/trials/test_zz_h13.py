from typing import TYPE_CHECKING
import json, jwt, httpx, base64
from exchange.app import create_app
from tests.story import api, scheme, relays, referrals
from tests.story.api import Caller

def b64(x): return base64.urlsafe_b64encode(x).rstrip(b"=").decode()

def test_probe(scene):
    hub = scene.hub
    agency = scene.consortium.agencies[0]
    with api.visitor(create_app(hub)) as http:
        c = Caller(organization=agency, hub=hub, http=http)
        t = c.token()
        h, p, s = t.split(".")
        for kid in ("\x00", "\ud800", "a"*5000, "\u202e", 7):
            hh = b64(json.dumps({"alg":"EdDSA","kid":kid,"typ":"JWT"}).encode())
            print("KID", repr(kid)[:20], http.get("/v1/people", headers={"Authorization": f"Bearer {hh}.{p}.{s}"}).status_code)
        for iss in ("\x00", "\ud800"):
            now=int(hub.clock.now().timestamp())
            pay=b64(json.dumps({"iss":iss,"aud":hub.scheme.web_origin,"iat":now,"exp":now+60,"jti":"x"}).encode())
            sig=b64(agency.signing.sign(f"{h}.{pay}".encode()))
            print("ISS", repr(iss), http.get("/v1/people", headers={"Authorization": f"Bearer {h}.{pay}.{sig}"}).status_code)
        # attestation with strange header kid
        for kid in ("\x00", "\ud800", "x"):
            hh = b64(json.dumps({"alg":"EdDSA","kid":kid,"typ":"relay-attestation"},separators=(",",":"),sort_keys=True, ensure_ascii=False).encode("utf-8","surrogatepass"))
            print("ATT", repr(kid), c.post("/v1/keys", {"attestation": f"{hh}.{p}.{s}"}).json()["detail"][:60])
        person = referrals.listed(hub, scene.consortium.members[0])
        from tests.story.forms import form_to
        page = http.get(f"/c/{person.token}/form").text
        f = form_to(page, "/form")
        for name in ("skills","summary","occupation","prefecture","desired_salary_man"):
            for v in (b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"a\x00b"):
                from urllib.parse import urlencode
                body = urlencode({**{k: x for k, x in f.filled().items() if isinstance(x,str)}, name: v}).encode()
                r = http.post(f.action, content=body, headers={"Content-Type":"application/x-www-form-urlencoded"})
                if r.status_code not in (200, 303, 302, 422): print("FORM", name, v, r.status_code)
        page = http.get(f"/c/{person.token}").text
        f = form_to(page, "/companies")
        for v in (b"\x00", b"\xff\xfe", b"abc\x00"):
            body = urlencode({**{k: x for k, x in f.filled().items() if isinstance(x,str)}, "companies": v}).encode()
            r = http.post(f.action, content=body, headers={"Content-Type":"application/x-www-form-urlencoded"})
            print("COMP", v, r.status_code)
        for path in (f"/c/{person.token}/receipts/%00", f"/c/{person.token}/receipts/x%ff", f"/c/{person.token}?lang=%00", f"/c/%00", "/i/%ff", "/v1/agency/claims?cursor=%00", "/v1/agency/claims?cursor=%ff", "/v1/member/statements?period=%00", "/docs/problems?lang=xx", "/portal/enrol/%00", "/ledger/tile/0/%00", "/ledger/tile/0/x999", "/v1/reveals?after=99999999999999999999"):
            r = c.get(path) if path.startswith("/v1") else http.get(path)
            print("PATH", path[-30:], r.status_code)
        for v in (b"\x00", b"\xff\xfe", b"x"*100, b"{}"):
            for where in ("/portal/sign-in", ):
                r = http.post(where, content=urlencode({"answer": v, "challenge": v}).encode(), headers={"Content-Type":"application/x-www-form-urlencoded"})
                print("SIGN", v[:5], r.status_code)
        r = c.post("/v1/agency/vacancies", {"title":"a\u2028\u202e","job_kind":"mid-career","open_until":"2027-01-31"}); print("VAC", r.status_code)
        r = c.post("/v1/people", {"display_name":"\u202e\u0007"}); print("PPL", r.status_code, r.text[:200])
        r = http.get("/v1/scheme", headers={"Accept-Language":"\x7f;q=é".encode("latin1")}); print("LANG", r.status_code)
        hdr={"Authorization": f"Bearer {c.token()}", "Idempotency-Key":"k"}
        r = http.post("/v1/people", content=b'{"display_name":"\\ud800"}', headers={**hdr,"Content-Type":"application/json"}); print("SURR", r.status_code)
        r = http.post("/v1/people", json={"display_name":"x"}, headers={"Authorization": "Bearer \xff".encode("latin1"), "Idempotency-Key":"k"}); print("BEARER", r.status_code)
        from urllib.parse import urlencode
