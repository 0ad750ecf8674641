/*
 * The arithmetic of a segment in whole numbers.
 *
 * Why the walk equals the closed form: let slack be tick * divisor minus the exact instant * divisor, so 0 <= slack <
 * divisor, and phase at step 0. The next exact instant is quotient + (remainder - slack) / divisor after this tick, and
 * since both lie within [0, divisor) that fraction rounds up to 1 if remainder > slack and to 0 otherwise. slack +
 * divisor stays below 2^32 because both are below 2^31.
 */
#include "segment.h"

uint32_t segment_offset(const struct segment *segment, uint16_t index) {
  const uint32_t whole = index * segment->quotient;
  const uint64_t parts = (uint64_t)index * segment->remainder;
  if (parts <= segment->phase) return whole;
  return whole + (uint32_t)((parts - segment->phase - 1) / segment->divisor) + 1;
}

uint16_t segment_steps_within(const struct segment *segment, uint32_t ticks) {
  const uint64_t reach = (uint64_t)(ticks - 1) * segment->divisor + segment->phase;
  const uint64_t interval = (uint64_t)segment->quotient * segment->divisor + segment->remainder;
  const uint64_t steps = reach / interval + 1;
  return steps < segment->count ? (uint16_t)steps : segment->count;
}
