"""Who buys from the demo group: people and addresses that there are not."""

from collections.abc import Mapping, Sequence
from typing import Final

_FRANCE: Final = (
    ("Adèle Montferrand", "14 rue des Essais", "75011", "Paris"),
    ("Blaise Okonjo", "3 quai de l’Invention", "69002", "Lyon"),  # noqa: RUF001  French
    ("Capucine Darrieux", "27 allée du Modèle", "33000", "Bordeaux"),
    ("Driss Belhaj", "8 place de l’Exemple", "13006", "Marseille"),  # noqa: RUF001  French
    ("Eugénie Sarlat", "51 rue de la Fable", "59000", "Lille"),
    ("Firmin Castaing", "2 impasse du Conte", "31000", "Toulouse"),
    ("Garance Le Hénaff", "19 rue du Songe", "44000", "Nantes"),
    ("Hiro Tanabe", "6 cours de la Maquette", "06000", "Nice"),
    ("Inès Vaucluse", "33 rue du Brouillon", "67000", "Strasbourg"),
    ("Jeanne Attali", "11 avenue du Patron", "75016", "Paris"),
)
_BRITAIN: Final = (
    ("Kit Ashdown", "4 Specimen Row", "SW1A 1AA", "London"),
    ("Leonie Marsh", "22 Sample Street", "M1 1AE", "Manchester"),
    ("Maud Fairweather", "9 Draft Lane", "EH1 1YZ", "Edinburgh"),
    ("Noor Rahman", "17 Pattern Court", "B1 1AA", "Birmingham"),
)


def customers() -> Sequence[Mapping[str, str]]:
    """Return their addresses, as the API takes them, each with an e-mail."""
    return [
        *(_customer(one, "FR") for one in _FRANCE),
        *(_customer(one, "GB") for one in _BRITAIN),
    ]


def _customer(told: tuple[str, str, str, str], country: str) -> Mapping[str, str]:
    name, line1, postal_code, city = told
    return {
        "name": name,
        "line1": line1,
        "postal_code": postal_code,
        "city": city,
        "country": country,
    }
