"""Keep server/locales/zh.po in step with the texts in the code and the templates.

`update` adds new texts and drops unused ones; `check` fails when a text has no translation or another set of
{placeholders}, or when the file holds a text that nothing says any more.
"""

import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SERVER = ROOT / "server"
FILE = SERVER / "locales" / "zh.po"
METHODS = [("templates/**.html", "jinja2.ext.babel_extract"), ("**.py", "python")]
KEYWORDS = {"_": None, "say": None}


def main(command: str) -> int:
    texts, translated = extracted(), stored()
    translated.update(texts, no_fuzzy_matching=True)
    if command == "update":
        write(translated)
    faults = [fault for message in translated if message.id for fault in faults_of(message)]
    faults += [f"nothing says this any more: {text!r}" for text in translated.obsolete if command == "check"]
    print("\n".join([*faults, f"{len(translated)} texts, {len(faults)} to mend in {FILE.relative_to(ROOT)}"]))
    return 1 if faults and command == "check" else 0


def extracted() -> Catalog:
    found = Catalog()
    for path, line, text, comments, context in extract_from_dir(SERVER, METHODS, keywords=KEYWORDS):
        found.add(text, locations=[(f"server/{Path(path).as_posix()}", line)], auto_comments=comments, context=context)
    return found


def stored() -> Catalog:
    if not FILE.exists():
        return Catalog(locale="zh", project="Qiangji", charset="utf-8")
    with FILE.open("rb") as file:
        return read_po(file, locale="zh")


def write(catalogue: Catalog) -> None:
    """Without line numbers and dates: two people who add a text each should not conflict."""
    FILE.parent.mkdir(exist_ok=True)
    with FILE.open("wb") as file:
        write_po(file, catalogue, omit_header=True, include_lineno=False, ignore_obsolete=True, width=0)


def faults_of(message: Message) -> list[str]:
    where = ", ".join(sorted({path for path, _ in message.locations}))
    if not message.string or message.fuzzy:
        return [f"{where}: not translated: {message.id!r}"]
    if placeholders(message.id) != placeholders(message.string):
        return [f"{where}: other placeholders: {message.id!r} / {message.string!r}"]
    return []


def placeholders(text: object) -> set[str]:
    return set(re.findall(r"{(\w+)", str(text)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
