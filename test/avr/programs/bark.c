/* Sends why it was reset, lets the watchdog interrupt first and reset then, and sends a w for the interrupt. */
#include "wire.h"

#include <avr/interrupt.h>
#include <avr/sleep.h>
#include <avr/wdt.h>

static volatile uint8_t barked;

ISR(WDT_vect) {
  barked = 1;
}

int main(void) {
  uint8_t cause = MCUSR;
  MCUSR = 0;
  wdt_disable();
  wire_open(_BV(TXEN0));
  put('0' + cause);
  wdt_reset();
  WDTCSR = _BV(WDCE) | _BV(WDE);
  WDTCSR = _BV(WDIE) | _BV(WDE) | _BV(WDP0);
  set_sleep_mode(SLEEP_MODE_IDLE);
  sleep_enable();
  sei();
  for (;;) {
    sleep_cpu();
    if (barked) put('w');
    barked = 0;
  }
}
