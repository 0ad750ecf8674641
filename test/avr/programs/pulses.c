/*
 * Counts rising edges of PD4 with Timer0 and falling ones of PD5 with Timer1, and sends both counts for every byte that
 * comes in, with how often Timer0 has overflowed by interrupt.
 */
#include "wire.h"

#include <avr/interrupt.h>

static volatile uint8_t overflows;

ISR(TIMER0_OVF_vect) {
  overflows++;
}

int main(void) {
  wire_open(_BV(TXEN0) | _BV(RXEN0));
  TIMSK0 = _BV(TOIE0);
  TCCR0B = _BV(CS02) | _BV(CS01) | _BV(CS00);
  TCCR1B = _BV(CS12) | _BV(CS11);
  sei();
  for (;;) {
    while (!(UCSR0A & _BV(RXC0))) {
    }
    (void)UDR0;
    put_hex(TCNT0);
    put_hex(overflows);
    const uint16_t falling = TCNT1;
    put_hex(falling >> 8);
    put_hex((uint8_t)falling);
  }
}
