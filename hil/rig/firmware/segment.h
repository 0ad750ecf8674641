/* A segment: evenly spaced motor steps, each at its own tick. The arithmetic is exact and has no other state. */
#ifndef PUMPBENCH_SEGMENT_H
#define PUMPBENCH_SEGMENT_H

#include <stdbool.h>
#include <stdint.h>

/* Step j is at tick first + ceil((j * (quotient * divisor + remainder) - phase) / divisor). */
struct segment {
  uint32_t first;
  uint32_t phase;
  uint32_t quotient;
  uint32_t remainder;
  uint32_t divisor;
  /* Tick of the last step. */
  uint32_t last;
  uint16_t count;
  uint8_t direction;
};

/* Where a segment has come to: the next step and how far its tick was rounded up, in 1/divisor of a tick. */
struct walk {
  uint32_t tick;
  uint32_t slack;
};

/* Ticks from step 0 to step `index`, which must be less than 2^32. */
uint32_t segment_offset(const struct segment *segment, uint16_t index);

/* How many steps are at ticks less than `ticks` after the first; `ticks` at least 1. */
uint16_t segment_steps_within(const struct segment *segment, uint32_t ticks);

/* From one step to the next. */
static inline void segment_advance(const struct segment *segment, struct walk *walk) {
  walk->tick += segment->quotient;
  if (segment->remainder > walk->slack) {
    walk->tick++;
    walk->slack += segment->divisor;
  }
  walk->slack -= segment->remainder;
}

#endif
