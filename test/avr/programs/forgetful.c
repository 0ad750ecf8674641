/*
 * Starts the watchdog only after power has come on, but never clears the reset flags: after one bite the watchdog
 * runs on by itself, at its shortest, whether the program does nothing about it or, every other time, tries to stop
 * it.
 */
#include "wire.h"

#include <avr/wdt.h>

static uint8_t starts __attribute__((section(".noinit")));

int main(void) {
  wire_open(_BV(TXEN0));
  put('0' + MCUSR);
  if (MCUSR & _BV(WDRF)) {
    if (starts++ & 1) wdt_disable();
  } else {
    wdt_enable(WDTO_60MS);
  }
  for (;;) {
  }
}
