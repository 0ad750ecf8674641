/*
 * Quadrature count by pin-change interrupt. A is bit 0 and B bit 1 of a Gray code, forward 00, 01, 11, 10.
 *
 * A change of both bits at once says that a transition was missed, and not which way; the count stays and goes on from
 * there, so that the missing motion shows as lost steps. In the input mode each change is told apart, and the pulses of a
 * pump come by the same interrupt.
 */
#include "encoder.h"

#include <avr/interrupt.h>
#include <util/delay.h>

#include "board.h"
#include "catalogue.h"
#include "sense.h"

volatile int32_t encoder_position;

static uint8_t quarter;

/* The Gray code of the pins as a number from 0 to 3, ascending forward. */
static inline uint8_t quarter_now(void) {
  const uint8_t gray = (ENCODER_PIN & ENCODER_MASK) >> ENCODER_SHIFT;
  return gray ^ gray >> 1;
}

void encoder_start(void) {
  ENCODER_PORT |= ENCODER_MASK;
  /* The pull-ups take a moment to lift the lines. */
  _delay_us(20);
  quarter = quarter_now();
  ENCODER_PCMSK = ENCODER_MASK;
  PCICR = _BV(ENCODER_PCIE);
}

ISR(ENCODER_vect) {
  const uint8_t now = quarter_now();
  const uint8_t turned = (now - quarter) & 3;
  quarter = now;
  if (turned == 1) encoder_position++;
  else if (turned == 3) encoder_position--;
  if (sense_lines != WIRE_LINES_OFF) sense_turned(turned);
}
