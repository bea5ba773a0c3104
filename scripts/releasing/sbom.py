"""The bill of materials of cl-import, as CycloneDX JSON, and the licenses of what is in it.

    sbom.py write SCRATCH --resolved FILE --licenses FOLDER … > sbom.cdx.json
    sbom.py check SCRATCH --sbom FILE --licenses FOLDER

SCRATCH is the folder of the release build.

A package is named when a module of it is linked: the linker's list of files says which. `check` fails when a
linked package is not named, has no version, or has no license beside it.
"""

import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import uuid

PRODUCT = "cl-import"
# What Debian packages are linked in: the name of the package, what it holds, its license.
SYSTEM_LIBRARIES = [
    ("libsqlite3-dev", "sqlite", "blessing"),
    ("zlib1g-dev", "zlib", "Zlib"),
    ("libstdc++-12-dev", "libstdc++", "GPL-3.0-or-later WITH GCC-exception-3.1"),
]
SWIFT_LICENSE = "Apache-2.0 WITH Swift-exception"
LICENSES_BY_TEXT = [
    ("Runtime Library Exception", SWIFT_LICENSE),
    ("Apache License", "Apache-2.0"),
    ("Permission is hereby granted, free of charge", "MIT"),
]


def linked_modules(scratch):
    """The modules whose object files are linked: `NIOCore` of `…/NIOCore.build/x.o`."""
    files = (scratch / "release" / f"{PRODUCT}.product" / "Objects.LinkFileList").read_text(encoding="utf-8")
    return sorted(set(re.findall(r"/([^/\n]+)\.build/[^\n]*\.o\b", files)))


def packages_of_modules(scratch):
    """The checkout of each module of a dependency, by what SwiftPM compiles for it."""
    found = {}
    inputs = ""
    for line in (scratch / "release.yaml").read_text(encoding="utf-8").splitlines():
        if line.startswith("    inputs:"):
            inputs = line
        elif line.startswith("    outputs:"):
            module = re.search(r"/([^/\"]+)\.build/[^\"]*\.o\"", line)
            package = re.search(r"/checkouts/([^/\"]+)/[^\"]*\.(?:swift|c|cc|cpp|S|s|m)\"", inputs)
            if module and package:
                found[module[1]] = package[1]
    return found


def linked_packages(scratch):
    """The checkouts that are linked, each with its modules."""
    packages = packages_of_modules(scratch)
    found = {}
    for module in linked_modules(scratch):
        if module in packages:
            found.setdefault(packages[module], []).append(module)
    return found


def license_files(folder):
    return sorted(
        path for path in folder.iterdir()
        if path.is_file() and re.match(r"(licen[cs]e|notice|copying|copyright)", path.name, re.I))


def license_name(text):
    return next((name for mark, name in LICENSES_BY_TEXT if mark in text), None)


def component(name, version, license_id, **more):
    found = {"type": "library", "name": name, "version": version, **more}
    if license_id:
        found["licenses"] = [{"expression": license_id}]
    return found


def package_components(options, checkouts):
    pins = json.loads(options.resolved.read_text(encoding="utf-8"))["pins"]
    by_checkout = {
        re.sub(r"\.git$", "", pin["location"].rstrip("/").rsplit("/", 1)[-1]).lower(): pin for pin in pins
    }
    for package, modules in sorted(linked_packages(options.scratch).items()):
        pin = by_checkout.get(package.lower())
        if pin is None:
            sys.exit(f"error: {package} is linked, and {options.resolved.name} does not have it")
        state = pin["state"]
        files = license_files(checkouts / package)
        copy_licenses(options.licenses / package, files)
        address = re.sub(r"^https?://|\.git$", "", pin["location"])
        version = state.get("version") or state["revision"]
        yield component(
            package, version,
            next(filter(None, (license_name(file.read_text(encoding="utf-8")) for file in files)), None),
            **{
                "bom-ref": pin["identity"],
                "purl": f"pkg:swift/{address}@{version}",
                "externalReferences": [{"type": "vcs", "url": pin["location"]}],
                "properties": [
                    {"name": "revision", "value": state["revision"]},
                    {"name": "modules", "value": " ".join(modules)},
                ],
            })
        # Sources of others that a package has copied, as their import script writes it down.
        for module in modules:
            for note in (checkouts / package / "Sources" / module).glob("hash.txt"):
                origin = re.search(r"from (\w+) cloned from (\S+) at revision (\w+)", note.read_text())
                if origin:
                    yield component(
                        f"{origin[1]} in {package}", origin[3], None,
                        **{
                            "bom-ref": f"{pin['identity']}/{origin[1]}",
                            "externalReferences": [{"type": "vcs", "url": origin[2]}],
                        })


def copy_licenses(folder, files):
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        shutil.copyfile(file, folder / file.name)


def toolchain_components(options):
    yield component(
        "swift", options.swift_version, SWIFT_LICENSE,
        **{"bom-ref": "swift", "description": "The standard library, Dispatch, Foundation and its ICU."})
    copy_licenses(options.licenses / "swift", license_files(options.toolchain / "share" / "swift"))
    for package, name, license_id in SYSTEM_LIBRARIES:
        version = subprocess.run(
            ["dpkg-query", "--show", "--showformat", "${Version}", package],
            check=True, capture_output=True, text=True).stdout
        yield component(
            name, version, license_id,
            **{"bom-ref": name, "purl": f"pkg:deb/debian/{package}@{version}"})
        copy_licenses(
            options.licenses / name, license_files((pathlib.Path("/usr/share/doc") / package).resolve()))


def write(options):
    checkouts = options.scratch / "checkouts"
    components = [*package_components(options, checkouts), *toolchain_components(options)]
    root = {
        "type": "application", "name": PRODUCT, "version": options.version, "bom-ref": PRODUCT,
        "licenses": [{"expression": "MIT"}],
    }
    document = {
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        # The same for the same release: two builds can be compared.
        "serialNumber": "urn:uuid:" + str(
            uuid.uuid5(uuid.NAMESPACE_OID, f"{PRODUCT} {options.version} {options.timestamp}")),
        "metadata": {"timestamp": options.timestamp, "component": root},
        "components": components,
        "dependencies": [
            {"ref": PRODUCT, "dependsOn": sorted(component["bom-ref"] for component in components)}
        ],
    }
    json.dump(document, sys.stdout, indent=2, sort_keys=False)
    print()


def check(options):
    document = json.loads(options.sbom.read_text(encoding="utf-8"))
    named = {component["name"]: component for component in document["components"]}
    failures = []
    for package in linked_packages(options.scratch):
        if package not in named:
            failures.append(f"{package} is linked and not in the bill of materials")
    if not linked_packages(options.scratch):
        failures.append("no package is linked: the build is not as this script reads it")
    for name, found in named.items():
        if not found.get("version"):
            failures.append(f"{name} has no version")
        if not found.get("licenses") and " in " not in name:
            failures.append(f"{name} has no license")
        if " in " not in name and not any((options.licenses / name).glob("*")):
            failures.append(f"the license of {name} is not in the tarball")
    for failure in failures:
        print(f"error: {failure}", file=sys.stderr)
    sys.exit(1 if failures else 0)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = options.add_subparsers(required=True)
    writing = commands.add_parser("write")
    writing.add_argument("scratch", type=pathlib.Path)
    for name in ("resolved", "licenses", "toolchain"):
        writing.add_argument(f"--{name}", type=pathlib.Path, required=True)
    for name in ("version", "swift-version", "timestamp"):
        writing.add_argument(f"--{name}", required=True)
    writing.set_defaults(run=write)
    checking = commands.add_parser("check")
    checking.add_argument("scratch", type=pathlib.Path)
    for name in ("sbom", "licenses"):
        checking.add_argument(f"--{name}", type=pathlib.Path, required=True)
    checking.set_defaults(run=check)
    options = options.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
