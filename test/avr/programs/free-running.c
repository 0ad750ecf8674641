/*
 * Lets the converter run by itself, a conversion every 208 cycles, and turns PB0 over for each of the first three
 * results.
 */
#include <avr/io.h>

int main(void) {
  DDRB = 1;
  ADMUX = _BV(REFS0);
  ADCSRA = _BV(ADEN) | _BV(ADATE) | _BV(ADPS2) | _BV(ADSC);
  for (uint8_t i = 0; i < 3; i++) {
    while (!(ADCSRA & _BV(ADIF))) {
    }
    ADCSRA |= _BV(ADIF);
    PINB = 1;
  }
  for (;;) {
  }
}
