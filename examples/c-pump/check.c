/* The rules of this pump: what it can give, and at the same time. */
#include "check.h"

#include <stddef.h>

#include "motion.h"
#include "therapy.h"

/* What is given at the same time: parts/us, and boluses. */
static uint64_t rate;
static uint8_t boluses;

/* UINT64_MAX is a rate beyond all that fit, and stays so. */
static void add_rate(uint64_t more) {
  rate = rate + more < rate ? UINT64_MAX : rate + more;
}

static void add_bolus(const struct daily *bolus) {
  add_rate(bolus_rate(bolus->by, bolus->amount, bolus->over));
  boluses++;
}

/* The refusal of a rate beyond a limit, both as pL/d. */
static uint8_t refuse_rate(uint8_t refusal, uint8_t figure) {
  return refuse(refusal, rate / scale_now(), figures[figure]);
}

static uint64_t rate_limit(uint8_t figure) {
  return figures[figure] * scale_now();
}

static uint8_t check_sum(void) {
  if (boluses > BOLUSES_MOST) return refuse(REFUSAL_CROWD, boluses, BOLUSES_MOST);
  if (rate > rate_limit(FIGURE_RATE_MAX)) return refuse_rate(REFUSAL_ABOVE, FIGURE_RATE_MAX);
  return REFUSAL_NONE;
}

static bool lacks_drug(uint8_t by) {
  return by == BY_MASS && fluids[fluid_now].concentration == 0;
}

/* Without a basal rate a bolus is within the range by itself, for what else runs may end before it does. */
static uint8_t check_bolus(const struct daily *bolus, uint64_t basal) {
  if (lacks_drug(bolus->by)) return REFUSAL_NO_DRUG;
  rate = bolus_rate(bolus->by, bolus->amount, bolus->over);
  bool flows = basal > 0 || (rate > 0 && rate >= rate_limit(FIGURE_RATE_MIN));
  return flows ? REFUSAL_NONE : refuse_rate(REFUSAL_BELOW, FIGURE_RATE_MIN);
}

/* Flow is highest at the start of some bolus: on top of the basal rate come those that began before it and still run. */
static uint8_t check_start(const struct therapy *of, uint64_t basal, uint8_t at) {
  struct daily start, daily;
  daily_of(of, at, &start);
  uint8_t refusal = check_bolus(&start, basal);
  rate = basal;
  boluses = 0;
  for (uint8_t index = 0; index < of->count; index++) {
    daily_of(of, index, &daily);
    if ((start.time + DAY_us - daily.time) % DAY_us < daily.over) add_bolus(&daily);
  }
  return refusal == REFUSAL_NONE ? check_sum() : refusal;
}

static uint8_t check_therapy(const struct therapy *of) {
  struct wide basal;
  if (of->kind == PROGRAM_STOPPED) return REFUSAL_NONE;
  if (of->rate > 0 && lacks_drug(of->by)) return REFUSAL_NO_DRUG;
  dose_parts(&basal, of->by, of->rate, scale_now());
  rate = wide_narrow(&basal);
  bool rests = rate == 0 && of->kind == PROGRAM_FLEX;
  if (!rests && rate < rate_limit(FIGURE_RATE_MIN)) return refuse_rate(REFUSAL_BELOW, FIGURE_RATE_MIN);
  boluses = 0;
  uint8_t refusal = check_sum();
  for (uint8_t at = 0; at < of->count && refusal == REFUSAL_NONE; at++) refusal = check_start(of, basal.low, at);
  return refusal;
}

/* What flows so much later: what flows now and still does then, the bolus on top, and boluses of the day that have begun by then. */
static uint8_t check_later(const struct daily *bolus, uint64_t later) {
  struct daily daily;
  uint64_t clock = clock_now() + later;
  rate = motion_flow_in(later, &boluses);
  if (bolus != NULL && later < bolus->over) add_bolus(bolus);
  /* The therapy alone was looked at when it came. */
  if (boluses == 0) return REFUSAL_NONE;
  for (uint8_t index = 0; index < therapy.count; index++) {
    daily_of(&therapy, index, &daily);
    uint64_t since = (clock + DAY_us - daily.time) % DAY_us;
    if (since < daily.over && still_starts(clock - since)) add_bolus(&daily);
  }
  return check_sum();
}

/*
 * What runs now, with a bolus on top or none: it flows highest at once, or at a start of a bolus of the day while it
 * runs. In eight days one has started on each day of the week.
 */
static uint8_t check_together(const struct daily *bolus) {
  struct daily daily;
  uint8_t refusal = check_later(bolus, 0);
  for (uint8_t index = 0; index < 8 * therapy.count && refusal == REFUSAL_NONE; index++) {
    daily_of(&therapy, index / 8, &daily);
    refusal = check_later(bolus, (daily.time + DAY_us - clock_now() % DAY_us) % DAY_us + index % 8 * DAY_us);
  }
  return refusal;
}

static uint8_t check_once(void) {
  struct daily bolus = {0, program.is.dose.amount, program.is.dose.over, program.is.dose.by};
  uint8_t refusal = check_bolus(&bolus, therapy.rate);
  return refusal == REFUSAL_NONE ? check_together(&bolus) : refusal;
}

#ifndef FREE_RUNNING
/* A clock set forward has boluses of the day start while others still run. */
static uint8_t check_clock(uint64_t to) {
  struct timekeeping kept = timekeeping;
  uint8_t refusal = clock_move(to) ? REFUSAL_NONE : check_together(NULL);
  timekeeping = kept;
  return refusal;
}
#endif

static uint8_t check_fill(const struct fill *fill) {
  uint64_t filled = account_filled(fill->drawn, fill->volume), room = figures[FIGURE_RESERVOIR_VOLUME];
  return filled > room ? refuse(REFUSAL_FILL, filled, room) : REFUSAL_NONE;
}

bool therapy_fits(void) {
  if (therapy.rate == 0 && motion_slowest_bolus() < rate_limit(FIGURE_RATE_MIN)) return false;
  return check_therapy(&therapy) == REFUSAL_NONE && check_together(NULL) == REFUSAL_NONE;
}

uint8_t program_check(void) {
  if (!program_whole()) return REFUSAL_PARTS;
  switch (program.kind) {
    case PROGRAM_SIMPLE:
    case PROGRAM_FLEX:
      return account_empty() ? REFUSAL_EMPTY : check_therapy(&program.is.therapy);
    case PROGRAM_BOLUS:
      return account_empty() ? REFUSAL_EMPTY : check_once();
    case PROGRAM_REFILL:
      return check_fill(&program.is.fill);
#ifndef FREE_RUNNING
    case PROGRAM_SET_CLOCK:
      return check_clock(program.is.clock);
#endif
    default:
      return REFUSAL_NONE;
  }
}

uint64_t program_daily(struct wide *parts) {
  const struct dose *dose = &program.is.dose;
  uint64_t scale = program.kind == PROGRAM_REFILL ? scale_of(program.is.fill.fluid.concentration) : scale_now();
  struct wide more;
  therapy_parts(program.kind <= PROGRAM_FLEX ? &program.is.therapy : &therapy, scale, parts);
  if (program.kind != PROGRAM_BOLUS) return scale;
  dose_parts(&more, dose->by, dose->amount, scale);
  wide_add(parts, &more);
  return scale;
}

static bool by_volume(const struct therapy *of) {
  bool any = of->rate > 0 && of->by == BY_VOLUME;
  for (uint8_t index = 0; index < of->count; index++) any |= of->dailies[index].by == BY_VOLUME;
  return any;
}

uint8_t program_warnings(void) {
  const struct fluid *fluid = &program.is.fill.fluid;
  uint8_t warnings = 0;
  if (program.kind != PROGRAM_REFILL || therapy.kind == PROGRAM_STOPPED) return 0;
  if (fluid->drug != therapy_drug()) warnings |= 1 << WARNING_DRUG;
  if (by_volume(&therapy) && fluid->concentration != fluids[fluid_now].concentration) warnings |= 1 << WARNING_DOSE;
  return warnings;
}
