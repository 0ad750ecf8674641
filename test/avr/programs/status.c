/*
 * Waits for 'x' bytes to pile up for so long (a digit, in milliseconds) and sends every one that is there as status
 * and value in hexadecimal, of the status only what concerns the receiver; before that it writes UCSR0A, which must
 * not take anything away.
 */
#include "wire.h"

#include <util/delay.h>

int main(void) {
  wire_open(_BV(TXEN0) | _BV(RXEN0));
  for (;;) {
    uint8_t wait = get() - '0';
    while (wait--) _delay_ms(1);
    UCSR0A = _BV(U2X0);
    for (;;) {
      uint8_t status = UCSR0A;
      if (!(status & _BV(RXC0))) break;
      put_hex(status & (_BV(RXC0) | _BV(FE0) | _BV(DOR0) | _BV(UPE0)));
      put_hex(UDR0);
      put(' ');
    }
    put('\n');
  }
}
