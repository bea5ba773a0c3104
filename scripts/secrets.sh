# How scripts/check-secrets finds secrets.
# shellcheck shell=bash

canaries_file=Tests/Fixtures/canaries.txt

# The texts that secrets contain, one to a line.
canaries() { grep -v '^#' "$canaries_file"; }

# Every form they are looked for in: as they are, in hexadecimal digits, percent-encoded, escaped as in
# JSON, and the part of base64 that does not depend on what stands before and after.
secret_forms() {
  local canary hex offset coded first last
  while read -r canary; do
    echo "$canary"
    hex="$(printf %s "$canary" | od -An -tx1 | tr -d ' \n')"
    echo "$hex"
    # shellcheck disable=SC2001
    sed 's/../%&/g' <<<"$hex"
    # shellcheck disable=SC2001
    sed 's/../\\u00&/g' <<<"$hex"
    for offset in 0 1 2; do
      coded="$(printf '%.*s%s' "$offset" "--" "$canary" | base64 | tr -d '\n=')"
      first=$(((offset * 8 + 5) / 6))
      last=$(((offset + ${#canary}) * 8 / 6))
      echo "${coded:first:last-first}"
    done
  done < <(canaries)
}

# find_forms FORMS PATH...: file, line and form of each find. Without regard to case: headers and hex
# digits come in both.
find_forms() {
  local forms="$1"
  shift
  grep -raHnoiF -f "$forms" -- "$@"
}

# prove_search FORMS FOLDER: every form is found, once in each file that holds it, and nothing else is.
prove_search() {
  local forms="$1" folder="$2" count=0 form canary
  mkdir "$folder"
  while IFS= read -r form; do
    count=$((count + 1))
    printf 'a line\n{"x":"before%safter"}\n' "$form" >"$folder/$count"
  done <"$forms"
  # What senders do to secrets, done by other means.
  canary="$(canaries | head -1)"
  printf 'proxy:pass-%s-word' "$canary" | base64 >"$folder/proxy"
  printf 'id:%s' "$canary" | base64 | tr '+/' '-_' >"$folder/url"
  count=$((count + 2))
  printf 'nothing here\n' >"$folder/clean"
  if [ "$(find_forms "$forms" "$folder" | cut -d: -f1 | sort -u | wc -l)" -ne "$count" ] \
    || find_forms "$forms" "$folder/clean" >/dev/null; then
    echo "error: the search for secrets does not find what it should" >&2
    return 1
  fi
  rm -r "$folder"
}

# report_leaks FORMS PATH...: says where secrets are, without showing them; fails when there are any.
report_leaks() {
  local finds
  finds="$(find_forms "$@")" || return 0
  echo "error: secrets, in $(wc -l <<<"$finds") places:" >&2
  local file line form
  while IFS=: read -r file line form; do
    printf '%s:%s: ' "$file" "$line"
    sed -n "${line}p" "$file" | tr -cd '[:print:]\n' \
      | awk -v form="$form" '{
          at = index(tolower($0), tolower(form))
          from = at > 60 ? at - 60 : 1
          print substr($0, from, at - from) "***"
        }'
  done < <(head -20 <<<"$finds") >&2
  return 1
}

# prove_trace FOLDER: the log is there and holds lines of every layer a secret passes through.
prove_trace() {
  local folder="$1" what missing=0
  for what in 'call: trace response to' 'call: trace query of' 'again, ' 'new access token' \
    'rate-limited, ' 'event: call.ended' 'CommerceLayerError' 'Hummingbird' ; do
    if ! grep -qF "$what" "$folder/trace.log"; then
      echo "error: the trace of the tests has no line with '$what'" >&2
      missing=1
    fi
  done
  if ! grep -q ' trace: ' "$folder/cl-import.log"; then
    echo "error: cl-import logged nothing at trace" >&2
    missing=1
  fi
  return "$missing"
}

# Secrets in tests that hold none of the texts, and so would not be found.
reject_plain_secrets() {
  local pattern
  pattern='\.token\("|([Ss]ecret|[Pp]assword|[Aa]ssertion|[Tt]oken): "[^"]|Secret = "|Secret\("|"(access|refresh)_token":"|Bearer [a-z0-9]|Basic [a-zA-Z0-9]{6}|SECRET": "|(secret|password)=[a-z]'
  if git grep -nE "$pattern" -- 'Tests/*.swift' 'Sources/CommerceLayerTransportConformance' \
    | grep -vF -f <(secret_forms) | grep -vE '"\\#?\(|// no secret: '; then
    echo "error: each secret of a test contains a text of $canaries_file, or its line says '// no secret: why'" >&2
    return 1
  fi
}
