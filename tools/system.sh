#!/bin/sh
# Installs what only the tests need and pip cannot bring: a PostgreSQL server, Chromium, one fallback font, clamd.
set -eu

missing=""
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
command -v chromium >/dev/null 2>&1 || missing="$missing chromium fonts-liberation"
[ -x /usr/sbin/clamd ] || command -v clamd >/dev/null 2>&1 || missing="$missing clamav-daemon"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "The tests need:$missing. On Debian: sudo apt-get install$missing" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086
apt-get install -y -qq --no-install-recommends $missing >/dev/null
