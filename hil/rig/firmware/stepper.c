/*
 * The step interrupt.
 *
 * On its alarm: the dead-man is asked, the coils change, the next step is worked out. A step is on trial until the
 * rotor has had time to settle, or until the next step if that is sooner; if the encoder has not moved the way it was
 * told, the step is lost. Then the counters are sent if the step was lost or is one of those that are always reported.
 */
#include "stepper.h"

#include <util/atomic.h>

#include "clock.h"
#include "coils.h"
#include "deadman.h"
#include "encoder.h"
#include "latch.h"
#include "queue.h"
#include "sense.h"
#include "telemetry.h"
#include "verdict.h"

/* 10 ms: a geared motor of this size has settled after a full step. */
#define SETTLING_ticks 156

struct counters stepper_counters;

/* The segment at the front of the queue: its next step, and how many were made. */
static struct walk walk;
static uint16_t made;

static struct {
  bool open;
  bool reported;
  int8_t direction;
  uint8_t before;
  uint32_t until;
} trial;

/* Turns to the segment at the front of the queue. */
static void begin(void) {
  const struct segment *segment = queue_front();
  walk.tick = segment->first;
  walk.slack = segment->phase;
  made = 0;
  deadman_pace(segment->quotient);
}

/* Ends the trial: `position` is where the encoder is, mod 256. */
static void judge(uint8_t position, uint32_t now) {
  const int8_t moved = (int8_t)(position - trial.before);
  const bool lost = trial.direction > 0 ? moved <= 0 : moved >= 0;
  trial.open = false;
  if (lost) stepper_counters.lost++;
  if (lost || trial.reported) telemetry_record(now);
}

static void step(uint32_t now) {
  const struct segment *segment = queue_front();
  const int8_t direction = segment->direction == WIRE_DIRECTION_F ? 1 : -1;
  const uint8_t position = encoder_low();
  coils_step(direction);
  if (trial.open) judge(position, now);

  if (direction > 0) stepper_counters.forward++;
  else stepper_counters.reverse++;
  made++;
  const bool last = made == segment->count;
  trial.open = true;
  trial.reported = last || made % WIRE_REPORT_STEPS == 0;
  trial.direction = direction;
  trial.before = position;
  trial.until = now + SETTLING_ticks;

  if (!last) {
    segment_advance(segment, &walk);
    return;
  }
  queue_drop_front();
  if (queue_length() > 0) begin();
}

/* Sets the alarm for what comes next: a step, or the end of a trial. False when that has come already. */
static bool wait_for_next(void) {
  if (queue_length() > 0 && !(trial.open && clock_reached(trial.until, walk.tick))) return clock_alarm(walk.tick);
  if (trial.open) return clock_alarm(trial.until);
  clock_silence();
  return true;
}

void clock_alarm_rang(void) {
  do {
    const uint32_t now = clock_now();
    if (queue_length() > 0 && clock_reached(walk.tick, now)) {
      if (deadman_passed(now)) latch_fall(WIRE_STATE_DEADMAN, WIRE_LATCH_DEADMAN);
      else step(now);
    } else if (trial.open && clock_reached(trial.until, now)) {
      judge(encoder_low(), now);
    }
  } while (!wait_for_next());
}

/* Sets the alarm anew after the queue was changed from outside the interrupt. Interrupts must be off. */
static void rearm(void) {
  if (!wait_for_next()) clock_alarm_rang();
}

/* Whether the fields make a segment that can be stepped through; its `last` is then filled in. */
static bool in_range(struct segment *segment) {
  if (segment->quotient < WIRE_INTERVAL) return false;
  if (segment->phase >= segment->divisor || segment->remainder >= segment->divisor) return false;
  const uint16_t intervals = segment->count - 1;
  if ((uint64_t)intervals * (segment->quotient + 1) > WIRE_SPAN) return false;
  segment->last = segment->first + segment_offset(segment, intervals);
  return true;
}

uint8_t stepper_queue(struct segment *segment) {
  const bool possible = in_range(segment);
  uint8_t verdict = VERDICT_DONE;
  ATOMIC_BLOCK(ATOMIC_FORCEON) {
    const uint32_t ahead = segment->first - clock_now();
    if (latch.state != 0) verdict = WIRE_REASON_HALTED;
    else if (sense_lines != WIRE_LINES_OFF) verdict = WIRE_REASON_MODE;
    else if (!possible) verdict = WIRE_REASON_RANGE;
    else if (ahead < 1 || ahead >= WIRE_AHEAD) verdict = WIRE_REASON_LATE;
    else if (queue_length() > 0 && clock_reached(segment->first, queue_back()->last)) verdict = WIRE_REASON_ORDER;
    else if (queue_full()) verdict = WIRE_REASON_FULL;
    else {
      queue_push(segment);
      if (queue_length() == 1) {
        begin();
        rearm();
      }
    }
  }
  return verdict;
}

/*
 * Shortens or drops the newest segment so that no step at or after the tick is left of it; false when there was none.
 * How many steps are kept does not depend on how many were made, so the long division runs with interrupts on.
 */
static bool shorten_newest(uint32_t from) {
  struct segment newest;
  uint32_t now;
  ATOMIC_BLOCK(ATOMIC_FORCEON) {
    if (queue_length() == 0) return false;
    newest = *queue_back();
    now = clock_now();
  }
  /* Ticks are compared from where every queued tick, and any present or later one, is ahead. */
  const uint32_t origin = now - WIRE_SPAN - 1;
  uint16_t kept = 0;
  if (!clock_reached(from, now)) {
    if (from - origin > newest.last - origin) return false;
    if (from - origin > newest.first - origin) kept = segment_steps_within(&newest, from - newest.first);
  }
  const uint32_t last = kept > 0 ? newest.first + segment_offset(&newest, kept - 1) : 0;

  ATOMIC_BLOCK(ATOMIC_FORCEON) {
    if (queue_length() > 0) {
      const uint16_t begun = queue_length() == 1 ? made : 0;
      if (kept > begun) {
        queue_back()->count = kept;
        queue_back()->last = last;
      } else {
        queue_drop_back();
        rearm();
      }
    }
  }
  return kept == 0;
}

void stepper_cancel(uint32_t from) {
  while (shorten_newest(from)) continue;
}

void stepper_stop(void) {
  ATOMIC_BLOCK(ATOMIC_FORCEON) {
    queue_empty();
    rearm();
  }
}
