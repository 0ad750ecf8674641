/*
 * The latch: once it has fallen, by HALT or by the dead-man, nothing moves until CLEAR takes it off by quoting how many
 * times it has fallen, which shows that the host knows of the last.
 */
#ifndef PUMPBENCH_LATCH_H
#define PUMPBENCH_LATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "catalogue.h"
#include "clock.h"
#include "coils.h"
#include "event.h"
#include "queue.h"
#include "sense.h"

struct latch {
  /* WIRE_STATE_HALT, WIRE_STATE_DEADMAN, or 0 when it is off. */
  volatile uint8_t state;
  /* How many times it has fallen since boot, mod 2^16, and the last time why and when. */
  uint16_t halts;
  uint8_t cause;
  struct stamp stamp;
};

extern struct latch latch;

/*
 * Lets it fall: coils off, queue empty. Interrupts must be off. Written out where it is used, because a call in the
 * receive interrupt would cost every byte that comes in.
 */
static inline __attribute__((always_inline)) void latch_fall(uint8_t state, uint8_t cause) {
  coils_off();
  queue_empty();
  latch.state = state;
  latch.cause = cause;
  latch.halts++;
  clock_stamp(&latch.stamp);
  event_raise(EVENT_LATCHED);
}

/* Takes it off if `halts` is the present count; false, and it stays, when not. */
bool latch_clear(uint16_t halts);

/* The state of the motor as the wire names it. Interrupts must be off. */
static inline uint8_t motor_state(void) {
  if (latch.state != 0) return latch.state;
  if (sense_lines != WIRE_LINES_OFF) return WIRE_STATE_SENSE;
  return queue_length() > 0 ? WIRE_STATE_RUN : WIRE_STATE_IDLE;
}

/* The name of that state, in flash. */
const char *motor_state_word(uint8_t state);

/* Tells the host of the last fall. */
void latch_tell(void);

#endif
