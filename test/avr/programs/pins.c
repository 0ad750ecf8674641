/*
 * Plays with PD2 as an output and sends what comes of it: how many interrupts came for a change that happened while
 * they were off (external, then pin change), and how many while the level was low. Then an interrupt reads Timer1
 * between the two halves of a write to OCR1A, and the register says what it got.
 */
#include "wire.h"

#include <avr/interrupt.h>

static volatile uint8_t external, changes;

ISR(INT0_vect) {
  external++;
  if (!(PIND & _BV(PD2)) && external == 5) PORTD |= _BV(PD2);
  (void)TCNT1;
}

ISR(PCINT2_vect) {
  changes++;
}

int main(void) {
  wire_open(_BV(TXEN0));
  DDRD = _BV(PD2);
  EICRA = _BV(ISC00);
  PCMSK2 = _BV(PCINT18);
  sei();
  PIND = _BV(PD2);
  put_hex(EIFR);
  put_hex(PCIFR);
  EIMSK = _BV(INT0);
  PCICR = _BV(PCIE2);
  put_hex(external);
  put_hex(changes);
  PCICR = 0;
  EIMSK = 0;
  PIND = _BV(PD2);
  EIFR = _BV(INTF0);
  PCIFR = _BV(PCIF2);
  EICRA = 0;
  EIMSK = _BV(INT0);
  while (external < 5) {
  }
  put_hex(external);
  put_hex(EIFR);
  EICRA = _BV(ISC00);
  TCNT1 = 0xabcd;
  OCR1AH = 0x12;
  PIND = _BV(PD2);
  OCR1AL = 0x34;
  put_hex(OCR1AH);
  put_hex(OCR1AL);
  put_hex(external);
  put_hex(changes);
  for (;;) {
  }
}
