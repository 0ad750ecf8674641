/*
 * Time since the host was last heard of, in ticks. It is asked only before a step, and no step is queued more than 2^31
 * ticks after the frame that queued it, so that the difference mod 2^32 is the true one.
 */
#include "deadman.h"

#include <util/atomic.h>

#include "catalogue.h"
#include "clock.h"

uint32_t deadman_fed;
uint32_t deadman_interval;

void deadman_feed(void) {
  ATOMIC_BLOCK(ATOMIC_FORCEON) { deadman_fed = clock_now(); }
}

void deadman_pace(uint32_t quotient) {
  const uint32_t two_steps = 2 * (quotient + 1);
  deadman_interval = two_steps > WIRE_DEAD_MAN ? two_steps : WIRE_DEAD_MAN;
}
