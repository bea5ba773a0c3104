"""ICU's data without what a command line in English does not use: 34 MB become 5.

    icu_data.py LIBRARY OBJECT

Reads the data from Foundation's static library `lib_FoundationICU.a`, writes an object file that defines
`trimmed_icu_data`, and prints the library's name for it. With `--defsym NAME=trimmed_icu_data` the linker does not
take the library's. What a bundle of a language that is missing would have said, ICU takes from the root bundle.
"""

import pathlib
import struct
import subprocess
import sys
import tempfile

SYMBOL_PREFIX = "icudt"
TRIMMED_SYMBOL = "trimmed_icu_data"
# Bundles of these stay; `pool` and `res_index` are what bundles of a folder share.
LANGUAGES = {"root", "en", "en_US", "en_US_POSIX", "pool", "res_index"}
# Files that belong to no language, by folder.
SHARED = {
    "": {"supplementalData", "likelySubtags", "zoneinfo64", "metaZones", "timezoneTypes", "windowsZones",
         "numberingSystems", "plurals", "pluralRanges", "dayPeriods", "keyTypeData", "metadata",
         "currencyNumericCodes", "icuver", "icustd", "genderList", "grammaticalFeatures", "langInfo", "units"},
    "coll": set(), "curr": {"supplementalData"}, "lang": set(), "region": set(), "unit": set(),
    "zone": {"tzdbNames"}, "brkitr": set(), "rbnf": set(),
}
# By the end of the name, what has no language: properties, normalization, collation, word boundaries.
KEPT_ENDINGS = {"nrm", "icu", "brk", "cfu"}
# Of those, the names of characters.
DROPPED = {"unames.icu"}
# Encodings of one byte for each character, which files of rows have, are smaller than this; those of East
# Asia, which the importer does not read, are larger.
LARGEST_CONVERTER = 8_000
ALIGNMENT = 16


def is_kept(name, size):
    """Whether an item, such as `curr/de.res`, of so many bytes stays."""
    folder, _, file = name.rpartition("/")
    stem, _, ending = file.rpartition(".")
    if file in DROPPED:
        return False
    if ending in KEPT_ENDINGS:
        return True
    if ending == "cnv":
        return size <= LARGEST_CONVERTER
    return ending == "res" and folder in SHARED and (stem in LANGUAGES or stem in SHARED[folder])


def items(data):
    """The header, and each item's whole name and bytes. The format: ICU's `udata` header, the number of items,
    an offset of the name and of the bytes for each, from the number's own place on."""
    base = struct.unpack_from("<H", data)[0]
    if data[12:16] != b"CmnD":
        sys.exit("error: Foundation's ICU data is not a package of the common format ('CmnD')")
    count = struct.unpack_from("<I", data, base)[0]
    places = [struct.unpack_from("<II", data, base + 4 + 8 * index) for index in range(count)]
    ends = [place[1] for place in places[1:]] + [len(data) - base]
    found = []
    for (name, start), end in zip(places, ends):
        text = data[base + name : data.index(b"\0", base + name)].decode("ascii")
        found.append((text, data[base + start : base + end]))
    return data[:base], found


def package(header, chosen):
    """A package of these items, which are sorted by name as ICU searches for them."""
    names = b""
    table = 4 + 8 * len(chosen)
    offsets = []
    for name, _ in chosen:
        offsets.append(table + len(names))
        names += name.encode("ascii") + b"\0"
    start = table + len(names)
    body = b""
    entries = b""
    padding = -start % ALIGNMENT
    position = start + padding
    for (_, content), offset in zip(chosen, offsets):
        entries += struct.pack("<II", offset, position)
        content += b"\0" * (-len(content) % ALIGNMENT)
        body += content
        position += len(content)
    return header + struct.pack("<I", len(chosen)) + entries + names + b"\0" * padding + body


def main():
    library, object_file = map(pathlib.Path, sys.argv[1:])
    library, object_file = library.resolve(), object_file.resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        member = next(
            name for name in run("ar", "t", library).split() if "packaged_data" in name)
        subprocess.run(["ar", "x", library, member], cwd=folder, check=True)
        symbol = next(
            line.split()[-1] for line in run("nm", folder / member).splitlines()
            if line.split()[-1].startswith(SYMBOL_PREFIX))
        subprocess.run(
            ["objcopy", "--dump-section", ".rodata=all.dat", member], cwd=folder, check=True)
        header, everything = items((folder / "all.dat").read_bytes())
        chosen = [
            (name, content) for name, content in everything
            if is_kept(name.partition("/")[2], len(content))
        ]
        data = package(header, chosen)
        (folder / "kept.dat").write_bytes(data)
        (folder / "kept.s").write_text(
            f'.section .rodata.{TRIMMED_SYMBOL},"a",@progbits\n.balign {ALIGNMENT}\n'
            f'.globl {TRIMMED_SYMBOL}\n.type {TRIMMED_SYMBOL}, @object\n{TRIMMED_SYMBOL}:\n'
            f'.incbin "{folder}/kept.dat"\n.size {TRIMMED_SYMBOL}, . - {TRIMMED_SYMBOL}\n'
            '.section .note.GNU-stack,"",@progbits\n', encoding="ascii")
        subprocess.run(["cc", "-c", folder / "kept.s", "-o", object_file], check=True)
    print(f"ICU data: {len(chosen)} of {len(everything)} items, {len(data) / 1e6:.1f} MB", file=sys.stderr)
    print(symbol)


def run(*arguments):
    return subprocess.run(arguments, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
