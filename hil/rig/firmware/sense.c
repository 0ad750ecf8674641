/*
 * The input mode from the outside: beginning and ending it, and what is told of it.
 *
 * Entries are kept until the host says that it has them, so a frame that is lost on the way is asked for again. Only the
 * main loop lets go of entries and only interrupts add to them, so the main loop reads those that are held as they lie.
 */
#include "sense.h"

#include <string.h>
#include <util/atomic.h>
#include <util/delay.h>

#include "clock.h"
#include "coils.h"
#include "compose.h"
#include "encoder.h"
#include "event.h"
#include "pump-lines.h"
#include "queue.h"
#include "session.h"
#include "telemetry.h"
#include "verdict.h"

/* Most characters of the entries of a frame, and of one entry: its kind and 32 bits of ticks, five at a time. */
enum { EDGES_LONGEST = 64, ENTRY_LONGEST = 1 + 7, BITS = 5, MORE = 1 << BITS };

volatile uint8_t sense_lines;

static void begin(uint8_t lines) {
  coils_release();
  pump_lines_pull_up();
  /* The pull-ups take a moment to lift the lines. */
  _delay_us(20);
  ATOMIC_BLOCK(ATOMIC_FORCEON) {
    memset(&queue.sensed, 0, sizeof queue.sensed);
    queue.sensed.encoder_start = encoder_position;
    sense_lines = lines;
    pump_lines_start(lines);
  }
}

static void end(void) {
  ATOMIC_BLOCK(ATOMIC_FORCEON) {
    pump_lines_stop();
    sense_lines = WIRE_LINES_OFF;
    coils_start();
  }
}

uint8_t sense_set(uint8_t lines) {
  if (lines != sense_lines) {
    if (queue_length() > 0 || (lines != WIRE_LINES_OFF && sense_lines != WIRE_LINES_OFF)) return WIRE_REASON_MODE;
    if (lines != WIRE_LINES_OFF) begin(lines);
    else end();
  }
  event_raise(EVENT_SENSED);
  return VERDICT_DONE;
}

uint8_t sense_fetch(uint32_t from) {
  if (sense_lines == WIRE_LINES_OFF) return WIRE_REASON_MODE;
  struct sensed *sensed = &queue.sensed;
  const uint32_t gone = from - sensed->first;
  if (gone > sensed->held) return WIRE_REASON_RANGE;
  ATOMIC_BLOCK(ATOMIC_FORCEON) {
    sensed->oldest = (sensed->oldest + (uint8_t)gone) % WIRE_ENTRIES;
    sensed->held -= (uint8_t)gone;
    sensed->first = from;
  }
  event_raise(EVENT_EDGES);
  return VERDICT_DONE;
}

void sense_record(uint32_t tick, uint8_t what) {
  struct sensed *sensed = &queue.sensed;
  if (sensed->held == WIRE_ENTRIES) {
    sensed->tally.dropped++;
    return;
  }
  uint8_t at = sensed->oldest + sensed->held;
  if (at >= WIRE_ENTRIES) at -= WIRE_ENTRIES;
  sensed->entries[at].tick = tick;
  sensed->entries[at].what = what;
  sensed->held++;
}

static const char *lines_word(uint8_t lines) {
  switch (lines) {
    case WIRE_LINES_COILS:
      return PSTR("COILS");
    case WIRE_LINES_STEP:
      return PSTR("STEP");
    default:
      return PSTR("OFF");
  }
}

/* What SENSED says, read at one instant; zeros while nothing is sensed. */
struct glance {
  uint32_t tick;
  struct tally tally;
  int32_t encoder;
  uint32_t recorded;
  uint8_t levels;
  uint8_t held;
};

static void take_glance(struct glance *glance) {
  const struct sensed *sensed = &queue.sensed;
  memset(glance, 0, sizeof *glance);
  ATOMIC_BLOCK(ATOMIC_FORCEON) {
    glance->tick = clock_now();
    if (sense_lines != WIRE_LINES_OFF) {
      glance->tally = sensed->tally;
      glance->encoder = encoder_position - sensed->encoder_start;
      glance->recorded = sensed->first + sensed->held;
      glance->levels = pump_lines_now();
      glance->held = sensed->held;
    }
  }
}

void sense_tell(void) {
  struct glance glance;
  if (!session_open()) return;
  take_glance(&glance);
  compose_begin(PSTR("SENSED"), telemetry_sequence());
  compose_number(session_token());
  compose_number(glance.tick);
  compose_word(lines_word(sense_lines));
  compose_number(glance.levels);
  compose_number(glance.tally.forward);
  compose_number(glance.tally.reverse);
  compose_number(glance.tally.illegal);
  compose_number(glance.tally.glitches);
  compose_signed(glance.encoder);
  compose_number(glance.tally.skipped);
  compose_number(glance.recorded);
  compose_number(glance.held);
  compose_number(glance.tally.dropped);
  compose_send();
}

/* Puts an entry, whose tick is so many after that of the one before it; how many characters that takes. */
static uint8_t compose_entry(uint8_t what, uint32_t ticks) {
  uint8_t length = 1;
  compose_code(what);
  do {
    const uint8_t digit = (uint8_t)ticks & (MORE - 1);
    ticks >>= BITS;
    compose_code(ticks > 0 ? digit | MORE : digit);
    length++;
  } while (ticks > 0);
  return length;
}

/* Puts as many of the entries held as there is room for; how many those are. */
static uint8_t compose_entries(uint8_t held, uint32_t base) {
  const struct sensed *sensed = &queue.sensed;
  uint8_t told = 0;
  uint8_t at = sensed->oldest;
  for (uint8_t length = 0; told < held && length <= EDGES_LONGEST - ENTRY_LONGEST; told++) {
    const struct entry *entry = &sensed->entries[at];
    length += compose_entry(entry->what, entry->tick - base);
    base = entry->tick;
    if (++at == WIRE_ENTRIES) at = 0;
  }
  return told;
}

void sense_tell_edges(void) {
  const struct sensed *sensed = &queue.sensed;
  uint32_t tick = 0, dropped = 0;
  uint8_t held = 0;
  if (!session_open() || sense_lines == WIRE_LINES_OFF) return;
  ATOMIC_BLOCK(ATOMIC_FORCEON) {
    tick = clock_now();
    held = sensed->held;
    dropped = sensed->tally.dropped;
  }
  const uint32_t base = held > 0 ? sensed->entries[sensed->oldest].tick : tick;
  compose_begin(PSTR("EDGES"), telemetry_sequence());
  compose_number(session_token());
  compose_number(tick);
  compose_number(sensed->first);
  compose_number(base);
  compose_number(dropped);
  if (held > 0) {
    compose_text();
    held -= compose_entries(held, base);
  } else {
    compose_word(PSTR("-"));
  }
  compose_number(held);
  compose_send();
}
