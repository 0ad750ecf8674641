/*
 * Answers a change of PD2 on PB0 and the 1000th clock of Timer1 on PB2 from interrupts without a prologue, and a
 * byte on PB1, while the processor runs a loop of two cycles; or while it sleeps, if PD4 is held low at the start.
 */
#include "wire.h"

#include <avr/interrupt.h>
#include <avr/sleep.h>

ISR(INT0_vect, ISR_NAKED) {
  PINB = 1;
  reti();
}

ISR(TIMER1_COMPA_vect, ISR_NAKED) {
  PINB = 4;
  reti();
}

ISR(USART_RX_vect) {
  (void)UDR0;
  PINB = 2;
}

int main(void) {
  DDRB = 7;
  PORTD = _BV(PD4);
  EICRA = _BV(ISC00);
  EIMSK = _BV(INT0);
  OCR1A = 999;
  TIMSK1 = _BV(OCIE1A);
  TCCR1B = _BV(CS11) | _BV(CS10);
  wire_open(_BV(RXEN0) | _BV(RXCIE0));
  set_sleep_mode(SLEEP_MODE_IDLE);
  sleep_enable();
  uint8_t sleeps = !(PIND & _BV(PD4));
  sei();
  if (!sleeps) {
    for (;;) {
    }
  }
  for (;;) sleep_cpu();
}
