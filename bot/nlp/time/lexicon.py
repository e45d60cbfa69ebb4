"""The words of time in five languages: months, seasons, parts of a year, relations, events, and what means “latest”.

Every value is a regular expression, matched against text as index.text.normalise leaves it; `words` normalises them,
so write them as one spells them, without upper-case escapes.
"""
# ruff: noqa: E501 — a table is read better in long lines

from __future__ import annotations

from functools import cache

from index.normalise import normalise

MONTHS = {
    "en": "january|jan;february|feb;march|mar;april|apr;may;june|jun;july|jul;august|aug;september|sept|sep;october|oct;"
    "november|nov;december|dec",
    "ur": "جنوری;فروری;مارچ;اپریل;مئی;جون;جولائی;اگست;ستمبر;اکتوبر;نومبر;دسمبر",
    "ps": "جنوري|جنورۍ;فبروري|فبرورۍ|فېبروري|فېبرورۍ;مارچ;اپریل|اپرېل;مې|می|مۍ;جون;جولای|جولاي;اګست;"
    "سپټمبر|سپتمبر|سېپټمبر;اکتوبر;نومبر|نوومبر;ډسمبر|دسمبر|ډېسمبر",
    "fa": "جنوری|ژانویه;فبروری|فوریه;مارچ|مارس;اپریل|آوریل;می|مه;جون|ژوئن;جولای|ژوئیه|جولایی;آگست|اگست|اوت|آگوست;"
    "سپتمبر|سپتامبر;اکتوبر|اکتبر;نومبر|نوامبر;دسمبر|دسامبر",
    "ru": "январ[ьяе];феврал[ьяе];март[ае]?;апрел[ьяе];ма[йяе];июн[ьяе];июл[ьяе];август[ае]?;сентябр[ьяе];октябр[ьяе];"
    "ноябр[ьяе];декабр[ьяе]",
}
SOLAR_MONTHS = {
    "fa": "حمل|فروردین;ثور|اردیبهشت;جوزا|خرداد;سرطان|تیر;اسد|مرداد;سنبله|شهریور;میزان|مهر;عقرب|آبان;قوس|آذر;جدی|دی;"
    "دلو|بهمن;حوت|اسفند",
    "ps": "وری|حمل;غویي|غویی|ثور;غبرګولي|غبرګولی|جوزا;چنګاښ|سرطان;زمري|زمری|اسد;وږي|وږی|سنبله;تلې|تله|میزان;لړم|عقرب;"
    "لیندۍ|قوس;مرغومي|مرغومی|جدی;سلواغې|سلواغه|دلو;کب|حوت",
}
SEASONS = {  # spring; summer; autumn; winter
    "en": "spring;summer;autumn|fall;winter",
    "ur": "(?:موسم )?بہار;(?:موسم )?گرما|گرمیوں;خزاں;(?:موسم )?سرما|سردیوں",
    "ps": "پسرلي|پسرلی;اوړي|اوړی|دوبي|دوبی;مني|منی;ژمي|ژمی",
    "fa": "بهار;تابستان;خزان|پاییز;زمستان",
    "ru": "весн(?:а|ы|е|ой|у);лет(?:о|а|е|ом);осен(?:ь|и|ью);зим(?:а|ы|е|ой|у)",
}
PARTS = {  # early; middle; late; start; end; first half; second half; quarters one to four
    "en": "early;mid|middle of|the middle of;late;(?:the )?(?:start|beginning) of;(?:the )?end of;"
    "(?:the )?first half(?: of)?|h1;(?:the )?second half(?: of)?|h2;(?:the )?first quarter(?: of)?|q1;"
    "(?:the )?second quarter(?: of)?|q2;(?:the )?third quarter(?: of)?|q3;(?:the )?(?:fourth|last) quarter(?: of)?|q4",
    "ur": "اوائل;وسط;اواخر;آغاز|شروع;اختتام|آخر;پہلی ششماہی;دوسری ششماہی;پہلی سہ ماہی;دوسری سہ ماہی;تیسری سہ ماہی;"
    "چوتھی سہ ماہی",
    "ps": "لومړیو;نیمایي|منځ;وروستیو;پیل;پای;لومړۍ نیمايي;دویمه نیمايي;لومړۍ ربعه;دویمه ربعه;دریمه ربعه;څلورمه ربعه",
    "fa": "اوایل;اواسط|میانه;اواخر;آغاز|شروع|ابتدای;پایان;نیمه (?:اول|نخست);نیمه دوم;ربع اول|سه ماهه اول|سه ماهه نخست;"
    "ربع دوم|سه ماهه دوم;ربع سوم|سه ماهه سوم;ربع چهارم|سه ماهه چهارم",
    "ru": "начал[ое];середин[аеу];конец|конц[еау];самом начале;самом конце;перв(?:ое|ом|ого) полугоди[еия];"
    "втор(?:ое|ом|ого) полугоди[еия];перв(?:ый|ом|ого) квартал[еа]?;втор(?:ой|ом|ого) квартал[еа]?;"
    "трет(?:ий|ьем|ьего) квартал[еа]?;четв[её]рт(?:ый|ом|ого) квартал[еа]?",
}
PART_MONTHS = ((1, 4), (5, 8), (9, 12), (1, 3), (10, 12), (1, 6), (7, 12), (1, 3), (4, 6), (7, 9), (10, 12))
DECADES = {  # what follows 1990; what goes before it
    "en": ("'?s", ""),
    "ur": (" ?کی دہائی", ""),
    "ps": ("(?:مې?|مو|و)? ?(?:کلونو|لسیز[هې]|مه لسیزه|مې لسیزې)", ""),
    "fa": ("", "دهه "),
    "ru": ("-?(?:е|х|ые|ых|ми)(?: год(?:ы|ов|ах))?", ""),
}
NINETIES = {"en": "the (twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties)"}
EVENTS = {  # the takeover of 15 August 2021; the attacks of 11 September 2001
    "en": "(?:the |their )?(?:taliban(?:'s)? )?(?:takeover(?: of kabul)?|return to power|seizure of power|capture of kabul"
    "|fall of (?:kabul|the republic))|the taliban (?:took|seized|captured|returned|came back)"
    "(?: over| kabul| to power| power| back)*|(?:the )?taliban(?:'s)? (?:return|rule began)"
    ";9/11|(?:the )?(?:11(?:th)? (?:of )?september|september 11(?:th)?)(?: attacks)?(?!,? ?20)",
    "ur": "(?:سقوط کابل|کابل کے سقوط|کابل پر قبضے|طالبان کے (?:کابل پر )?(?:قبضے|آنے|اقتدار میں آنے|برسر ?اقتدار آنے)"
    "|طالبان کی واپسی|(?:طالبان کی )?اقتدار میں واپسی);(?:نائن الیون|11 ستمبر|گیارہ ستمبر)(?: کے حملوں)?",
    "ps": "(?:د )?(?:کابل (?:له |تر )?(?:سقوط|نیولو)|طالبانو (?:له |تر )?(?:بیا )?(?:راتګ|راتلو|واک ته رسېدو|واکمنۍ)"
    "|جمهوریت (?:له |تر )?(?:سقوط|نسکورېدو));(?:د )?(?:سپټمبر (?:له |تر )?(?:11|یوولسمې)(?:مې)?|نهه یوولس)",
    "fa": "(?:سقوط (?:کابل|جمهوریت)|تصرف کابل|به قدرت رسیدن (?:دوباره )?طالبان|روی کار آمدن طالبان"
    "|بازگشت (?:دوباره )?طالبان(?: به قدرت)?|(?:تسلط|حاکمیت) (?:دوباره )?طالبان)"
    ";(?:حملات )?(?:11|یازده|یازدهم) (?:سپتامبر|سپتمبر)(?! 20)",
    "ru": "(?:падени[яею]|захвата?|взяти[яею]) кабула|(?:прихода?|возвращени[яею]) (?:талибов|талибана|«талибана»)"
    "(?: к власти)?|захвата? власти(?: талибами)?;(?:терактов )?11 сентября(?! 20)",
}
# Relation -> (what stands right before a period, what stands right after it); either may be left out.
RELATIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "before": ("(?:before|prior to|pre|ahead of)(?: the)?(?: year)?", ""),
        "after": ("(?:after|following|post)(?: the)?(?: year)?", ""),
        "until": ("(?:until+|till|up to|by)(?: the)?(?: year)?", ""),
        "since": ("(?:since|starting|as from)(?: the)?(?: year)?", "", "from(?: the)?(?: year)?", "on(?:wards?)?"),
        "in": ("(?:in|at|on|during|for|within|over|throughout|between|from)(?: the)?(?: years?| month of)?", ""),
    },
    "ur": {
        "before": ("", "(?:سے|کے) (?:پہلے|قبل)"),
        "after": ("", "(?:کے )?بعد(?: سے)?"),
        "until": ("", "(?:کے آخر )?تک"),
        "since": ("", "سے(?! لے کر \\d)"),
        "in": ("", "(?:کے (?:مہینے|دوران|سال) ?)?(?:میں|کو|کے دوران|کے موقع پر)"),
    },
    "ps": {
        "before": ("", "(?:څخه |نه )?(?:مخکې|دمخه|وړاندې|پخوا)"),
        "after": ("", "(?:څخه |نه )?وروسته"),
        "until": ("", "پورې"),
        "since": ("", "(?:څخه |نه )?(?:راهیسې|را ?پدېخوا|را په دېخوا)"),
        "in": ("", "(?:په )?(?:میاشت |کلونو |نېټه )?(?:کې|باندې)", "په", ""),
    },
    "fa": {
        "before": ("(?:پیش|قبل) از(?: سال(?: های)?)?", ""),
        "after": ("(?:پس|بعد) از(?: سال(?: های)?)?", ""),
        "until": ("تا(?: سال)?", ""),
        "since": ("از(?: سال| ماه)?", ""),
        "in": ("(?:در|طی|برای)(?: طول| جریان| ماه)?(?: سال(?: های)?)?", ""),
    },
    "ru": {
        "before": ("(?:до|перед|ранее)", ""),
        "after": ("после", ""),
        "until": ("(?:по|вплоть до|к)", ""),
        "since": ("(?:начиная )?со?", ""),
        "in": ("(?:в|во|за|в течение|в период|весной|летом)", ""),
    },
}
# Between two periods: (before the first, between them, after the second); words that count as a range.
RANGES = {
    "en": (("between(?: the)?(?: years)?", "and", ""), ("from(?: the)?", "(?:to|until|till|through)", ""), ("", "(?:to|through|–|-)", "")),
    "ur": (("", "(?:اور|سے|تا)", "کے (?:درمیان|بیچ)"), ("", "سے(?: لے کر)?", "تک"), ("", "(?:تا|–|-)", "")),
    "ps": (("", "(?:او|نه|تر)", "(?:کلونو )?(?:ترمنځ|تر منځ|په منځ کې)"), ("", "(?:څخه |نه )?تر", "پورې"), ("", "(?:–|-)", "")),
    "fa": (("(?:بین|میان|مابین)(?: سال های)?", "و|تا", ""), ("از(?: سال)?", "تا(?: سال)?", ""), ("", "(?:تا|–|-)", "")),
    "ru": (("между", "и", ""), ("со?", "(?:по|до)", ""), ("", "(?:–|-|—)", "")),
}  # fmt: skip
# What joins a further time to one that is bound: “in 2024 and 2025”.
JOINS = {"en": "and|or|&|,|, and|vs\\.?", "ur": "اور|یا|،", "ps": "او|یا|،", "fa": "و|یا|،", "ru": "и|или|,"}
# Words of a year that may stand right after it (or before it) and belong to it.
YEAR_AFTER = {
    "en": "", "ur": "(?:ء|ع)", "ps": "(?:(?:م|مې|مو|ز)? ?(?:ل )?کال(?:ه)?)", "fa": "(?:میلادی|م|خورشیدی|شمسی|هجری شمسی)",
    "ru": "(?:год[ауе]?|годов|годы|г\\.?)",
}  # fmt: skip
YEAR_BEFORE = {"en": "", "ur": "(?:سال|سن)", "ps": "کال", "fa": "سال", "ru": ""}
LINKS = {  # small words inside a date: 9th of October, 2025
    "en": r"(?:of|the|,|\.)", "ur": "(?:کی|کے|،|,)", "ps": "(?:د|په|پر|،|,)", "fa": "(?:ماه|سال|،|,)", "ru": "(?:,)",
}  # fmt: skip
RELATIVE = {  # last year; this year; last month; this month; last week; this week; yesterday
    "en": "(?:last|the previous|the past) year;this year;(?:last|the previous|the past) month;this month;"
    "(?:last|the past) week;this week;yesterday",
    "ur": "(?:پچھلے|گزشتہ|گذشتہ) (?:سال|برس);(?:اس|رواں) (?:سال|برس);(?:پچھلے|گزشتہ|گذشتہ) (?:ماہ|مہینے);"
    "(?:اس|رواں) (?:ماہ|مہینے);(?:پچھلے|گزشتہ|گذشتہ) ہفتے;(?:اس|رواں) ہفتے;گزشتہ روز",
    "ps": "تېر کال|پروسږ ?کال|پروسږنی کال;سږ ?کال|روان کال|دې کال;تېره میاشت|تېرې میاشتې;روانه میاشت|دې میاشت;"
    "تېره اوونۍ|تېرې اوونۍ;روانه اوونۍ|دې اوونۍ;پرون",
    "fa": "سال (?:گذشته|قبل|پار)|پارسال;امسال|سال جاری|سال روان;ماه (?:گذشته|قبل);(?:این ماه|ماه جاری|ماه روان);"
    "هفته (?:گذشته|قبل);(?:این هفته|هفته جاری);دیروز",
    "ru": "прошл(?:ом|ый|ого) год[уа]?|минувшем году;(?:этом|нынешнем|текущем) году|этого года;"
    "прошл(?:ом|ый|ого) месяц[еа]?;(?:этом|текущем) месяце;прошлой неделе|прошлую неделю;этой неделе|эту неделю;вчера",
}
SPANS = {  # the last three years: days; weeks; months; years, with ## for the number
    "en": "(?:last|past|recent) ## days?;(?:last|past|recent) ## weeks?;(?:last|past|recent) ## months?;"
    "(?:last|past|recent) ## years?",
    "ur": "(?:پچھلے|گزشتہ|گذشتہ) ## (?:دن|دنوں|روز);(?:پچھلے|گزشتہ|گذشتہ) ## (?:ہفتے|ہفتوں);"
    "(?:پچھلے|گزشتہ|گذشتہ) ## (?:ماہ|مہینے|مہینوں);(?:پچھلے|گزشتہ|گذشتہ) ## (?:سال|سالوں|برسوں)",
    "ps": "(?:تېرو|وروستیو) ## ورځو;(?:تېرو|وروستیو) ## اوونیو;(?:تېرو|وروستیو) ## میاشتو;(?:تېرو|وروستیو) ## کلونو",
    "fa": "## روز (?:گذشته|اخیر);## هفته (?:گذشته|اخیر);## ماه (?:گذشته|اخیر);## سال (?:گذشته|اخیر)",
    "ru": "последни[ехй]+ ## (?:дня|дней|день);последни[ехй]+ ## (?:недел[иь]);последни[ехй]+ ## месяц(?:а|ев);"
    "последни[ехй]+ ## (?:года|лет)",
}
AGO = {  # two weeks ago: days; weeks; months; years, with ## for the number
    "en": "## days? ago;## weeks? ago;## months? ago;## years? ago",
    "ur": "## (?:دن|روز) (?:پہلے|قبل);## (?:ہفتے|ہفتہ) (?:پہلے|قبل);## (?:ماہ|مہینے|مہینہ) (?:پہلے|قبل);## (?:سال|برس) (?:پہلے|قبل)",
    "ps": "## (?:ورځې|ورځ) (?:مخکې|وړاندې);## (?:اوونۍ|اونۍ) (?:مخکې|وړاندې);## میاشت[ېې]? (?:مخکې|وړاندې);## کال(?:ه|ونه)? (?:مخکې|وړاندې)",
    "fa": "## روز (?:پیش|قبل);## هفته (?:پیش|قبل);## ماه (?:پیش|قبل);## سال (?:پیش|قبل)",
    "ru": "## (?:день|дня|дней) назад;## недел[юиь] назад;## месяц(?:а|ев)? назад;## (?:год|года|лет) назад",
}
ONE = {
    "en": "an?|one|a",
    "ur": "ایک",
    "ps": "یو|یوه",
    "fa": "یک",
    "ru": "один|одну|",
}  # before what was a single one ago
NUMBERS = {
    "en": "two;three;four;five;six;seven;eight;nine;ten", "ur": "دو;تین;چار;پانچ;چھ;سات;آٹھ;نو;دس",
    "ps": "دوو;درېیو|دریو;څلورو;پنځو;شپږو;اوو;اتو;نهو;لسو", "fa": "دو;سه;چهار;پنج;شش;هفت;هشت;نه;ده",
    "ru": "два|двух;три|трех;четыре|четырех;пять|пяти;шесть|шести;семь|семи;восемь|восьми;девять|девяти;десять|десяти",
}  # fmt: skip
LATEST = {
    "en": "latest|newest|most recent|recent|recently|lately|now|nowadays|currently|current|today|at present|at the moment"
    "|so far|the last|last time|up to date",
    "ur": "تازہ ترین|تازہ|آخری(?: بار)?|حالیہ|حال ہی|اب|ابھی|موجودہ|آج(?: کل)?|اس وقت|فی الحال",
    "ps": "وروستی|وروستۍ|وروستي|وروستنی|تازه|اوس|اوسنی|اوسني|اوسنۍ|نن|همدا ?اوس|دا مهال",
    "fa": "آخرین|تازه ترین|جدیدترین|تازه|اخیر|اخیرا|اکنون|فعلا|فعلی|حالا|کنونی|امروز|در حال حاضر",
    "ru": "последн(?:ий|яя|ее|ие|их|ей|его|юю|ем|им)|недавн(?:о|ий|яя|ее|ие|их|ей|его)|новейш(?:ий|ие|ая)|сейчас|теперь"
    "|сегодня|ныне(?:шний|шняя|шние)?|текущ(?:ий|ая|ее|ие|ей|его)|свеж(?:ий|ие|ая)|на данный момент",
}
WHEN = {
    "en": "(?:^|, ?|and |so )when|when\\W*$|what (?:year|date|day|month)|which (?:year|month|day)|on what (?:date|day)|in what (?:year|month)",
    "ur": "کب|کس (?:سال|تاریخ|دن|ماہ|مہینے)|کون سے سال",
    "ps": "کله|څه وخت|په کوم (?:کال|تاریخ)|کومه نېټه",
    "fa": "چه (?:زمانی|وقت|سالی|تاریخی|روزی)|کدام (?:سال|تاریخ)|کی",
    "ru": "когда|в как(?:ом|ой) (?:году|месяце|день)|какого числа",
}
# A number with one of these around it is no year.
NO_YEAR_BEFORE = (
    "resolutions?|unscr|number|no\\.?|nr\\.?|rs\\.?|article|clause|page|\\$|€|£|قرارداد(?: نمبر)?|قطعنامه(?: شماره)?|شماره|نمبر"
    "|پرېکړه لیک|شمېره|резолюци[яюией]+(?: №)?|№|статья|стр\\.?|about|some|over|nearly|almost|more than|at least|around"
)
NO_YEAR_AFTER = (
    "(?:un )?(?:sanctions? )?(?:committee|list|sanctions)|kilomet\\w+|km|miles?|met(?:re|er)s?|m\\b|feet|people|persons|men"
    "|fighters?|soldiers?|troops|militants?|civilians?|families|refugees|afghans|pakistanis|trucks?|tonnes?|tons?|dollars?"
    "|rupees?|million|billion|thousand|percent|%|mw|megawatts?|killed|dead|wounded|members|schools|hours|years|days"
    "|کمیٹی|کمېټه|کمیته|комитет\\w*|کلومیٹر|کیلومتر|کیلومتره|کیلومټره|метр\\w*|км|километр\\w*|افراد|لوگ|لوگوں|جنگجو|فوجی|خاندان|مہاجرین|روپے|ڈالر"
    "|تن|نفر|سرباز|جنگجو|خانواده|مهاجر|پناهجو|دلار|دالر|کلدار|میلیون|میلیارد|کسان|تنه|کسه|جنګیالي|سرتېري|کورنۍ|کډوال|ډالر"
    "|человек\\w*|боевик\\w*|солдат\\w*|семь[яией]+|семей|беженц\\w+|доллар\\w*|рупи\\w+|тысяч\\w*|тонн\\w*|грузовик\\w*"
)
# A year before or after one of these belongs to a name.
NAME_AFTER = "agreements?|accords?|treat(?:y|ies)|conventions?|deals?|protocols?|lines?|pact|constitution|war|coup|committee|attacks?"


@cache
def words(table: str, language: str) -> tuple[str, ...]:
    """The regular expressions of one table of this file in a language (English where it has none), normalised."""
    tables: dict[str, str] = globals()[table]
    return tuple(normalise(part) for part in tables.get(language, tables.get("en", "")).split(";"))
