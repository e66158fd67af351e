#!/usr/bin/env bash
# browser.sh: finds Chromium and chromedriver for the test of the live page, or installs them.
#
#   scripts/browser.sh find      says where they are; exit code 1 if one is missing
#   scripts/browser.sh ensure    the same, installed with the system's package manager where we are root
#
# Without them that test is skipped and says so, and so does this script where it cannot install them: it never fails a
# run of the tests. Set PGM_NO_INSTALL=1 to forbid the installation.
# Sourced, it gives the functions browser_find and browser_ensure.

# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

browser_find() { command -v chromium && command -v chromedriver; }

browser_install() {
  if command -v apt-get >/dev/null 2>&1; then
    apt-get -q -o DPkg::Lock::Timeout=120 update
    DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 install --no-install-recommends \
      chromium chromium-driver fonts-dejavu-core
  elif command -v dnf >/dev/null 2>&1; then
    dnf -q -y install chromium chromedriver
  elif command -v apk >/dev/null 2>&1; then
    apk add --quiet chromium chromium-chromedriver font-dejavu
  else
    return 1
  fi
}

browser_ensure() {
  browser_find && return
  if [ -z "${PGM_NO_INSTALL:-}" ] && is_root; then
    say "no Chromium found: installing it for the test of the live page"
    browser_install >&2 </dev/null || say "the installation failed"
  fi
  browser_find || say "no Chromium and chromedriver here: the test of the live page in a browser is skipped"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  set -euo pipefail
  case ${1:-} in
    find | ensure) "browser_$1" ;;
    *) sed -n '2,9s/^# \{0,1\}//p' "$0" ;;
  esac
fi
