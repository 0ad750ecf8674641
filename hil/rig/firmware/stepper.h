/* Makes each step of the queued segments at its tick, and finds out whether the rotor followed. */
#ifndef PUMPBENCH_STEPPER_H
#define PUMPBENCH_STEPPER_H

#include <stdbool.h>
#include <stdint.h>

#include "segment.h"

/* Counters since boot, mod 2^32. */
struct counters {
  uint32_t forward;
  uint32_t reverse;
  uint32_t lost;
};

/* For reading with interrupts off; the step interrupt alone writes them. */
extern struct counters stepper_counters;

/* Queues a segment, of which `last` need not be filled in; the reason when it is refused, else VERDICT_DONE. */
uint8_t stepper_queue(struct segment *segment);

/* Drops every step at or after the tick. */
void stepper_cancel(uint32_t from);

/* Drops every step. */
void stepper_stop(void);

#endif
