/*
 * Telemetry: cumulative counters, all read at one instant in the step interrupt, sent by the main loop.
 *
 * Four may wait. When they come faster than the line can carry, the newest takes the place of the one before it: the
 * counters are cumulative, so the host loses no step by it.
 */
#include "telemetry.h"

#include <stdbool.h>
#include <util/atomic.h>

#include "cell.h"
#include "clock.h"
#include "compose.h"
#include "encoder.h"
#include "event.h"
#include "latch.h"
#include "line.h"
#include "queue.h"
#include "session.h"
#include "stepper.h"
#include "usart.h"

#define WAITING_MOST 4

struct reading {
  uint32_t tick;
  struct counters steps;
  int32_t encoder;
  uint8_t queued;
  uint8_t state;
};

static struct reading waiting[WAITING_MOST];
static uint8_t oldest;
static uint8_t count;
static uint8_t sequence;

void telemetry_record(uint32_t now) {
  if (count < WAITING_MOST) count++;
  struct reading *reading = &waiting[(oldest + count - 1) % WAITING_MOST];
  reading->tick = now;
  reading->steps = stepper_counters;
  reading->encoder = encoder_position;
  reading->queued = queue_length();
  reading->state = motor_state();
  event_raise(EVENT_COUNTERS);
}

void telemetry_ask(void) {
  ATOMIC_BLOCK(ATOMIC_FORCEON) { telemetry_record(clock_now()); }
}

/* Takes the oldest out; false when there is none. */
static bool take(struct reading *reading) {
  bool taken = false;
  ATOMIC_BLOCK(ATOMIC_FORCEON) {
    if (count > 0) {
      *reading = waiting[oldest];
      oldest = (oldest + 1) % WAITING_MOST;
      count--;
      taken = true;
    }
    if (count > 0) event_raise(EVENT_COUNTERS);
  }
  return taken;
}

void telemetry_tell(void) {
  struct reading reading;
  if (!take(&reading) || !session_open()) return;
  const uint16_t cell = cell_mV();
  compose_begin(PSTR("TEL"), telemetry_sequence());
  compose_number(session_token());
  compose_number(reading.tick);
  compose_number(reading.steps.forward);
  compose_number(reading.steps.reverse);
  compose_number(reading.steps.lost);
  compose_signed(reading.encoder);
  compose_number(reading.queued);
  compose_word(motor_state_word(reading.state));
  compose_number(cell);
  compose_number(line_discarded());
  compose_number(usart_overruns());
  compose_send();
}

uint8_t telemetry_sequence(void) { return sequence++; }

void telemetry_begin(void) {
  ATOMIC_BLOCK(ATOMIC_FORCEON) { count = 0; }
  event_drop(EVENT_SENSED);
  event_drop(EVENT_EDGES);
  sequence = 0;
}
