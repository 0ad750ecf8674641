/* The therapy in force, its clock, and the boluses that start by it. */
#include "therapy.h"

#include "motion.h"

#define JUMP_MOST_us 7200000000ULL
/* 1970-01-01 was a Thursday, the fourth day of a week that begins on Monday. */
#define FIRST_WEEKDAY 3

struct therapy therapy;

struct timekeeping timekeeping;

/* The drug of the therapy in force; drug of the last therapy that was to give a dose, and how much of it in 24 h. */
static uint8_t drug, meant_drug;
static struct wide meant;

static void begin_anew(void) {
  timekeeping.through = clock_now() - 1;
}

void therapy_begin(uint64_t clock) {
  timekeeping.ahead = clock;
  wide_set(&meant, 0);
  therapy_stop();
}

uint64_t clock_at(uint64_t instant) {
  return instant + timekeeping.ahead;
}

uint64_t clock_now(void) {
  return clock_at(now);
}

bool clock_move(uint64_t clock) {
  uint64_t before = clock_now(), by = clock > before ? clock - before : before - clock;
  bool anew = by > JUMP_MOST_us;
  timekeeping.ahead = clock - now;
  if (anew || clock > timekeeping.through) begin_anew();
  return anew;
}

void therapy_stop(void) {
  therapy.kind = PROGRAM_STOPPED;
  therapy.rate = 0;
  therapy.count = 0;
  therapy_flow();
}

void therapy_flow(void) {
  motion_flow_on(therapy.by, therapy.rate);
}

void therapy_parts(const struct therapy *of, uint64_t scale, struct wide *parts) {
  struct daily daily;
  struct wide more;
  dose_parts(parts, of->by, of->rate, scale);
  for (uint8_t index = 0; index < of->count; index++) {
    daily_of(of, index, &daily);
    dose_parts(&more, daily.by, daily.amount, scale);
    wide_add(parts, &more);
  }
}

void therapy_commit(void) {
  struct wide parts;
  therapy = program.is.therapy;
  therapy_parts(&therapy, scale_now(), &parts);
  drug = fluids[fluid_now].drug;
  if (!wide_is_zero(&parts)) {
    meant = parts;
    meant_drug = drug;
  }
  begin_anew();
  therapy_flow();
}

uint8_t therapy_drug(void) {
  return drug;
}

bool therapy_meant(struct wide *parts) {
  *parts = meant;
  return !wide_is_zero(parts) && meant_drug == fluids[fluid_now].drug;
}

/* 0 on Monday. */
static uint8_t weekday_of(uint64_t clock) {
  return (uint8_t)((clock / DAY_us + FIRST_WEEKDAY) % 7);
}

bool still_starts(uint64_t clock) {
  return clock > timekeeping.through && (therapy.days >> weekday_of(clock) & 1);
}

/* The first time of the clock at which a bolus is still to start. */
static uint64_t next_start(void) {
  struct daily daily;
  if (therapy.count == 0) return NEVER;
  uint64_t first = NEVER, midnight = timekeeping.through - timekeeping.through % DAY_us;
  uint8_t weekday = weekday_of(midnight);
  for (uint8_t days = 0; days <= 7 && first == NEVER; days++, midnight += DAY_us, weekday++) {
    if (!(therapy.days >> weekday % 7 & 1)) continue;
    for (uint8_t index = 0; index < therapy.count; index++) {
      daily_of(&therapy, index, &daily);
      uint64_t start = midnight + daily.time;
      if (start > timekeeping.through && start < first) first = start;
    }
  }
  return first;
}

uint64_t therapy_next_start(void) {
  uint64_t clock = next_start();
  return clock == NEVER ? NEVER : clock - timekeeping.ahead;
}

bool therapy_start_due(void) {
  struct daily daily;
  bool room = true;
  for (uint64_t start = next_start(); start <= clock_now(); start = next_start()) {
    for (uint8_t index = 0; index < therapy.count; index++) {
      daily_of(&therapy, index, &daily);
      if (daily.time == start % DAY_us) room &= motion_begin_bolus(daily.by, daily.amount, daily.over);
    }
    timekeeping.through = start;
  }
  return room;
}
