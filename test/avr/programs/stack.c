/*
 * Calls a function with a large frame under a fast timer interrupt. Its epilogue is `out SPH; out SREG; out SPL`:
 * an interrupt between the last two would use half of a stack pointer. Sends G when the memory next to the stack is
 * sound, B when it was overwritten.
 */
#include "wire.h"

#include <avr/interrupt.h>

static volatile uint32_t ticks;

ISR(TIMER0_COMPA_vect) {
  ticks++;
}

static void __attribute__((noinline)) touch(volatile uint8_t *frame, uint8_t value) {
  frame[0] = value;
  frame[119] = value;
}

static uint8_t __attribute__((noinline)) call(uint8_t value) {
  volatile uint8_t frame[120];
  touch(frame, value);
  return frame[0] ^ frame[119];
}

int main(void) {
  volatile uint8_t guard[200];
  uint8_t overwritten = 0;
  for (uint8_t i = 0; i < 200; i++) guard[i] = 0x5a;
  wire_open(_BV(TXEN0));
  TCCR0A = _BV(WGM01);
  OCR0A = 96;
  TCCR0B = _BV(CS00);
  TIMSK0 = _BV(OCIE0A);
  sei();
  for (uint16_t k = 0; k < 4000; k++) {
    call(k);
    for (volatile uint8_t wait = k % 7; wait; wait--) {
    }
    if ((k & 255) != 0) continue;
    for (uint8_t i = 0; i < 200; i++) {
      if (guard[i] == 0x5a) continue;
      overwritten = 1;
      guard[i] = 0x5a;
    }
  }
  put(overwritten ? 'B' : 'G');
  for (;;) {
  }
}
