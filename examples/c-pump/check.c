/* The rules of this pump: what it can give, and at the same time. */
#include "check.h"

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
  if (rate > rate_limit(FIGURE_RATE_MAX)) return refuse_rate(REFUSAL_PEAK, FIGURE_RATE_MAX);
  return REFUSAL_NONE;
}

static bool lacks_drug(uint8_t by) {
  return by == BY_MASS && fluids[fluid_now].concentration == 0;
}

static uint8_t check_bolus(const struct daily *bolus) {
  if (lacks_drug(bolus->by)) return REFUSAL_NO_DRUG;
  return bolus_rate(bolus->by, bolus->amount, bolus->over) == 0 ? REFUSAL_FAINT : REFUSAL_NONE;
}

/* Flow is highest at the start of some bolus: on top of the basal rate come those that began before it and still run. */
static uint8_t check_start(const struct therapy *of, uint64_t basal, uint8_t at) {
  struct daily start, daily;
  rate = basal;
  boluses = 0;
  daily_of(of, at, &start);
  uint8_t refusal = check_bolus(&start);
  for (uint8_t index = 0; index < of->count; index++) {
    daily_of(of, index, &daily);
    if ((start.time + DAY_us - daily.time) % DAY_us < daily.over) add_bolus(&daily);
  }
  return refusal == REFUSAL_NONE ? check_sum() : refusal;
}

static uint8_t check_therapy(const struct therapy *of) {
  struct wide basal;
  uint8_t refusal = REFUSAL_NONE;
  if (of->kind == PROGRAM_STOPPED) return REFUSAL_NONE;
  if (of->rate > 0 && lacks_drug(of->by)) return REFUSAL_NO_DRUG;
  dose_parts(&basal, of->by, of->rate, scale_now());
  rate = wide_narrow(&basal);
  bool rests = rate == 0 && of->kind == PROGRAM_FLEX;
  if (!rests && rate < rate_limit(FIGURE_RATE_MIN)) return refuse_rate(REFUSAL_BELOW, FIGURE_RATE_MIN);
  if (rate > rate_limit(FIGURE_RATE_MAX)) return refuse_rate(REFUSAL_ABOVE, FIGURE_RATE_MAX);
  for (uint8_t at = 0; at < of->count && refusal == REFUSAL_NONE; at++) refusal = check_start(of, basal.low, at);
  return refusal;
}

bool therapy_fits(void) {
  rate = motion_flow_in(0, &boluses);
  return check_sum() == REFUSAL_NONE && check_therapy(&therapy) == REFUSAL_NONE;
}

/* What flows so much later: what flows now and still does then, the bolus on top, and boluses of the day that begin until then. */
static uint8_t check_later(const struct daily *bolus, uint64_t later) {
  struct daily daily;
  uint64_t clock = clock_now() + later;
  rate = motion_flow_in(later, &boluses);
  add_bolus(bolus);
  for (uint8_t index = 0; index < therapy.count; index++) {
    daily_of(&therapy, index, &daily);
    uint64_t since = (clock + DAY_us - daily.time) % DAY_us;
    if (since < daily.over && still_starts(clock - since)) add_bolus(&daily);
  }
  return check_sum();
}

/* A bolus now: what flows with it is highest at once, or at a start of another while it runs; two days show all that can meet. */
static uint8_t check_once(void) {
  struct daily bolus = {0, program.is.dose.amount, program.is.dose.over, program.is.dose.by}, daily;
  uint8_t refusal = check_bolus(&bolus);
  if (refusal == REFUSAL_NONE) refusal = check_later(&bolus, 0);
  for (uint8_t index = 0; index < 2 * therapy.count && refusal == REFUSAL_NONE; index++) {
    daily_of(&therapy, index / 2, &daily);
    uint64_t later = (daily.time + DAY_us - clock_now() % DAY_us) % DAY_us + (index & 1 ? DAY_us : 0);
    if (later < bolus.over) refusal = check_later(&bolus, later);
  }
  return refusal;
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
      if (program.is.fill.volume <= figures[FIGURE_RESERVOIR_VOLUME]) return REFUSAL_NONE;
      return refuse(REFUSAL_FILL, program.is.fill.volume, figures[FIGURE_RESERVOIR_VOLUME]);
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
