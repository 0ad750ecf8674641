/* Flow into steps: exact sums, and the longest run of equally spaced instants that rounds them as they are rounded one by one. */
#include "motion.h"

#include "account.h"
#include "words.h"

/* Beyond this nothing is planned: 18 digits are the most that the wire carries. */
#define INSTANT_MOST 999999999999999999ULL

struct bolus {
  uint64_t start, over;
  uint64_t amount;
  uint8_t by;
  /* Parts in every microsecond, and so many more spread evenly over the whole bolus. */
  uint64_t each, spread;
};

uint64_t now;
struct run coming;
bool ordered;

static struct bolus boluses[BOLUSES_MOST];
static uint8_t bolus_count;
/* Parts/us. */
static uint64_t basal;
/* Parts of a step; those that have flowed at instant `since` and are no whole step yet. */
static struct wide step, part;
static uint64_t since;

uint64_t run_instant(const struct run *run, uint32_t step) {
  return run->first + step * run->interval;
}

static void measure_step(void) {
  wide_set_product(&step, figures[FIGURE_STEP_VOLUME], scale_now());
  wide_multiply(&step, DAY_us);
}

void motion_begin(void) {
  measure_step();
  wide_set(&part, 0);
  since = basal = 0;
  bolus_count = 0;
  coming.count = 0;
}

void dose_parts(struct wide *parts, uint8_t by, uint64_t amount, uint64_t scale) {
  wide_set_product(parts, amount, by == BY_MASS ? PG_IN_PL_PG_PER_UL : scale);
}

/* Parts/us of a bolus; answers with what is to be spread. */
static uint64_t divide_bolus(uint8_t by, uint64_t amount, uint64_t over, struct wide *each) {
  dose_parts(each, by, amount, scale_now());
  wide_multiply(each, DAY_us);
  return wide_divide(each, over);
}

static void spread_bolus(struct bolus *bolus) {
  struct wide each;
  bolus->spread = divide_bolus(bolus->by, bolus->amount, bolus->over, &each);
  bolus->each = each.low;
}

uint64_t bolus_rate(uint8_t by, uint64_t amount, uint64_t over) {
  struct wide each;
  divide_bolus(by, amount, over, &each);
  return wide_narrow(&each);
}

void motion_rescale(uint64_t before) {
  wide_multiply(&part, scale_now());
  wide_divide(&part, before);
  measure_step();
  for (uint8_t at = 0; at < bolus_count; at++) spread_bolus(&boluses[at]);
}

/* Parts of a bolus that have flowed `elapsed` after its start. */
static void flow_of(const struct bolus *bolus, uint64_t elapsed, struct wide *parts) {
  struct wide spread;
  wide_set_product(parts, bolus->each, elapsed);
  wide_set_product(&spread, bolus->spread, elapsed);
  wide_divide(&spread, bolus->over);
  wide_add(parts, &spread);
}

/* Parts that flow from `since` to `at`, while no bolus begins or ends. */
static void flow(uint64_t at, struct wide *parts) {
  struct wide more;
  wide_set_product(parts, basal, at - since);
  for (const struct bolus *bolus = boluses; bolus < boluses + bolus_count; bolus++) {
    flow_of(bolus, at - bolus->start, &more);
    wide_add(parts, &more);
    flow_of(bolus, since - bolus->start, &more);
    wide_subtract(parts, &more);
  }
}

uint32_t motion_given(void) {
  if (coming.count == 0 || !ordered || now < coming.first) return 0;
  uint64_t given = (now - coming.first) / coming.interval + 1;
  return given < coming.count ? (uint32_t)given : coming.count;
}

void motion_settle(void) {
  uint32_t given = motion_given();
  struct wide parts, steps = step;
  flow(now, &parts);
  wide_add(&part, &parts);
  wide_multiply(&steps, given);
  wide_subtract(&part, &steps);
  since = now;
  coming.first += given * coming.interval;
  coming.count -= given;
}

/*
 * The longest run from a step that comes `late` parts after its exact instant: with the interval rounded down each step is less
 * late than the one before, rounded up it is later, and none may be early or late by a microsecond, `rate` parts.
 */
static void extend(uint64_t late, uint64_t rate, uint64_t horizon, uint32_t most) {
  struct wide exact = step;
  uint64_t rest = wide_divide(&exact, rate), interval = wide_narrow(&exact), count = most;
  if (interval == 0 || interval >= INSTANT_MOST) return;
  if (rest > 0) {
    uint64_t longer = (rate - 1 - late) / (rate - rest) + 1;
    count = late / rest + 1;
    if (longer > count) {
      count = longer;
      interval++;
    }
  }
  uint64_t room = ((horizon < INSTANT_MOST ? horizon : INSTANT_MOST) - coming.first) / interval + 1;
  if (count > room) count = room;
  if (count > most) count = most;
  if (count < 2) return;
  coming.count = (uint32_t)count;
  coming.interval = interval;
}

void motion_plan(uint64_t horizon, uint32_t most) {
  uint64_t rate = basal, wait, uneven = 0;
  struct wide missing, there;
  for (const struct bolus *bolus = boluses; bolus < boluses + bolus_count; bolus++) {
    rate += bolus->each;
    if (bolus->spread > 0) uneven++;
  }
  coming.count = 0;
  ordered = false;
  if (rate == 0) return;
  coming.first = since;
  wide_set(&there, 0);
  for (;;) {
    missing = step;
    wide_subtract(&missing, &part);
    if (!wide_less(&there, &missing)) break;
    wide_subtract(&missing, &there);
    /* Rounded up, for it is not there a microsecond earlier. */
    if (wide_divide(&missing, rate + uneven) > 0) missing.low++;
    wait = wide_narrow(&missing);
    if (wait > INSTANT_MOST || coming.first + wait > INSTANT_MOST || coming.first + wait > horizon) return;
    coming.first += wait;
    flow(coming.first, &there);
  }
  wide_subtract(&there, &missing);
  coming.count = 1;
  coming.interval = 1;
  if (uneven == 0) extend(there.low, rate, horizon, most);
}

void motion_flow_on(uint8_t by, uint64_t amount) {
  struct wide rate;
  dose_parts(&rate, by, amount, scale_now());
  basal = rate.low;
}

bool motion_begin_bolus(uint8_t by, uint64_t amount, uint64_t over) {
  if (bolus_count == BOLUSES_MOST) return false;
  struct bolus *bolus = &boluses[bolus_count++];
  bolus->start = now;
  bolus->over = over;
  bolus->amount = amount;
  bolus->by = by;
  spread_bolus(bolus);
  return true;
}

static uint64_t end_of(const struct bolus *bolus) {
  return bolus->start + bolus->over;
}

void motion_end_boluses(uint64_t at) {
  uint8_t kept = 0;
  for (uint8_t index = 0; index < bolus_count; index++) {
    if (end_of(&boluses[index]) > at) boluses[kept++] = boluses[index];
  }
  bolus_count = kept;
}

uint64_t motion_bolus_end(void) {
  uint64_t first = NEVER;
  for (uint8_t index = 0; index < bolus_count; index++) {
    uint64_t end = end_of(&boluses[index]);
    if (end < first) first = end;
  }
  return first;
}

uint64_t motion_slowest_bolus(void) {
  uint64_t slowest = UINT64_MAX;
  for (uint8_t index = 0; index < bolus_count; index++) {
    if (boluses[index].each < slowest) slowest = boluses[index].each;
  }
  return slowest;
}

uint64_t motion_flow_in(uint64_t later, uint8_t *count) {
  uint64_t rate = basal;
  *count = 0;
  for (uint8_t index = 0; index < bolus_count; index++) {
    if (now + later >= end_of(&boluses[index])) continue;
    rate += boluses[index].each;
    ++*count;
  }
  return rate;
}
