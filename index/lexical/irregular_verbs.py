"""Maps the forms of irregular English verbs to one, so that “began” matches “when did it begin?”. Pure.

A stemmer removes endings and does not unify them. Forms that usually mean something else ("saw", "bound", "lay",
"ground")
are omitted.
"""

from __future__ import annotations

import re

_VERBS = """
arise arose arisen | awake awoke awoken | bear borne | beat beaten | become became | begin began begun
bend bent | bid bade bidden | bite bitten | bleed bled | blow blew blown | break broke broken | breed bred
bring brought | build built | burn burnt | buy bought | catch caught | choose chose chosen | cling clung
come came | creep crept | deal dealt | dig dug | draw drew drawn | dream dreamt | drink drank drunk
drive drove driven | eat ate eaten | fall fell fallen | feed fed | feel felt | fight fought | find found
flee fled | fling flung | fly flew flown | forbid forbade forbidden | forget forgot forgotten
forgive forgave forgiven | freeze froze frozen | get got gotten | give gave given | go went gone
grow grew grown | hang hung | hear heard | hide hid hidden | hold held | keep kept | kneel knelt
know knew known | lead led | lean leant | leap leapt | learn learnt | leave left | lend lent | light lit
lose lost | make made | mean meant | meet met | mistake mistook mistaken | overcome overcame
overthrow overthrew overthrown | pay paid | prove proven | ride rode ridden | ring rang rung | rise rose risen
run ran | say said | seek sought | sell sold | send sent | sew sewn | shake shook shaken | shine shone
shoot shot | show shown | shrink shrank shrunk | sing sang sung | sink sank sunk | sit sat | slay slew slain
sleep slept | slide slid | speak spoke spoken | spend spent | spin spun | spring sprang sprung | stand stood
steal stole stolen | stick stuck | strike struck stricken | strive strove striven | swear swore sworn
sweep swept | swell swollen | swim swam swum | swing swung | take took taken | teach taught | tear tore torn
tell told | think thought | throw threw thrown | tread trod trodden | undergo underwent undergone
understand understood | undertake undertook undertaken | uphold upheld | wake woke woken | wear wore worn
weave wove woven | weep wept | win won | withdraw withdrew withdrawn | withhold withheld | withstand withstood
write wrote written
"""
_FORMS = {
    form: verb[0]
    for verb in (forms.split() for forms in _VERBS.replace("\n", "|").split("|") if forms.strip())
    for form in verb[1:]
}
_WORD = re.compile(r"\b[a-z]{3,12}\b")


def regular(text: str) -> str:
    """A normalised text with those forms replaced by their verb."""
    return _WORD.sub(lambda match: _FORMS.get(match.group(), match.group()), text)
