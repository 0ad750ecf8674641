#!/bin/sh
# Builds the pump for this machine: sh build.sh [PROGRAM], by default ./c-pump. CC and CFLAGS as usual.
set -eu
program=$(
  case ${1:-c-pump} in
  /*) echo "$1" ;;
  *) echo "$PWD/${1:-c-pump}" ;;
  esac
)
cd "$(dirname "$0")"
build=$(cat ./*.c ./*.h | cksum | awk '{ printf "%08X", $1 }')
sources=$(ls ./*.c | grep -v -e '/avr\.c$' -e '/motor\.c$')
# shellcheck disable=SC2086
${CC:-cc} -std=c99 ${CFLAGS:--O2 -Wall -Wextra} "-DBUILD=\"$build\"" $sources -o "$program"
