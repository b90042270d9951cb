"""Names that belong to others; nothing we invent may be called so."""

# fmt: off
BRANDS_OF_OTHERS = frozenset({
    "acne studios", "akris", "alaia", "alberta ferretti", "alexander mcqueen", "alexander wang",
    "anine bing", "aquazzura", "armani", "asprey", "audemars piguet", "balenciaga", "bally",
    "balmain", "barbour", "barrie", "baume", "begg", "bell & ross", "belstaff", "berluti",
    "blancpain", "bobbi brown", "boghossian", "boss", "bottega veneta", "boucheron", "breguet",
    "breitling", "brioni", "brunello cucinelli", "buccellati", "bulgari", "burberry", "byredo",
    "camper", "canali", "caron", "carolina herrera", "cartier", "carven", "caudalie", "celine",
    "chanel", "charlotte tilbury", "chaumet", "chloe", "chopard", "christian louboutin", "church's",
    "clarins", "clinique", "coach", "coperni", "courreges", "creed", "cutler and gross", "damiani",
    "de beers", "decleor", "delvaux", "diesel", "dior", "diptyque", "dolce & gabbana", "dries",
    "drake's", "dunhill", "elie saab", "emilio pucci", "eres", "ermenegildo zegna", "estee lauder",
    "etro", "fendi", "ferragamo", "fred", "frederic malle", "fusalp", "garrard", "gianvito rossi",
    "giorgio armani", "girard-perregaux", "givenchy", "goyard", "graff", "gucci", "guerlain",
    "hackett", "harry winston", "hermes", "hublot", "isabel marant", "iwc", "jacquemus",
    "jaeger-lecoultre", "jil sander", "jimmy choo", "jo malone", "john lobb", "johnstons", "kenzo",
    "kiton", "la mer", "la perla", "la prairie", "lacoste", "lancel", "lancome", "lanvin",
    "lemaire", "linda farrow", "loewe", "longchamp", "longines", "loro piana", "louis vuitton",
    "mackintosh", "manolo blahnik", "margiela", "marni", "max mara", "mikimoto", "missoni",
    "miu miu", "moncler", "montblanc", "moynat", "mugler", "mulberry", "nars", "nina ricci",
    "oliver peoples", "omega", "panerai", "patek philippe", "patou", "penhaligon's", "persol",
    "piaget", "polene", "pomellato", "prada", "pringle", "rabanne", "ray-ban", "repetto",
    "richard mille", "rimowa", "rochas", "roger vivier", "rolex", "saint laurent", "santoni",
    "schiaparelli",
    "sephora", "serge lutens", "sergio rossi", "shiseido", "sisley", "smythson", "stella mccartney",
    "stuart weitzman", "tag heuer", "tiffany", "tod's", "tom ford", "tudor", "turnbull & asser",
    "vacheron constantin", "valentino", "valextra", "van cleef & arpels", "versace",
    "victoria beckham", "vivienne westwood", "weston", "yves saint laurent", "zegna", "zenith",
    # names of well-known pieces and perfumes
    "arceau", "birkin", "bleu de chanel", "bouton d'or", "chance", "cinq a sept", "coco",
    "comete", "constance", "dionysus", "etriviere", "evelyne", "habit rouge", "j'adore", "kelly",
    "l'air du temps", "l'heure bleue", "lady", "mitsouko", "opium", "petit matin", "sauvage",
    "shalimar", "speedy", "submariner", "terre d'hermes", "tresor", "vol de nuit",
})
# fmt: on
