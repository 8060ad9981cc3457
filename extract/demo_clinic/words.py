"""Word lists for invented people and places: plausible to the eye, found in no register."""

from __future__ import annotations


def _listed(text: str, *, between: str = " ") -> tuple[str, ...]:
    return tuple(text.split(between))


FAMILY_FRONTS = _listed(
    "Quill Tarn Oster Pello Brindle Marrow Fenni Thistle Wrox Calder Dunmo Elver Gorse Hallow Imber"
    " Jarrow Kestle Lorrim Mossel Nettle Orrin Pim Rookle Sable Tolver Umber Vellan Wims Yarrow"
    " Zephyl Ashgil Barlo Cindrel Dovel Embrel Farrin Grimsel Hobbin Isselt Jessam"
)
FAMILY_BACKS = _listed(
    "marsh beck vane wick cote fen dale shaw thorpe combe ridge holt mere stow garth wold lock ford"
    " burn ley croft mont well berg strand hurst field gate sedge worthy"
)
FAMILY_BY_SCRIPT = {
    "accents": _listed(
        "Exémplard Muéstrez Beispielström Příkladová Örnekçi Eksempelgård Fauxnière Przykładów"
        " Näytelä Inventário Példafalvy Modèlecourt"
    ),
    "apostrophe": _listed("O'Quillan D'Exampel O'Tarnigan L'Invent M'Brindle D'Ombrevale"),
    "cjk": _listed("見本 架空 例示 虚构 样本 가상 예시 仮設"),
    "other_script": _listed("Примеров Вымыслов Образцов Παραδειγματίδης مثالي דוגמאי"),
}
GIVEN_FEMALE = _listed(
    "Alba Brisa Corinna Delphine Elowen Fenna Greta Hollis Imelda Junia Katrin Linnea Maren Nerys"
    " Odette Petra Quilla Rosalind Saskia Tamsin Ulla Verity Wilna Xenia Yara Zelda"
)
GIVEN_MALE = _listed(
    "Alden Bram Corwin Dorian Edmund Fabian Gareth Hugo Ivor Jasper Kester Lorcan Magnus Nico"
    " Osric Piers Quentin Rufus Stellan Tobias Ulric Vaughn Wendel Xander Yorick Zeno"
)
GIVEN_BY_SCRIPT = {
    "accents": _listed("Zoë Renée Søren Łucja Íñigo Çağla Håkon Anaïs Jörg"),
    "cjk": _listed("花子 太郎 小明 晓华 민서 지우 結衣 蓮"),
    "other_script": _listed("Надежда Лев Ζωή Νίκος سلمى נועה"),
}
PREFERRED = _listed("Bee Ziggy Moss Pip Tam Jo Kit Wren Ozzie Lark")
SUFFIXES = _listed("Jr. Sr. III PhD")
STREETS = _listed(
    "Lanternfish Cobblenut Pennywhistle Marblebird Thimble Cloudberry Kitestring Saltbox Foxglove"
    " Windlass Pinwheel Teasel"
)
STREET_KINDS = _listed("St Ave Ln Rd Ct Blvd")
# City, state, first three digits of the ZIP code: New Jersey's and Connecticut's begin with 0.
PLACES_EAST = (
    ("Lower Tarnbrook", "NY", "100"),
    ("Pellowick Heights", "NY", "112"),
    ("Marrowfield", "NJ", "070"),
    ("Imberstow", "CT", "068"),
)
PLACES_WEST = (
    ("Saguaro Bend", "AZ", "850"),
    ("Mesa Imbra", "AZ", "852"),
    ("Dry Lantern", "AZ", "853"),
)
AREA_CODES_EAST = _listed("212 646 718 201 203")
AREA_CODES_WEST = _listed("602 480 623 520")
MAIL_DOMAINS = _listed("example.com example.org example.net mail.example.com post.test")
SYMPTOMS = _listed(
    "low back pain;neck stiffness;shoulder impingement;knee swelling;tension headache;blurred near"
    " vision;dry eyes;ankle sprain;wrist numbness;fatigue;seasonal allergy;insomnia",
    between=";",
)
FINDINGS = _listed(
    "Range of motion is reduced on the left side.;Palpation shows tenderness at the joint line."
    ";No red flags today.;Gait is even, no limp.;Visual acuity is unchanged since the last visit."
    ";Reflexes are symmetric.;Blood pressure was taken twice, both readings calm."
    ";Patient reports sleeping better.;Grip strength improved by a third.",
    between=";",
)
PLANS = _listed(
    "Continue home exercises twice a day.;Recheck in four weeks.;Ice after activity, rest at night."
    ";Send the referral letter.;Order a basic panel.;Adjust the lens prescription."
    ";Discuss results by phone.;Stop the trial medication.",
    between=";",
)
NOTE_OPENINGS = _listed(
    "Patient says: “it's better”;Seen today, accompanied by family;Follow-up, as agreed"
    ";Walk-in, no appointment;Telephone review",
    between=";",
)
