#!/usr/bin/env bash
# Runs scripts/test.sh, or another command of this repository, in a fresh minimal system of another
# release: a clone of what is committed, and nothing installed but what debootstrap's minbase holds
# and git. Mounts are private to the command; the host is left as it was.
#   test_in.sh [--user] [--again] SUITE [COMMAND...]
#   scripts/test_in.sh trixie
#   scripts/test_in.sh --user bookworm scripts/quickstart.sh
# SUITE: a release that debootstrap knows: bookworm, trixie.
# --user: as a user who may use sudo, not as root.
# --again: in the system that the last call left, with what was committed since.
# MIRROR: where the release's packages come from; http://deb.debian.org/debian unless given.
# Needs root and debootstrap. The system stays in build/systems/SUITE, some 5 GB. ../shared is there
# read-only, where there is one. Exit code: the command's.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() {
  printf 'test_in.sh: %s\n' "$@" >&2
  exit 2
}

user=root
again=false
while [[ ${1:-} == --* ]]; do
  case $1 in
    --user) user=tester ;;
    --again) again=true ;;
    *) fail "$1: no such option, choose --user or --again" ;;
  esac
  shift
done
(($# > 0)) || fail "which release? scripts/test_in.sh trixie"
suite=$1
shift
(($# > 0)) || set -- scripts/test.sh
[[ $suite =~ ^[a-z]+$ ]] || fail "\"$suite\" is no name of a release: bookworm, trixie"
((EUID == 0)) || fail "must run as root: it mounts and changes its root folder"
command -v debootstrap >/dev/null || fail "debootstrap is missing: apt-get install debootstrap"

system=$PWD/build/systems/$suite
source=$system/src/flexunet
if ! $again; then
  rm -rf --one-file-system "$system"
  mkdir -p "$system"
  debootstrap --variant=minbase --include=git,sudo "$suite" "$system" \
    "${MIRROR:-http://deb.debian.org/debian}" >"$system.log" 2>&1 ||
    fail "debootstrap could not make $suite, see $system.log"
  chroot "$system" useradd --create-home --shell /bin/bash tester
  echo "tester ALL=(ALL) NOPASSWD: ALL" >"$system/etc/sudoers.d/tester"
  git clone --quiet . "$source"
fi
[[ -d $source/.git ]] || fail "$system holds no system to use again: leave out --again"
git -c safe.directory='*' -C "$source" fetch --quiet "$PWD" HEAD
git -c safe.directory='*' -C "$source" reset --quiet --hard FETCH_HEAD
chroot "$system" chown -R $user: /src/flexunet

echo "test_in.sh: $suite as $user: $*"
# exec: what ends this ends everything inside. su passes the exit code on.
# shellcheck disable=SC2016 # the inner shell expands
exec unshare --mount --pid --fork --kill-child bash -euc '
  suite=$1 system=$2 shared=$3 user=$4
  shift 4
  mount --make-rprivate /
  mount -t proc proc "$system/proc"
  mount --rbind /dev "$system/dev"
  if [[ -d $shared ]]; then
    mkdir -p "$system/src/shared"
    mount --bind --read-only "$shared" "$system/src/shared"
  fi
  SECONDS=0
  result=0
  chroot "$system" su --login "$user" --command "cd /src/flexunet && $*" || result=$?
  echo "test_in.sh: $suite as $user: $*: exit code $result after" \
    "$((SECONDS / 60)) min $((SECONDS % 60)) s"
  exit $result
' inside "$suite" "$system" "$PWD/../shared" "$user" "$@"
