/*
 * Sleeps until a byte has come and sends it back. A byte that comes between the look and the sleep must not be
 * slept over: the instruction after SEI is executed before the interrupt, so SLEEP is.
 */
#include "wire.h"

#include <avr/interrupt.h>
#include <avr/sleep.h>
#include <util/delay.h>

static volatile uint8_t arrived, byte;

ISR(USART_RX_vect) {
  byte = UDR0;
  arrived = 1;
}

int main(void) {
  wire_open(_BV(TXEN0) | _BV(RXEN0) | _BV(RXCIE0));
  set_sleep_mode(SLEEP_MODE_IDLE);
  sleep_enable();
  for (;;) {
    cli();
    if (!arrived) {
      _delay_us(100);
      sei();
      sleep_cpu();
    } else {
      arrived = 0;
      sei();
      put(byte);
    }
  }
}
