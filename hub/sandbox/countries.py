"""How people write a country, and what a company there looks like."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Country:
    """A country by its English short name, with the other ways to write it."""

    name: str
    iso2: str
    iso3: str
    local: str
    currency: str
    tld: str
    legal_form: str
    """The one that a national subsidiary most often has."""
    phone: str
    """A number's beginning, in a range set aside for fiction where there is one."""


_FICTION = "+1 202 555 01"

COUNTRIES: dict[str, Country] = {
    country.name: country
    for country in (
        Country("Germany", "DE", "DEU", "Deutschland", "EUR", "de", "GmbH", "+49 30 23125 0"),
        Country("United States", "US", "USA", "USA", "USD", "us", "Inc.", "+1 (415) 555-01"),
        Country("United Kingdom", "GB", "GBR", "UK", "GBP", "co.uk", "Ltd", "+44 20 7946 00"),
        Country("France", "FR", "FRA", "France", "EUR", "fr", "SAS", "+33 1 99 00 12 "),
        Country("Netherlands", "NL", "NLD", "Nederland", "EUR", "nl", "B.V.", _FICTION),
        Country("Spain", "ES", "ESP", "España", "EUR", "es", "S.L.", _FICTION),
        Country("Italy", "IT", "ITA", "Italia", "EUR", "it", "S.r.l.", _FICTION),
        Country("Switzerland", "CH", "CHE", "Schweiz", "CHF", "ch", "AG", _FICTION),
        Country("Austria", "AT", "AUT", "Österreich", "EUR", "at", "GmbH", _FICTION),
        Country("Poland", "PL", "POL", "Polska", "PLN", "pl", "Sp. z o.o.", _FICTION),
        Country("Sweden", "SE", "SWE", "Sverige", "SEK", "se", "AB", _FICTION),
        Country("Norway", "NO", "NOR", "Norge", "NOK", "no", "AS", _FICTION),
        Country("Denmark", "DK", "DNK", "Danmark", "DKK", "dk", "A/S", _FICTION),
        Country("Finland", "FI", "FIN", "Suomi", "EUR", "fi", "Oy", _FICTION),
        Country("Belgium", "BE", "BEL", "België", "EUR", "be", "NV", _FICTION),
        Country("Portugal", "PT", "PRT", "Portugal", "EUR", "pt", "Lda", _FICTION),
        Country("Czech Republic", "CZ", "CZE", "Česko", "CZK", "cz", "s.r.o.", _FICTION),
        Country("Hungary", "HU", "HUN", "Magyarország", "HUF", "hu", "Kft.", _FICTION),
        Country("Greece", "GR", "GRC", "Ελλάδα", "EUR", "gr", "S.A.", _FICTION),
        Country("Ireland", "IE", "IRL", "Ireland", "EUR", "ie", "Limited", _FICTION),
        Country("Turkey", "TR", "TUR", "Türkiye", "TRY", "com.tr", "A.Ş.", _FICTION),
        Country("Israel", "IL", "ISR", "ישראל", "ILS", "co.il", "Ltd.", _FICTION),
        Country("Japan", "JP", "JPN", "日本", "JPY", "co.jp", "K.K.", "+81 3 5550 01"),
        Country("China", "CN", "CHN", "中国", "CNY", "com.cn", "Co., Ltd.", _FICTION),
        Country("Hong Kong", "HK", "HKG", "香港", "HKD", "com.hk", "Limited", _FICTION),
        Country("Taiwan", "TW", "TWN", "台灣", "TWD", "com.tw", "Co., Ltd.", _FICTION),
        Country("South Korea", "KR", "KOR", "대한민국", "KRW", "co.kr", "Co., Ltd.", _FICTION),
        Country("India", "IN", "IND", "India", "INR", "co.in", "Pvt. Ltd.", _FICTION),
        Country("Singapore", "SG", "SGP", "Singapore", "SGD", "com.sg", "Pte. Ltd.", _FICTION),
        Country("Malaysia", "MY", "MYS", "Malaysia", "MYR", "com.my", "Sdn. Bhd.", _FICTION),
        Country("Indonesia", "ID", "IDN", "Indonesia", "IDR", "co.id", "PT", _FICTION),
        Country("Thailand", "TH", "THA", "ประเทศไทย", "THB", "co.th", "Co., Ltd.", _FICTION),
        Country("Australia", "AU", "AUS", "Australia", "AUD", "com.au", "Pty Ltd", "+61 2 5550 10"),
        Country("New Zealand", "NZ", "NZL", "Aotearoa", "NZD", "co.nz", "Limited", _FICTION),
        Country("Canada", "CA", "CAN", "Canada", "CAD", "ca", "Ltd.", "+1 613 555 01"),
        Country("Mexico", "MX", "MEX", "México", "MXN", "com.mx", "S.A. de C.V.", _FICTION),
        Country("Brazil", "BR", "BRA", "Brasil", "BRL", "com.br", "Ltda.", _FICTION),
        Country("South Africa", "ZA", "ZAF", "South Africa", "ZAR", "co.za", "(Pty) Ltd", _FICTION),
    )
}

_ELSEWHERE = Country("", "", "", "", "USD", "com", "Ltd.", _FICTION)


def country_facts(name: str) -> Country:
    """What is known of a country; where we know nothing, its trade is in US dollars."""
    return COUNTRIES.get(name, _ELSEWHERE)


UNITS_PER_DOLLAR = {
    "USD": Decimal(1),
    "EUR": Decimal("0.9"),
    "GBP": Decimal("0.8"),
    "CHF": Decimal("0.9"),
    "PLN": Decimal(4),
    "SEK": Decimal(10),
    "NOK": Decimal(10),
    "DKK": Decimal(7),
    "CZK": Decimal(23),
    "HUF": Decimal(350),
    "TRY": Decimal(30),
    "ILS": Decimal("3.6"),
    "JPY": Decimal(150),
    "CNY": Decimal(7),
    "HKD": Decimal("7.8"),
    "TWD": Decimal(31),
    "KRW": Decimal(1300),
    "INR": Decimal(84),
    "SGD": Decimal("1.3"),
    "MYR": Decimal("4.5"),
    "IDR": Decimal(15500),
    "THB": Decimal(34),
    "AUD": Decimal("1.5"),
    "NZD": Decimal("1.6"),
    "CAD": Decimal("1.4"),
    "MXN": Decimal(18),
    "BRL": Decimal(5),
    "ZAR": Decimal(18),
}
"""Rough, and enough for amounts that look right."""
