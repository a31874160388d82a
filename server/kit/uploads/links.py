"""Where a link in a document may lead: into the web, when somebody follows it."""

import re

SCHEME = re.compile(r"\s*([a-z][a-z0-9+.\-]*):", re.IGNORECASE)
WEB = {"http", "https", "mailto", "tel"}


def leads_into_the_web(target: str) -> bool:
    """Or to a place beside the document; never to a file of the reader, another machine's share, or a script."""
    if match := SCHEME.match(target):
        return match[1].lower() in WEB
    return not target.lstrip().replace("\\", "/").startswith("//")
