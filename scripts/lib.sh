# Shared by the scripts: tells what is missing and installs it where that can be done.
# shellcheck shell=bash

# ensure_packages PACKAGE=HEADER...: installs the Debian packages whose header is missing.
ensure_packages() {
  local missing=() pair header
  for pair in "$@"; do
    header="${pair#*=}"
    if ! printf '#include <%s>\n' "$header" | cc -I/usr/include/libxml2 -E - >/dev/null 2>&1; then
      missing+=("${pair%%=*}")
    fi
  done
  [ "${#missing[@]}" -eq 0 ] && return 0
  echo "Missing Debian packages: ${missing[*]}" >&2
  if command -v apt-get >/dev/null 2>&1; then
    local sudo=()
    [ "$(id -u)" -eq 0 ] || sudo=(sudo)
    "${sudo[@]}" apt-get update -qq >&2
    DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq "${missing[@]}" >&2
  else
    echo "error: install them and run this again" >&2
    return 1
  fi
}

# SwiftPM 6.3 passes the enabled traits to the compiler in the order of a set, which is another one in most
# processes, and then compiles every module again. With this it builds what changed; tests do not run with it.
build() { SWIFT_DETERMINISTIC_HASHING=1 swift build "$@"; }

require_swift() {
  if ! command -v swift >/dev/null 2>&1; then
    echo "error: Swift is not installed: see https://www.swift.org/install" >&2
    exit 69
  fi
}
