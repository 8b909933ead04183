"""Legal forms of companies as they stand in names, in words without dots and accents.

Many are the same form in two languages or in full: what is compared is the name without it, and a form that
differs says little, for people leave it out, translate it or have not heard of the change.
"""

from __future__ import annotations

_BY_COUNTRY = {
    "Norway": "as asa ans da enk ba nuf ks iks kf sti sa aksjeselskap aksjeselskapet allmennaksjeselskap|"
    "ansvarlig selskap|enkeltpersonforetak|kommandittselskap|samvirkeforetak|stiftelse",
    "Sweden": "ab hb kb ekf aktiebolag aktiebolaget handelsbolag handelsbolaget kommanditbolag publ|"
    "enskild firma|ekonomisk forening",
    "Denmark": "as aps is ps ks ivs amba aktieselskab anpartsselskab ivarksatterselskab interessentskab",
    "Finland": "oy oyj ab abp ky ay tmi osk osakeyhtio|julkinen osakeyhtio|kommandiittiyhtio|toiminimi",
    "Iceland": "ehf hf",
    "Germany, Austria, Switzerland": "gmbh ag kg ohg ug gbr ek ev mbh aktiengesellschaft|"
    "gmbh co kg|gmbh co|gesellschaft mit beschrankter haftung|ug haftungsbeschrankt",
    "English": "ltd limited plc llc llp lp inc incorporated corp corporation co company pty|pty ltd|co ltd",
    "Netherlands, Belgium": "bv nv vof cv bvba besloten vennootschap",
    "France": "sa sarl sas sasu eurl snc|societe anonyme",
    "Italy": "spa srl srls snc sas|societa per azioni",
    "Spain, Portugal": "sl slu sau lda|sociedad limitada|sociedad anonima",
    "Eastern Europe": "ou sia uab kft zrt doo dd sro|sp zoo|sp z oo|spolka z oo|spol sro",
}
LEADING = frozenset({"as", "asa", "ans", "da", "ab", "oy", "ou", "sia", "uab"}) | {
    "aktiebolaget", "aksjeselskapet",
}  # fmt: skip
"""Forms that also stand first: ``AB Volvo``."""

BRANCH_WORDS = frozenset({"avd", "avdeling", "avdelning", "afd", "afdeling", "filial", "branch"})
"""What follows one of these names a part of the company."""

CONNECTIVES = frozenset({"og", "and", "och", "und", "et", "en", "the"})
"""Words that are left out, written or abbreviated at will."""


def _forms() -> frozenset[tuple[str, ...]]:
    single = {(word,) for listed in _BY_COUNTRY.values() for word in listed.split("|")[0].split()}
    several = {tuple(form.split()) for listed in _BY_COUNTRY.values() for form in listed.split("|")[1:]}
    return frozenset(single | several)


FORMS = _forms()
LONGEST = max(len(form) for form in FORMS)
