# ruff: noqa: RUF001 (signs of other scripts are meant)
"""What amount a question asks for."""

from __future__ import annotations

import re
from functools import cached_property

from sysgen_distilabel.checks.numerals import to_digits
from sysgen_distilabel.checks.plain_mathematics import to_plain_mathematics
from sysgen_distilabel.checks.quantities import Quantity, find_quantities
from sysgen_distilabel.checks.reading_language import is_common
from sysgen_distilabel.checks.units import MONEY

# These are searched for in questions in lower case, which is far quicker than to ignore case.
_MEASURED = (
    r"total|sum|number|amount|difference|product|quotient|average|mean|median|mode|percent\w*|probability"
    r"|value|area"
    r"|perimeter|volume|length|width|height|distance|speed|cost|price|age|ratio|(?:square|cube) root"
    r"|remainder|result"
    r"|profit|interest|weight|slope|angle|radius|diameter|circumference|greatest|least|largest|smallest"
    r"|next number|population|temperature|fraction|share|proportion|rate|mass|depth|duration|score|balance"
    r"|salary|discount"
)
_ASKS_AMOUNT = re.compile(
    rf"\bhow (?:many|much|old|long|far|tall|fast|often|big|deep|heavy|wide|cold|hot)\b|\bwhat(?:'s| is"
    rf"| was| are| "
    rf"will be)?"
    rf" (?:the |his |her |their |your |its )?(?:\w+ ){{0,2}}(?:{_MEASURED})\b|\b(?:calculate|compute|solve"
    rf"|evaluate|simplify|convert)\b"
    r"|\bfor (?:which|what) (?:values? of |real (?:numbers? )?)?[a-z]\b"
    r"|\bfind (?:the|x|all|how)\b|\bwhat(?:'s| is) (?:-?[\d(√]|x\b)|\bwhat (?:fraction|percent|number|year"
    r"|time|age|temperature)"
)
_ASKS_AMOUNT_ELSEWHERE = re.compile(
    r"cuánt|calcula|resuelve|halla|cuál es (?:el|la) (?:total|suma|número|valor|área|perímetro|porcentaje"
    r"|resultado|media|promedio"
    r"|precio|edad|velocidad|distancia)|combien|calcule|résou|quel(?:le)? (?:est|sera) (?:le|la|l'|son"
    r"|sa)\s?(?:total|somme|nombre"
    r"|valeur|aire|périmètre|pourcentage|résultat|moyenne|prix|âge|vitesse|distance)"
    r"|\bwie(?:\s?viele?[ns]?| alt| lange?| weit| hoch| groß"
    r"| schnell| schwer)\b|berechne|löse|wie (?:groß|hoch) (?:ist|sind)|was (?:ist|ergibt|kostet) (?:die "
    r"summe|der wert|\d)|quant[oiae]s?\b"
    r"|calcola|risolv|qual è (?:il|la|l')\s?(?:totale|somma|numero|valore|area|perimetro|percentuale"
    r"|risultato|media|prezzo|età"
    r"|velocità|distanza)|qual é (?:o|a) (?:total|soma|número|valor|área|perímetro|porcentagem|resultado"
    r"|média|preço|idade"
    r"|velocidade|distância)|calcul[ae]|resolva|hoeveel|bereken|hoe (?:oud|lang|ver)|\bile\b|oblicz"
    r"|\bkaç\b|ne kadar|hesapla"
    r"|сколько|вычисл|реши|найди|чему рав|какова? (?:сумма|площадь|скорость|стоимость|цена|общ)|как долго"
    r"|多[少久长長远遠高重大深宽寬快]"
    r"|几[个只本天人岁年元小条张次倍分]|幾"
    r"|解方程|解不等式|方程|を解|解け|解い|풀어|방정식|denklem"
    r"|(?:alan|çevre|toplam|fark|değer|sonuc|ortalama|hız|fiyat|hac)\w* (?:nedir|kaç)|bao nhiêu|bao lâu"
    r"|mấy|\btính\b|\btìm\b|giải phương"
    r"|(?:넓이|둘레|합|평균|값|차|곱|가격|속력|부피)[은는이가] (?:무엇|얼마)|며칠"
    r"|(?:कीमत|मूल्य|क्षेत्रफल|योग|औसत|परिमाप|मान|प्रतिशत|गति|चाल|दूरी|आयु|उम्र)[^?।]{0,20}क्या"
    r"|ما (?:هو |هي )?(?:مساحة|محيط|قيمة|ثمن|سعر|متوسط|نسبة|حاصل|مجموع|ناتج|سرعة|حجم|طول)"
    r"|计算|計算|求|等于|いくつ|いくら|どの?くらい|どれ(?:くらい|だけ)"
    r"|何[個人本円枚時分日歳年匹回%パメキ倍冊台杯つ]|何ですか.*\d|몇|얼마"
    r"|계산|구하|كم|احسب|أوجد|ما (?:هو|هي) (?:مجموع|عدد"
    r"|ناتج|مساحة)|कितन|गणना|ज्ञात",
)
_ASKS_MEASURE = re.compile(
    r"\b(?:quel(?:le)?s?|qué|cuál|cuáles|welche[rsmn]?|wie (?:groß|hoch)|was (?:ist|war|sind|waren)|quale?"
    r"|qual|que|какова?|какой|какая|какое|jak[aio]|welke?|wat is)"
    r"(?:\s(?:est|sont|était|es|son|era|è|é|ist|war|sind|waren|jest|была?|будет))?"
    r"(?:\s(?:le|la|les|el|los|las|il|lo|o|a|der|die|das|de|het|son|sa|su|seu|sua|ihre?"
    r"|seine?))?\s?(?:l['’])?(?:"
    r"quantité|fraction|part|proportion|probabilité|population|température|longueur|largeur|hauteur"
    r"|poids|masse"
    r"|volume|durée|taux|bénéfice|surface|superficie|angle|rayon|diamètre|différence|produit|quotient|reste"
    r"|salaire|montant|coût|âge|prix|nombre|somme|valeur|pourcentage|vitesse|distance"
    r"|cantidad|fracción|parte|proporción|probabilidad|población|temperatura|longitud|anchura|altura"
    r"|peso|masa"
    r"|volumen|duración|tasa|beneficio|ángulo|radio|diámetro|diferencia|producto|cociente|resto|coste|costo"
    r"|precio|salario|sueldo|número|suma|valor|porcentaje|velocidad|distancia|área|perímetro|promedio"
    r"|resultado|aire|périmètre|moyenne|résultat|area|perimetro|risultato|flächeninhalt|ergebnis"
    r"|média|pole|obwód|suma|wartość|cena|prędkość|wynik|периметр|среднее|значение"
    r"|summe|(?:an)?zahl|wert|fläche\w*|umfang|prozentsatz|anteil|durchschnitt|preis|alter|geschwindigkeit"
    r"|entfernung|menge|bruchteil|wahrscheinlichkeit|bevölkerung|einwohnerzahl|temperatur|länge|breite|höhe"
    r"|gewicht|gehalt|lohn|volumen|dauer|gewinn|umsatz|winkel|radius|durchmesser|differenz|produkt|rest|kosten"
    r"|quantità|frazione|probabilità|popolazione|lunghezza|larghezza|altezza|durata|tasso|angolo|raggio"
    r"|diametro"
    r"|differenza|prodotto|costo|prezzo|numero|somma|valore|percentuale|velocità|distanza"
    r"|quantidade|fração|proporção|probabilidade|população|comprimento|largura|duração|taxa|lucro|ângulo|raio"
    r"|diâmetro|diferença|produto|custo|preço|soma|porcentagem|percentagem|velocidade|distância"
    r"|часть|доля|вероятность|население|температура|длина|ширина|высота|вес|масса|объ[её]м|площадь|скорость"
    r"|стоимость|цена|сумма|разность|произведение|процент|расстояние"
    r")|\b(?:was|wieviel) kost"
)
"""Questions of what is measured in other words than how many, in languages other than English."""
_NOUNS = re.compile(
    r"(?:how many|how much|what percent\w* of|cuánt[oa]s?|combien d[e']|wie\s?viele?|quant[oiae]s?|hoeveel"
    r"|\bile|\bkaç|сколько"
    r"|كم|कितन[ेीा])\s+(?:more |fewer |less |other |total |of the |des |de |d'|di |más |mehr |plus de |più "
    r"|mais )*"
    r"([^\W\d_]+)(?:\s+([^\W\d_]+))?",
)
_NOUNS_ELSEWHERE = re.compile(r"(?:多少|几|幾|何|몇\s?|いくつの)([^\W\d_是有在的了等がはをの])")
_MONEY_ASKED = re.compile(
    r"\bhow much (?:money|did|does|do|will|would|is|are|was|were|change|in)\b|\b(?:cost|price|pay|paid"
    r"|earn|spend|spent|profit"
    r"|dollars|cents|euros|money|bill|kostet|bezahl|verdien|geld|cuesta|paga|gana|dinero|precio|coûte|paie"
    r"|gagne|argent|prix|costa"
    r"|prezzo|spend|soldi|preço|gasta|dinheiro|стоит|стоят|заплат|рубл)|[钱元円원]|いくら|얼마",
)
_PERCENT_ASKED = re.compile(
    r"\b(?:what|which|how many|wie ?viele?|welcher|qué|quel|che|quale|que|qual|hoeveel|ile|kaç|yüzde kaç"
    r"|какой)\s"
    r"(?:%|percent|pourcent|porcent|percentuale|prozent|procent|yüzde|процент)|сколько процентов|百分之几"
    r"|何(?:%|パーセント)|몇 ?(?:%|퍼센트)|कितने प्रतिशत",
)
_YEAR_ASKED = re.compile(
    r"\b(?:(?:what|which) year|qué año|welchem jahr|quelle année|(?:che|quale) anno"
    r"|(?:que|qual) ano|welk jaar|каком году|którym roku|hangi yıl\w*|năm nào)\b|哪一?年|何年(?!間)"
    r"|어느 해|किस (?:वर्ष|साल)|أي (?:عام|سنة)"
)
_YEARS = range(1000, 2200)
_RATIO_ASKED = re.compile(
    r"\b(?:ratio|odds|verhältnis|raz[óo]n|proporci[óo]n|rapport|rapporto|razão|proporção|verhouding"
    r"|stosunek|oranı?"
    r"|соотношени\w+|отношени\w+)\b|[之的の]?比[は例率是为]?|비율|비는|نسبة|अनुपात"
)
_SEVERAL = re.compile(
    r"\b(?:each|respectively|both|and (?:how|what)|jeweils|beide|cada un[oa]|ambos|respectivamente|chacun"
    r"|respectivement"
    r"|ciascun|entrambi|cada um|каждо|соответственно)\b|分别|それぞれ|각각|على التوالي",
)
_ORDERED = re.compile(
    r"\b(?:sort|order|ascending|descending|arrange|rank|sequence|sortier|ordne|aufsteigend|orden|trie"
    r"|range|croissant"
    r"|ordina|crescente)|排序|从小到大|从大到小|並べ|順に|정렬|순서|по порядку|возраст|убыв|رتب",
)


class Asked:
    """What a question says of the amount that it asks for, read as far as it is looked at.

    Of a long question the last sentences say it.

    Args:
        question: the question as it was written.
        language: ISO 639-1 code of the language in which its numbers are read.
    """

    def __init__(self, question: str, language: str) -> None:
        self._written = question
        self._language = language

    @cached_property
    def question(self) -> str:
        """The question in plain digits."""
        return to_digits(to_plain_mathematics(self._written), self._language)

    @cached_property
    def _lower(self) -> str:
        return self.question.lower()

    @property
    def _last(self) -> str:
        return self._lower[-400:]

    @cached_property
    def amount(self) -> bool:
        """Whether it asks for one at all."""
        lower = self._lower
        if _ASKS_AMOUNT.search(lower):
            return True
        if self._language == "en" and lower.isascii():
            return False
        return bool(_ASKS_AMOUNT_ELSEWHERE.search(lower) or _ASKS_MEASURE.search(lower))

    @cached_property
    def nouns(self) -> tuple[str, ...]:
        """What is counted, cut to five letters, in lower case."""
        nouns = [noun[:5] for found in _NOUNS.findall(self._last) for noun in found if _is_noun(noun)]
        return (*nouns, *_NOUNS_ELSEWHERE.findall(self._last))

    @cached_property
    def money(self) -> bool:
        """Whether it asks for money."""
        return _MONEY_ASKED.search(self._last) is not None

    @cached_property
    def percent(self) -> bool:
        """Whether it asks for a percentage."""
        return _PERCENT_ASKED.search(self._last) is not None

    @cached_property
    def year(self) -> bool:
        """Whether it asks for a year of the calendar."""
        return _YEAR_ASKED.search(self._last) is not None

    @cached_property
    def ratio(self) -> bool:
        """Whether it asks for a ratio, of which 4:6 and 2:3 are the same."""
        return _RATIO_ASKED.search(self._last) is not None

    @cached_property
    def several(self) -> bool:
        """Whether it asks for more than one amount."""
        last = self._last
        line = last.splitlines()[-1] if last.strip() else ""
        return _SEVERAL.search(line) is not None or len(re.findall("[?？؟]", last)) > 1

    @cached_property
    def ordered(self) -> bool:
        """Whether the order of several amounts matters."""
        return _ORDERED.search(self._lower) is not None

    @cached_property
    def given(self) -> tuple[Quantity, ...]:
        """The amounts that the question itself names."""
        return tuple(find_quantities(self.question, self._language))

    def fits(self, quantity: Quantity) -> bool:
        """Whether a number is of what is asked for: of clips, in dollars, in per cent, a year."""
        if self.year:
            return quantity.unit is None and quantity.readings[0] in _YEARS
        if self.percent:
            return quantity.unit is not None and "percent" in quantity.unit
        if self.money and quantity.unit and quantity.unit.keys() & MONEY:
            return True
        return any(word.startswith(noun) for word in quantity.noun.split() for noun in self.nouns)


def _is_noun(word: str) -> bool:
    return bool(word) and not is_common(word) and not _MONEY_ASKED.match(word)
