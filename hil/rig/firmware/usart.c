/*
 * USART0 at 115200 baud.
 *
 * HALT is recognised in the receive interrupt, whatever the main loop is doing. A byte with a framing error becomes a
 * zero, which no frame contains, so that its line cannot decode and it cannot be taken for half a HALT.
 */
#include "usart.h"

#include <avr/interrupt.h>
#include <util/atomic.h>

#include "board.h"
#include "event.h"
#include "latch.h"
#include "received.h"

/* With so many bytes waiting they are looked at even if no line has ended. */
#define HALF_FULL 128

static volatile uint16_t overruns;
static uint8_t half_halt;

static const char *volatile sending;
static volatile uint8_t unsent;

void usart_start(void) {
  UCSR0A = _BV(U2X0);
  UBRR0 = USART_DIVIDER;
  UCSR0C = _BV(UCSZ01) | _BV(UCSZ00);
  UCSR0B = _BV(RXEN0) | _BV(TXEN0) | _BV(RXCIE0);
}

ISR(USART_RX_vect) {
  const uint8_t status = UCSR0A;
  uint8_t byte = UDR0;
  if (status & _BV(DOR0)) overruns++;
  if (status & _BV(FE0)) byte = 0;

  if (byte != WIRE_HALT_BYTE) {
    half_halt = 0;
  } else if (half_halt) {
    half_halt = 0;
    latch_fall(WIRE_STATE_HALT, WIRE_LATCH_HALT);
  } else {
    half_halt = 1;
  }

  const uint8_t in = received.in;
  const uint8_t held = in - received.out;
  if (held == 0xFF) {
    overruns++;
    return;
  }
  received.bytes[in] = byte;
  received.in = in + 1;
  if (byte == '\n' || held >= HALF_FULL) event_raise(EVENT_LINE);
}

uint16_t usart_overruns(void) {
  uint16_t count = 0;
  ATOMIC_BLOCK(ATOMIC_FORCEON) { count = overruns; }
  return count;
}

ISR(USART_UDRE_vect) {
  const char *const next = sending;
  UDR0 = (uint8_t)*next;
  sending = next + 1;
  if (--unsent == 0) UCSR0B &= (uint8_t)~_BV(UDRIE0);
}

void usart_send(const char *bytes, uint8_t length) {
  usart_wait_sent();
  ATOMIC_BLOCK(ATOMIC_FORCEON) {
    sending = bytes;
    unsent = length;
    UCSR0B |= _BV(UDRIE0);
  }
}

bool usart_sending(void) { return unsent > 0; }

void usart_wait_sent(void) { sleep_while(unsent > 0); }
