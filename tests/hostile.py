"""Forty ways in which a card's text could take over a page, or a reader; each would tell.

A payload that runs sets `window.__pwned` to its number (or asks for an address, or shows a
dialog, which the tests see as well).
"""

from __future__ import annotations

_RUN = "window.__pwned=%d"
_TEMPLATES = (
    "<script>%s</script>",
    "</script><script>%s</script>",
    "<!--<script>--><script>%s</script>",
    "<SCRIPT SRC=data:text/javascript,%s></SCRIPT>",
    "<img src=x onerror=%s>",
    '"><img src=x onerror="%s">',
    "<svg onload=%s>",
    "<svg><script>%s</script></svg>",
    "<svg><animate onbegin=%s attributeName=x dur=1s>",
    "<svg><use href=\"data:image/svg+xml,<svg id=x onload='%s'/>#x\"></svg>",
    "<math><mtext></p><style><img src=x onerror=%s></style></mtext></math>",
    '<math><mi//xlink:href="data:x,<script>%s</script>">',
    "<iframe srcdoc='<script>parent.%s</script>'></iframe>",
    '<iframe src="javascript:parent.%s"></iframe>',
    '<object data="data:text/html,<script>parent.%s</script>"></object>',
    '<embed src="javascript:%s">',
    "<details open ontoggle=%s>",
    "<video><source onerror=%s></video>",
    "<audio src=x onerror=%s>",
    "<input autofocus onfocus=%s>",
    "<body onload=%s>",
    "<marquee onstart=%s>",
    "<form action=javascript:%s><button>go</button></form>",
    '<a href="javascript:%s">click</a>',
    "[click](javascript:%s)",
    "[click](JaVaScRiPt&colon;%s)",
    "![x](data:text/html,<script>%s</script>)",
    '<meta http-equiv=refresh content="0;url=javascript:%s">',
    '<base href="javascript:%s//">',
    "<template><script>%s</script></template>",
    "${%s}`;%s//",
    "{{constructor.constructor('%s')()}}",
    "';%s;//\";%s;//\n--></style></title></textarea></noscript></xmp><script>%s</script>",
    "<style>@import 'data:text/css,*{display:none}';"
    "main{position:fixed!important;inset:0;z-index:99999;background:red}</style><b id=p%s>",
    '<link rel=stylesheet href="http://127.0.0.1:9/x.css?%s"><img src="http://127.0.0.1:9/%s">',
    '<div style="position:fixed;inset:0;z-index:99999;background:url(http://127.0.0.1:9/%s)">',
    "safe \u202egnp.exe\u202c \u2066isolate\u2069 \u200f\u061c %s \u2028 \u2029",
    '<![CDATA[ ]]><?xml-stylesheet href="javascript:%s"?>',
    '=HYPERLINK("http://127.0.0.1:9/%s","x")',
    '<svg><foreignObject><body xmlns="http://www.w3.org/1999/xhtml" onload="%s"/>',
)

PAYLOADS = tuple(
    template.replace("%s", _RUN % number) for number, template in enumerate(_TEMPLATES, 1)
)
assert len(PAYLOADS) == 40

NAMES = ("__proto__", "constructor", "hasOwnProperty", "toString", "=1+1", "@cmd", "-2+3", "+1")
"""Names of authors, tasks and segments that an object has already, or that a spreadsheet runs."""
