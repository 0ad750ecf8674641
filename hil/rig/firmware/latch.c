/* The latch outside interrupts: taking it off and telling of it. */
#include "latch.h"

#include <util/atomic.h>

#include "compose.h"
#include "telemetry.h"

struct latch latch;

bool latch_clear(uint16_t halts) {
  bool cleared = false;
  ATOMIC_BLOCK(ATOMIC_FORCEON) {
    if (latch.halts == halts) {
      latch.state = 0;
      cleared = true;
    }
  }
  return cleared;
}

const char *motor_state_word(uint8_t state) {
  switch (state) {
    case WIRE_STATE_IDLE:
      return PSTR("IDLE");
    case WIRE_STATE_RUN:
      return PSTR("RUN");
    case WIRE_STATE_SENSE:
      return PSTR("SENSE");
    case WIRE_STATE_HALT:
      return PSTR("HALT");
    default:
      return PSTR("DEADMAN");
  }
}

void latch_tell(void) {
  struct latch told;
  ATOMIC_BLOCK(ATOMIC_FORCEON) { told = latch; }
  compose_begin(PSTR("HALTED"), telemetry_sequence());
  compose_number(told.halts);
  compose_word(told.cause == WIRE_LATCH_DEADMAN ? PSTR("DEADMAN") : PSTR("HALT"));
  compose_number(clock_of(&told.stamp));
  compose_send();
}
