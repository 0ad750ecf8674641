/*
 * Sends by interrupt and switches the interrupt off only when it finds nothing left, so that UDRE stays set while
 * its interrupt is off. Sends "ab" at first and again for each byte received.
 */
#include "wire.h"

#include <avr/interrupt.h>
#include <avr/sleep.h>

static volatile uint8_t left;

ISR(USART_UDRE_vect) {
  if (left == 0) {
    UCSR0B &= ~_BV(UDRIE0);
    return;
  }
  UDR0 = 'a' + 2 - left--;
}

ISR(USART_RX_vect) {
  (void)UDR0;
  left = 2;
  UCSR0B |= _BV(UDRIE0);
}

int main(void) {
  wire_open(_BV(TXEN0) | _BV(RXEN0) | _BV(RXCIE0));
  left = 2;
  UCSR0B |= _BV(UDRIE0);
  set_sleep_mode(SLEEP_MODE_IDLE);
  sleep_enable();
  sei();
  for (;;) sleep_cpu();
}
