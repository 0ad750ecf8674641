/*
 * Sends on each start why it was reset and how often it has started since power came on; an 'h' makes it hang until
 * the watchdog bites. The count lives where the start-up code clears nothing.
 */
#include "wire.h"

#include <avr/wdt.h>

static uint8_t cause __attribute__((section(".noinit")));
static uint8_t starts __attribute__((section(".noinit")));

void early(void) __attribute__((naked, used, section(".init3")));
void early(void) {
  cause = MCUSR;
  MCUSR = 0;
  wdt_disable();
}

int main(void) {
  if (cause & _BV(PORF)) starts = 0;
  starts++;
  DDRB = 1;
  PORTB = 1;
  wire_open(_BV(TXEN0) | _BV(RXEN0));
  put('0' + cause);
  put('0' + starts);
  put('\n');
  wdt_enable(WDTO_250MS);
  for (;;) {
    wdt_reset();
    if ((UCSR0A & _BV(RXC0)) && UDR0 == 'h') {
      for (;;) {
      }
    }
  }
}
