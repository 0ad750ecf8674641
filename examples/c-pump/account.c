/* The account of the pump. */
#include "account.h"

#include "flash.h"
#include "motor.h"
#include "reply.h"
#include "say.h"

/* 1 g/mL, in pg/uL. */
#define CONCENTRATION_MOST 1000000000UL

struct drug {
  uint8_t name, length;
  /* What was given of it, in pL x pg/uL. */
  struct wide mass;
};

struct fluid fluids[2];
uint8_t fluid_now;
uint64_t figures[FIGURES];

static char names[NAMES_MOST];
static struct drug drugs[DRUGS_MOST];
static uint8_t known, held;
/* Steps due at this instant or before were of the fluid before. */
static uint64_t changed;
/* All was drawn at the last refill, and this is what should have been there. */
static bool drained;
static int64_t expected, reservoir;
static uint32_t steps, lost_in_a_row;
static uint8_t raised;

#ifdef FREE_RUNNING
static struct {
  uint8_t held;
  uint32_t steps;
  int64_t reservoir;
  struct wide masses[DRUGS_MOST];
} told;

void account_tell(void) {
  told.held = held;
  told.steps = steps;
  told.reservoir = reservoir;
  for (uint8_t drug = 0; drug < held; drug++) told.masses[drug] = drugs[drug].mass;
}
#define TOLD(what) told.what
#define TOLD_MASS(drug) told.masses[drug]
#else
#define TOLD(what) what
#define TOLD_MASS(drug) drugs[drug].mass
#endif

/* Of a pump of the kind im-20, for the figures that need not be sent. */
static const uint32_t usual[FIGURES] FLASH = {0, 0, 0, 0, 0, 300000000, 1, 1000000000};

void account_begin(void) {
  for (uint8_t figure = 0; figure < FIGURES; figure++) figures[figure] = flash_u32(&usual[figure]);
  known = held = fluid_now = raised = 0;
  steps = lost_in_a_row = 0;
  changed = 0;
  drained = false;
  motor_alarm(false);
}

static void raise_alarm(uint8_t alarm) {
  if (raised & (1 << alarm)) return;
  raised |= (uint8_t)(1 << alarm);
  motor_alarm(true);
  reply_note(OUTPUT_RAISED, alarm);
}

static void clear_alarm(uint8_t alarm) {
  if (!(raised & (1 << alarm))) return;
  raised &= (uint8_t)~(1 << alarm);
  motor_alarm(raised > 0);
  reply_note(OUTPUT_CLEARED, alarm);
}

static bool same_name(const struct drug *drug, const char *spelled, uint8_t length) {
  if (drug->length != length) return false;
  for (uint8_t at = 0; at < length; at++) {
    if (names[drug->name + at] != spelled[at]) return false;
  }
  return true;
}

uint8_t drug_number(const char *spelled, uint8_t length) {
  for (uint8_t number = 0; number < known; number++) {
    if (same_name(&drugs[number], spelled, length)) return number;
  }
  uint8_t name = known > 0 ? (uint8_t)(drugs[known - 1].name + drugs[known - 1].length) : 0;
  if (known == DRUGS_MOST || length > NAMES_MOST - name) return WORD_NONE;
  struct drug *drug = &drugs[known];
  drug->name = name;
  drug->length = length;
  wide_set(&drug->mass, 0);
  for (uint8_t at = 0; at < length; at++) names[name + at] = spelled[at];
  return known++;
}

void drugs_forget(void) {
  known = held;
}

void say_drug(uint8_t number) {
  say_spelled(names + drugs[number].name, drugs[number].length);
}

bool concentration_fits(uint64_t concentration) {
  struct wide most;
  wide_set_product(&most, figures[FIGURE_RATE_MAX], concentration);
  return concentration <= CONCENTRATION_MOST && wide_narrow(&most) >> 62 == 0;
}

uint64_t scale_of(uint64_t concentration) {
  return concentration > 0 ? concentration : 1;
}

uint64_t scale_now(void) {
  return scale_of(fluids[fluid_now].concentration);
}

static bool is_low(void) {
  return reservoir <= (int64_t)figures[FIGURE_LOW_RESERVOIR];
}

bool account_alarm_due(void) {
  return is_low() && !(raised & (1 << ALARM_LOW));
}

void account_check(void) {
  if (is_low()) raise_alarm(ALARM_LOW);
  if (account_empty()) raise_alarm(ALARM_EMPTY);
}

void account_holds(const struct fluid *fluid, uint64_t volume) {
  fluids[fluid_now] = *fluid;
  if (held <= fluid->drug) held = (uint8_t)(fluid->drug + 1);
  reservoir = (int64_t)volume;
}

uint64_t account_filled(uint64_t drawn, uint64_t volume) {
  int64_t left = drawn == NEVER ? 0 : reservoir - (int64_t)drawn;
  return left > 0 ? volume + (uint64_t)left : volume;
}

void account_refill(uint64_t drawn, const struct fluid *fluid, uint64_t volume) {
  expected = reservoir;
  drained = drawn == NEVER;
  changed = now;
  fluid_now ^= 1;
  account_holds(fluid, account_filled(drawn, volume));
  if (!account_empty()) clear_alarm(ALARM_EMPTY);
  if (!is_low()) clear_alarm(ALARM_LOW);
  account_check();
}

/* Drug in so many steps of a fluid. */
static void mass_of(const struct fluid *fluid, uint32_t count, struct wide *mass) {
  wide_set_product(mass, figures[FIGURE_STEP_VOLUME], fluid->concentration);
  wide_multiply(mass, count);
}

void account_book(const struct run *given) {
  struct wide mass;
  mass_of(&fluids[fluid_now], given->count, &mass);
  wide_add(&drugs[fluids[fluid_now].drug].mass, &mass);
  steps += given->count;
  reservoir -= (int64_t)(figures[FIGURE_STEP_VOLUME] * given->count);
  reply_run(OUTPUT_BOOKED, fluid_now, given);
  account_check();
}

void account_unbook(uint64_t due) {
  bool before = changed > 0 && due <= changed;
  uint8_t which = fluid_now ^ before;
  struct run lost = {due, 1, 1};
  struct wide mass;
  mass_of(&fluids[which], 1, &mass);
  wide_subtract(&drugs[fluids[which].drug].mass, &mass);
  steps--;
  /* What was drawn before a refill held the step too, and the fill does not. */
  *(before && drained ? &expected : &reservoir) += (int64_t)figures[FIGURE_STEP_VOLUME];
  reply_run(OUTPUT_UNBOOKED, which, &lost);
  if (++lost_in_a_row >= figures[FIGURE_STALL_DETECTION]) raise_alarm(ALARM_STALL);
}

void account_moved(void) {
  bool stalled = (raised & (1 << ALARM_STALL)) != 0;
  lost_in_a_row = 0;
  clear_alarm(ALARM_STALL);
  if (stalled) reply_note(OUTPUT_EVENT, EVENT_RECOVERED);
}

uint32_t account_steps_to_alarm(void) {
  int64_t step = (int64_t)figures[FIGURE_STEP_VOLUME], level = (int64_t)figures[FIGURE_LOW_RESERVOIR];
  int64_t above = raised & (1 << ALARM_LOW) ? reservoir : reservoir - level;
  if (above <= 0) return 1;
  uint64_t count = (uint64_t)((above + step - 1) / step);
  return count > UINT32_MAX ? UINT32_MAX : (uint32_t)count;
}

bool account_empty(void) {
  return reservoir <= 0;
}

void account_residual(uint64_t volume) {
  int64_t more = (int64_t)volume - expected, most = (int64_t)figures[FIGURE_RESIDUAL_TOLERANCE];
  if (!drained) return;
  drained = false;
  reply_note(OUTPUT_EVENT, more > most || more < -most ? EVENT_RESIDUAL_DIFFERS : EVENT_RESIDUAL_AGREES);
}

uint32_t account_steps(uint32_t open) {
  return TOLD(steps) + open;
}

int64_t account_reservoir(uint32_t open) {
  return TOLD(reservoir) - (int64_t)(figures[FIGURE_STEP_VOLUME] * open);
}

bool account_given(uint8_t drug, uint32_t open, struct wide *mass) {
  struct wide more;
  if (drug >= TOLD(held)) return false;
  *mass = TOLD_MASS(drug);
  if (drug != fluids[fluid_now].drug) return true;
  mass_of(&fluids[fluid_now], open, &more);
  wide_add(mass, &more);
  return true;
}
