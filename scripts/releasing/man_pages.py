"""Manual pages of cl-import, one for the program and one for each command.

    cl-import --experimental-dump-help | man_pages.py --version 1.2.3 --date 2026-01-31 --exit-statuses README.md FOLDER

The options come from the program itself; the exit statuses from the table of the README that starts with
`| exit | meaning |`.
"""

import argparse
import json
import pathlib
import re
import sys

PROGRAM = "cl-import"
ENVIRONMENT = [
    ("CL_ORGANIZATION", "The organization's slug."),
    ("CL_CLIENT_ID", "The client id of an integration."),
    ("CL_CLIENT_SECRET", "Its secret. There is no option for it: arguments are seen by other users."),
    ("CL_DOMAIN", "The service's domain, when it is another one."),
    ("CL_ALLOW_HOST", "Allows a domain other than the service's own."),
    ("CL_BASE_PORT", "The port of a sandbox on this machine."),
    ("CL_LOG_LEVEL", "How much is logged."),
    ("CL_LOG_FILE", "Where it is logged."),
]


def escaped(text):
    """Text as roff takes it: backslashes, hyphens that can be copied, and no line that is a request."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in text.split("\n"))


def quoted(text):
    """An argument of a request."""
    return '"' + escaped(text).replace('"', '\\(dq') + '"'


def spelled(name):
    return ("-" if name["kind"] == "short" else "--") + name["name"]


def shown(arguments):
    return [argument for argument in arguments if argument.get("shouldDisplay", True)]


def synopsis(command, path):
    words = [f"\\fB{escaped(' '.join(path))}\\fR"]
    arguments = shown(command.get("arguments", []))
    if any(argument["kind"] != "positional" for argument in arguments):
        words.append("[\\fIoptions\\fR]")
    for argument in arguments:
        if argument["kind"] == "positional":
            word = f"\\fI{escaped(argument.get('valueName', 'value'))}\\fR"
            word += " ..." if argument.get("isRepeating") else ""
            words.append(f"[{word}]" if argument.get("isOptional") else word)
    if [child for child in command.get("subcommands", []) if child["commandName"] != "help"]:
        words.append("\\fIcommand\\fR")
    return " ".join(words)


def option(argument):
    value = argument.get("valueName", "value")
    if argument["kind"] == "positional":
        return f"\\fI{escaped(value)}\\fR"
    names = ", ".join(f"\\fB{escaped(spelled(name))}\\fR" for name in argument["names"])
    return names + (f" \\fI{escaped(value)}\\fR" if argument["kind"] == "option" else "")


def paragraphs(text):
    """Paragraphs; what several lines of one are keeps its lines, because those are examples."""
    lines = []
    for paragraph in re.split(r"\n[ \t]*\n", text.strip()):
        rows = [row.strip() for row in paragraph.split("\n")]
        if len(rows) > 1:
            lines += [".PP", ".RS 4", ".nf", *map(escaped, rows), ".fi", ".RE"]
        else:
            lines += [".PP", escaped(rows[0])]
    return lines


def page(command, path, head, statuses, children):
    title = "-".join(path)
    lines = [
        f".TH {quoted(title.upper())} 1 {quoted(head.date)} {quoted(f'{PROGRAM} {head.version}')}",
        ".SH NAME", f"{escaped(title)} \\- {escaped(command['abstract'].rstrip('.'))}",
        ".SH SYNOPSIS", synopsis(command, path), ".SH DESCRIPTION",
        *paragraphs(command.get("discussion") or command["abstract"]),
    ]
    if children:
        lines.append(".SH COMMANDS")
        for child in children:
            lines += [".TP", f"\\fB{escaped(child['commandName'])}\\fR", escaped(child["abstract"])]
    arguments = shown(command.get("arguments", []))
    for heading, isPositional in (("ARGUMENTS", True), ("OPTIONS", False)):
        chosen = [a for a in arguments if (a["kind"] == "positional") == isPositional]
        if chosen:
            lines.append(f".SH {heading}")
        for argument in chosen:
            text = " ".join((argument.get("abstract") or "").split())
            values = argument.get("allValues") or []
            if values:
                text += f" Values: {', '.join(values)}."
            if argument.get("defaultValue"):
                text += f" Default: {argument['defaultValue']}."
            lines += [".TP", option(argument), escaped(text) or "\\&"]
    lines += [".SH EXIT STATUS"]
    for status, meaning in statuses:
        lines += [".TP", f"\\fB{escaped(status)}\\fR", escaped(meaning)]
    lines += [".SH ENVIRONMENT"]
    for name, meaning in ENVIRONMENT:
        lines += [".TP", f"\\fB{name}\\fR", escaped(meaning)]
    others = [PROGRAM] if len(path) > 1 else [f"{PROGRAM}-{child['commandName']}" for child in children]
    lines += [".SH SEE ALSO", ",\n".join(f"\\fB{escaped(other)}\\fR(1)" for other in others)]
    return title, "\n".join(lines) + "\n"


def exit_statuses(readme):
    """The rows of the README's table, without the marks of Markdown."""
    table = re.search(r"^\| exit \| meaning \|\n\|[-| ]+\|\n((?:\|.*\|\n)+)", readme, re.M)
    if not table:
        sys.exit("error: the README has no table that starts with '| exit | meaning |'")
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in table[1].splitlines()]
    return [(status, meaning.replace("`", "")) for status, meaning in rows]


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--version", required=True)
    options.add_argument("--date", required=True)
    options.add_argument("--exit-statuses", required=True, type=pathlib.Path)
    options.add_argument("folder", type=pathlib.Path)
    options = options.parse_args()
    command = json.load(sys.stdin)["command"]
    statuses = exit_statuses(options.exit_statuses.read_text(encoding="utf-8"))
    children = [
        child for child in command["subcommands"]
        if child["commandName"] != "help" and child.get("shouldDisplay", True)
    ]
    options.folder.mkdir(parents=True, exist_ok=True)
    pages = [page(command, [PROGRAM], options, statuses, children)]
    pages += [page(child, [PROGRAM, child["commandName"]], options, statuses, []) for child in children]
    for title, text in pages:
        (options.folder / f"{title}.1").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
