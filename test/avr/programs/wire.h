/* What the test programs share: the serial port at 115200 baud (16 MHz / (8 * 17)), sent by polling. */
#ifndef WIRE_H
#define WIRE_H

#include <avr/io.h>
#include <stdint.h>

static inline void wire_open(uint8_t enables) {
  UBRR0 = 16;
  UCSR0A = _BV(U2X0);
  UCSR0C = _BV(UCSZ01) | _BV(UCSZ00);
  UCSR0B = enables;
}

static inline void put(uint8_t byte) {
  while (!(UCSR0A & _BV(UDRE0))) {
  }
  UDR0 = byte;
}

static inline void put_hex(uint8_t byte) {
  for (int8_t shift = 4; shift >= 0; shift -= 4) {
    uint8_t digit = (byte >> shift) & 15;
    put(digit < 10 ? '0' + digit : 'a' + digit - 10);
  }
}

static inline uint8_t get(void) {
  while (!(UCSR0A & _BV(RXC0))) {
  }
  return UDR0;
}

#endif
