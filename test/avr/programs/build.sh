#!/bin/sh
# Builds every test program into its .hex, next to it or into the folder given. Needs Debian's gcc-avr and avr-libc;
# other compilers make other code. The committed files are from gcc 5.4.0 and avr-libc 2.0.0.
set -eu
cd "$(dirname "$0")"
out=${1:-.}
for source in *.c; do
  name=$out/${source%.c}
  avr-gcc -mmcu=atmega328p -DF_CPU=16000000UL -std=gnu11 -Os -Wall -Wextra -Werror -o "$name.elf" "$source"
  avr-objcopy -O ihex -R .eeprom "$name.elf" "$name.hex"
  rm "$name.elf"
done
