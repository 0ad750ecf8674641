/* Writes "pump" into the EEPROM from the interrupt that says it is ready, one byte each, and then sends a dot. */
#include "wire.h"

#include <avr/interrupt.h>
#include <avr/sleep.h>

static const char text[] = "pump";
static volatile uint8_t written;

ISR(EE_READY_vect) {
  if (written == 4) {
    EECR &= ~_BV(EERIE);
    written++;
    return;
  }
  EEAR = written;
  EEDR = text[written++];
  EECR |= _BV(EEMPE);
  EECR |= _BV(EEPE);
}

int main(void) {
  wire_open(_BV(TXEN0));
  set_sleep_mode(SLEEP_MODE_IDLE);
  sleep_enable();
  EECR = _BV(EERIE);
  sei();
  while (written <= 4) {
  }
  put('.');
  for (;;) sleep_cpu();
}
