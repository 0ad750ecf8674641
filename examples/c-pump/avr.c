/* The pump on an ATmega328P at 16 MHz: the bench is at its UART, 115200 baud, 8N1 (docs/PROTOCOL.md, section 15). */
#include <avr/io.h>

#include "say.h"
#include "session.h"

void port_write(uint8_t byte) {
  while (!(UCSR0A & (1 << UDRE0))) continue;
  UDR0 = byte;
}

#ifdef REPORT_STACK
/*
 * With REPORT_STACK all memory above the variables is painted before anything runs, and after each frame a log line says how many
 * bytes of it the stack has never touched.
 */
#define PAINT 0xC5

extern uint8_t _end;

void paint(void) __attribute__((naked, used, section(".init3")));
void paint(void) {
  for (uint8_t *byte = &_end; byte <= (uint8_t *)RAMEND; byte++) *byte = PAINT;
}

static void report_stack(void) {
  uint16_t untouched = 0;
  for (const uint8_t *byte = &_end; *byte == PAINT; byte++) untouched++;
  for (uint16_t tens = 1000; tens > 0; tens /= 10) port_write((uint8_t)('0' + untouched / tens % 10));
  port_write('\n');
}
#endif

int main(void) {
  UCSR0A = 1 << U2X0;
  UBRR0 = 16;
  UCSR0C = 1 << UCSZ01 | 1 << UCSZ00;
  UCSR0B = 1 << RXEN0 | 1 << TXEN0;
  for (;;) {
    while (!(UCSR0A & (1 << RXC0))) continue;
    uint8_t byte = UDR0;
    session_take(byte);
#ifdef REPORT_STACK
    if (byte == '\n') report_stack();
#endif
  }
}
