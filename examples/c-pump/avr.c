/*
 * The pump on an ATmega328P at 16 MHz: the bench is at its UART, 115200 baud, 8N1 (docs/PROTOCOL.md, section 15). With FREE_RUNNING it
 * turns a motor at its pins by its own clock (section 21), and sleeps while there is nothing to do.
 */
#include <avr/io.h>
#ifdef FREE_RUNNING
#include <avr/interrupt.h>
#include <avr/sleep.h>
#endif

#include "motor.h"
#include "pump.h"
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

static void take(uint8_t byte) {
  session_take(byte);
#ifdef REPORT_STACK
  if (byte == '\n') report_stack();
#endif
}

#ifdef FREE_RUNNING
/* What has come while the pump was calculating: one frame at most, for who waits for an answer sends nothing. */
#define HEARD_MOST 128
static volatile uint8_t heard[HEARD_MOST], heard_first, heard_end;

ISR(USART_RX_vect) {
  uint8_t byte = UDR0, end = (heard_end + 1) % HEARD_MOST;
  if (end == heard_first) return;
  heard[heard_end] = byte;
  heard_end = end;
}

static void sleep_until_due(void) {
  cli();
  if (heard_first == heard_end && !motor_due()) {
    sei();
    sleep_cpu();
  }
  sei();
}
#endif

int main(void) {
  UCSR0A = 1 << U2X0;
  UBRR0 = 16;
  UCSR0C = 1 << UCSZ01 | 1 << UCSZ00;
#ifdef FREE_RUNNING
  UCSR0B = 1 << RXEN0 | 1 << TXEN0 | 1 << RXCIE0;
  motor_power();
  set_sleep_mode(SLEEP_MODE_IDLE);
  sleep_enable();
  sei();
  for (;;) {
    sleep_until_due();
    while (heard_first != heard_end) {
      uint8_t byte = heard[heard_first];
      heard_first = (heard_first + 1) % HEARD_MOST;
      take(byte);
    }
    pump_pass();
  }
#else
  UCSR0B = 1 << RXEN0 | 1 << TXEN0;
  for (;;) {
    while (!(UCSR0A & (1 << RXC0))) continue;
    take(UDR0);
  }
#endif
}
