/*
 * The lines of a pump, by pin-change interrupt.
 *
 * The tick is taken first, then the lines have to stay as they are for the width of the filter: a controller that changes
 * its pins one after another makes one change of it, and a pulse that is shorter makes none. Whatever changed during the
 * last of these times and came back asks for the interrupt again, and is counted there. Pulses of STEP are counted by a
 * timer, so that none is too short and several that came while interrupts were off are told apart.
 */
#include "pump-lines.h"

#include <avr/interrupt.h>
#include <stdbool.h>
#include <util/delay.h>

#include "catalogue.h"
#include "clock.h"
#include "flash.h"
#include "queue.h"
#include "sense.h"

/* A controller with a pause shorter than the filter between each two of its pins has set all of them after so many. */
#define LOOKS_MOST 4

/* The field by the levels of B-, B+, A-, A+: its direction in half steps, off, or what no motor is driven by. */
enum { OFF = 8, NONE = 9, UNKNOWN = 10, HALF_STEPS = 8 };

static const uint8_t FIELD[16] PROGMEM = {
    OFF, 7, 3, NONE, 1, 0, 2, NONE, 5, 6, 4, NONE, NONE, NONE, NONE, NONE,
};

void pump_lines_pull_up(void) {
  LINES_PORT |= LEVELS_ALL << LINES_SHIFT;
  STEP_PORT |= STEP_MASK;
}

void pump_lines_start(uint8_t lines) {
  struct sensed *sensed = &queue.sensed;
  sensed->levels = pump_lines_now();
  const uint8_t field = pgm_read_byte(&FIELD[sensed->levels & LEVELS_COILS]);
  sensed->position = field < HALF_STEPS ? field : UNKNOWN;
  if (lines == WIRE_LINES_STEP) {
    LINES_PCMSK = LEVELS_ALARM << LINES_SHIFT;
    STEP_COUNTER = 0;
    STEP_CONTROL = STEP_COUNTING;
    ENCODER_PCMSK |= STEP_MASK;
  } else {
    LINES_PCMSK = LEVELS_ALL << LINES_SHIFT;
  }
  PCIFR = _BV(LINES_PCIF);
  PCICR |= _BV(LINES_PCIE);
}

void pump_lines_stop(void) {
  PCICR &= (uint8_t)~_BV(LINES_PCIE);
  LINES_PCMSK = 0;
  ENCODER_PCMSK &= (uint8_t)~STEP_MASK;
  STEP_CONTROL = 0;
  LINES_PORT &= (uint8_t)~(LEVELS_ALL << LINES_SHIFT);
  STEP_PORT &= (uint8_t)~STEP_MASK;
}

/* The levels once they have stayed as they are for the width of the filter, or what they are after the last look. */
static inline uint8_t settled(void) {
  uint8_t seen = 0;
  for (uint8_t looks = LOOKS_MOST; looks > 0; looks--) {
    PCIFR = _BV(LINES_PCIF);
    seen = pump_lines_now();
    _delay_us(WIRE_FILTER);
    if (pump_lines_now() == seen) break;
  }
  return seen;
}

/* Counts by how many half steps the coil lines have turned the field. */
static inline void turn_field(struct sensed *sensed) {
  const uint8_t field = pgm_read_byte(&FIELD[sensed->levels & LEVELS_COILS]);
  if (field == OFF) return;
  if (field == NONE) {
    sensed->tally.illegal++;
    return;
  }
  const uint8_t turned = (uint8_t)(field - sensed->position) % HALF_STEPS;
  if (sensed->position != UNKNOWN) {
    if (turned == 1 || turned == 2) sensed->tally.forward += turned;
    else if (turned >= HALF_STEPS - 2) sensed->tally.reverse += HALF_STEPS - turned;
    else if (turned != 0) sensed->tally.illegal++;
  }
  sensed->position = field;
}

ISR(LINES_vect) {
  struct sensed *sensed = &queue.sensed;
  const uint32_t now = clock_now();
  const uint8_t levels = settled();
  const uint8_t changed = (levels ^ sensed->levels) & LINES_PCMSK >> LINES_SHIFT;
  sensed->levels = levels;
  if (changed == 0) {
    sensed->tally.glitches++;
    return;
  }
  sense_record(now, levels);
  if (changed & LEVELS_COILS) turn_field(sensed);
}

static void count_pulses(uint32_t now) {
  struct sensed *sensed = &queue.sensed;
  const uint8_t count = STEP_COUNTER;
  const bool forward = pump_lines_now() & LEVELS_DIR;
  for (; sensed->pulses != count; sensed->pulses++) {
    if (forward) sensed->tally.forward++;
    else sensed->tally.reverse++;
    sense_record(now, forward ? ENTRY_PULSE_FORWARD : ENTRY_PULSE_REVERSE);
  }
}

void sense_turned(uint8_t turned) {
  struct sensed *sensed = &queue.sensed;
  const uint32_t now = clock_now();
  if (turned == 1) sense_record(now, ENTRY_ENCODER_FORWARD);
  else if (turned == 3) sense_record(now, ENTRY_ENCODER_REVERSE);
  else if (turned == 2) {
    sensed->tally.skipped++;
    sense_record(now, ENTRY_ENCODER_SKIPPED);
  }
  if (sense_lines == WIRE_LINES_STEP) count_pulses(now);
}
