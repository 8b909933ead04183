"""Lists of Norwegian words that sandbox records are made of; no real company or person is meant."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    """Return the words between semicolons, across lines."""
    return tuple(" ".join(word.split()) for word in text.split(";"))


TRADES = _words("""
    Bygg; Elektro; Rør; Maskin; Transport; Regnskap; Arkitekter; Consulting; Eiendom; Tømrer; Maler;
    Bilverksted; Renhold; Gartneri; Bakeri; Fisk; Skog; Data; Reklame; Møbler; Sport; Optikk; Trykk;
    Frukt og Grønt; Kulde; Stål
""")
FORMS = _words("""
    AS; AS; AS; AS; ANS; DA; SA; ENK
""")
WORKS = _words("""
    Rehabilitering; Nybygg; Oppgradering; Vedlikehold; Utbygging; Prosjektering; Montasje; Service
""")
SITES = _words("""
    skole; barnehage; kontorbygg; hytte; lager; bolig; butikk; kai; fabrikk; sykehjem; idrettshall;
    bru
""")
WARES = _words("""
    Skrue; Kabel; Planke; Maling; Rør; Ventil; Lampe; Dør; Vindu; Pumpe; Bryter; Plate; List;
    Isolasjon; Hengsel
""")
MEASURES = _words("""
    4x40; M8; 12 mm; 2,5 mm²; 5 liter; 60x120; E27; 230 V; 98 mm; 15x90; 1/2; hvit; galvanisert;
    eik; rustfri
""")
DEPARTMENTS = _words("""
    Administrasjon; Salg; Marked; Produksjon; Lager; Prosjekt; Service; Økonomi; IT; Personal;
    Innkjøp
""")
ACCOUNTS = _words("""
    Salgsinntekt høy sats; Salgsinntekt avgiftsfri; Varekjøp; Frakt; Lønn til ansatte; Feriepenger;
    Leie lokaler; Kundefordringer; Leverandørgjeld; Bankinnskudd; Skattetrekk; Utgående
    merverdiavgift; Inngående merverdiavgift; Driftsmidler; Avskrivning; Forsikring; Telefon;
    Reisekostnad; Diett; Renteinntekt; Rentekostnad; Aksjekapital
""")
ACTIVITIES = _words("""
    Fakturerbart arbeid; Prosjektledelse; Montering; Administrasjon; Ferie; Sykdom; Kurs; Reisetid;
    Kundemøte; Befaring; Dokumentasjon; Garantiarbeid; Planlegging; Rydding; Kontroll
""")
CLAUSES = _words("""
    etter avtale; i henhold til tilbud; levert og montert; inkludert rigg; se vedlegg; med forbehold
    om tilgang; per time; haster; gjelder andre etasje; avklart på telefon; første del; restarbeid;
    påbegynt; godkjent av kunden
""")
_PLACES = _words("""
    0150 Oslo; 0484 Oslo; 0663 Oslo; 1366 Lysaker; 1511 Moss; 1606 Fredrikstad; 1706 Sarpsborg; 1776
    Halden; 2000 Lillestrøm; 2317 Hamar; 2609 Lillehammer; 2815 Gjøvik; 3015 Drammen; 3111 Tønsberg;
    3211 Sandefjord; 3611 Kongsberg; 3717 Skien; 3916 Porsgrunn; 4006 Stavanger; 4307 Sandnes; 4515
    Mandal; 4611 Kristiansand; 4836 Arendal; 5003 Bergen; 5108 Hordvik; 5527 Haugesund; 5700 Voss;
    6003 Ålesund; 6413 Molde; 6509 Kristiansund; 6800 Førde; 7011 Trondheim; 7300 Orkanger; 7600
    Levanger; 7713 Steinkjer; 8006 Bodø; 8514 Narvik; 8622 Mo i Rana; 9008 Tromsø; 9405 Harstad;
    9510 Alta; 9800 Vadsø
""")
PLACES = tuple((place[:4], place[5:]) for place in _PLACES)
"""Postal code and town, as they belong together."""
