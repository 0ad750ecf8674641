/*
 * Measures the channel asked for ('0' to '7', or 'b' for the internal reference) against the supply; sends it in
 * hexadecimal. PB0 is high while it converts. For an 'l' it converts channel 0, then channel 7 after reading only
 * the low byte.
 */
#include "wire.h"

static void convert(uint8_t channel) {
  ADMUX = _BV(REFS0) | channel;
  ADCSRA |= _BV(ADSC);
  while (ADCSRA & _BV(ADSC)) {
  }
}

int main(void) {
  wire_open(_BV(TXEN0) | _BV(RXEN0));
  DDRB = 1;
  ADCSRA = _BV(ADEN) | _BV(ADPS2) | _BV(ADPS1) | _BV(ADPS0);
  for (;;) {
    uint8_t asked = get();
    PINB = 1;
    convert(asked == 'b' ? 14 : asked == 'l' ? 0 : asked - '0');
    PINB = 1;
    uint8_t low = ADCL;
    if (asked == 'l') convert(7);
    put_hex(ADCH);
    put_hex(low);
    put('\n');
  }
}
