/* Commands and instants. */
#include "pump.h"

#include "account.h"
#include "check.h"
#include "fields.h"
#include "flash.h"
#include "motion.h"
#include "motor.h"
#include "program.h"
#include "reply.h"
#include "say.h"
#include "therapy.h"
#include "words.h"

/* The largest step, 1 mL, and the shortest time between two: 1 ms, or half a second where the pump makes them between its calculations. */
#define STEP_MOST 1000000000ULL
#ifdef FREE_RUNNING
#define STEPS_A_DAY_MOST 172800ULL
#else
#define STEPS_A_DAY_MOST 86400000ULL
#endif

static enum { SETTING_UP, HELD, PLACED, RUNNING, DISMISSED } phase;
static uint64_t clock_at_start;
static uint8_t figures_taken;
static bool committed;
static uint32_t last_digest;
/* A refill has left a therapy that cannot be given. */
static bool unfit;

void pump_begin(void) {
  motor_stop();
#ifdef FREE_RUNNING
  reply_reset();
#endif
  phase = SETTING_UP;
  now = 0;
  figures_taken = 0;
  committed = unfit = false;
  account_begin();
  program_reset();
}

bool pump_dismissed(void) {
  return phase == DISMISSED;
}

/* Where flow changes next by itself. */
static uint64_t horizon(void) {
  uint64_t start = therapy_next_start(), end = motion_bolus_end();
  return start < end ? start : end;
}

/* What gives is to stop: nothing is left to give, or what is programmed cannot be given. */
static bool must_stop(void) {
  uint8_t boluses;
  if (unfit) return true;
  return account_empty() && (therapy.kind != PROGRAM_STOPPED || motion_flow_in(0, &boluses) > 0);
}

static uint64_t next_instant(void) {
  uint64_t next = horizon();
  if (account_alarm_due() || must_stop()) return now;
  if (coming.count > 0) {
    uint64_t due = run_instant(&coming, ordered ? coming.count - 1 : 0);
    if (due < next) next = due;
  }
  return next;
}

static void plan(void) {
  uint32_t most = account_steps_to_alarm();
  if (coming.count > 0) return;
  motion_plan(horizon(), most < RUN_MOST ? most : RUN_MOST);
#ifdef FREE_RUNNING
  if (coming.count == 0) return;
  ordered = true;
  motor_run(&coming);
#endif
}

#ifndef FREE_RUNNING
static void order(uint32_t most) {
  if (coming.count > most) coming.count = most;
  ordered = true;
  reply_run(OUTPUT_ORDER, 0, &coming);
}
#endif

/* Of the steps that are coming those that are due by now. */
static void steps_due(struct run *given) {
  *given = coming;
  given->count = motion_given();
  if (given->count == 1) given->interval = 1;
}

/* Books the steps that are due, and lets flow go on to the present instant. */
static void settle(void) {
  struct run given;
  steps_due(&given);
  motion_settle();
  if (given.count > 0) account_book(&given);
}

/* Flow is about to change: the steps of it that are still to come are taken back. */
#ifdef FREE_RUNNING
static void interrupt_flow(void) {
  uint64_t stopped = motor_stop(), next = horizon();
  /* The motor went on since the present was looked at, and no step is made beyond where flow changes by itself. */
  if (coming.count > motion_given()) now = stopped < next ? stopped : next;
  settle();
  coming.count = 0;
}
#else
static void interrupt_flow(void) {
  settle();
  if (coming.count > 0 && ordered) reply_note(OUTPUT_CANCEL, 0);
  coming.count = 0;
}
#endif

/* What is due at the present instant before anything else: steps, at most so many of those yet to be ordered, and ends. */
static void fall_due(uint32_t most) {
#ifdef FREE_RUNNING
  (void)most;
#else
  if (coming.count > 0 && !ordered && coming.first == now) order(most);
#endif
  if (coming.count > 0 && motion_given() == coming.count) settle();
  if (motion_bolus_end() > now) return;
  interrupt_flow();
  motion_end_boluses(now);
}

/* All that moves ends, and the therapy is `stopped`. */
static void stop_all(void) {
  interrupt_flow();
  motion_end_boluses(NEVER);
  therapy_stop();
  unfit = false;
}

/* What begins by itself at the present instant. */
static void begin_due(void) {
  account_check();
  if (must_stop()) {
    uint8_t event = unfit ? EVENT_SUSPENDED : EVENT_STOPPED;
    stop_all();
    reply_note(OUTPUT_EVENT, event);
  }
  if (therapy_next_start() > now) return;
  interrupt_flow();
  if (!therapy_start_due()) reply_note(OUTPUT_EVENT, EVENT_BOLUS_WITHHELD);
}

/* Comes to the instant of a command; REASON_NONE, or why it cannot. A pump that runs free is there already, and takes `at` for what the bench believes. */
static uint8_t arrive(uint64_t at) {
  if (phase != RUNNING) return REASON_ORDER;
#ifdef FREE_RUNNING
  (void)at;
#else
  if (at < now) return REASON_LATE;
  if (at > next_instant()) return REASON_ORDER;
  now = at;
  fall_due(1);
#endif
  return REASON_NONE;
}

#ifdef FREE_RUNNING
/* Works through what is due by the clock, each thing at its own instant, and comes to the present. */
static void come_to_present(void) {
  uint64_t present = motor_clock();
  for (;;) {
    uint64_t next = next_instant();
    if (next > present) break;
    if (next > now) now = next;
    fall_due(RUN_MOST);
    begin_due();
    plan();
  }
  if (present > now) now = present;
  settle();
}

void pump_pass(void) {
  if (phase != RUNNING || !motor_due()) return;
  come_to_present();
  motor_wake(next_instant());
}
#endif

/* Comes to the instant that is the only field of the command. */
static uint8_t arrive_at_field(void) {
  uint64_t at;
  return field_whole(&at) && field_end() ? arrive(at) : REASON_RANGE;
}

static uint8_t take_figure(void) {
  uint8_t figure;
  uint64_t value;
  if (phase != SETTING_UP) return REASON_ORDER;
  if (!field_word(WORDS_FIGURE, &figure)) return REASON_LACKS;
  if (!field_whole(&value) || !field_end()) return REASON_RANGE;
  if (figure == FIGURE_STEP_VOLUME && (value == 0 || value > STEP_MOST)) return REASON_RANGE;
  figures[figure] = value;
  figures_taken |= (uint8_t)(1 << figure);
  return REASON_NONE;
}

static uint8_t take_holds(void) {
  const char *drug;
  uint8_t length;
  struct fluid fluid;
  uint64_t volume;
  if (phase != SETTING_UP || (figures_taken & 31) != 31) return REASON_ORDER;
  if (!field_text(&drug, &length) || !field_whole(&fluid.concentration) || !field_whole(&volume)) return REASON_RANGE;
  if (!field_end() || !concentration_fits(fluid.concentration)) return REASON_RANGE;
  fluid.drug = drug_number(drug, length);
  if (fluid.drug == WORD_NONE) return REASON_RANGE;
  account_holds(&fluid, volume);
  phase = HELD;
  return REASON_NONE;
}

/* Catheter and line are of no use to a pump without prime and bridge. */
static uint8_t take_place(void) {
  uint64_t clock, catheter;
  uint8_t line;
  if (phase != HELD) return REASON_ORDER;
  if (!field_whole(&clock) || !field_whole(&catheter) || !field_word(WORDS_LINE, &line)) return REASON_RANGE;
  if (!field_end()) return REASON_RANGE;
  clock_at_start = clock;
  phase = PLACED;
  return REASON_NONE;
}

static uint8_t start(void) {
  if (phase != PLACED) return REASON_ORDER;
  if (!field_end() || figures[FIGURE_RATE_MAX] / figures[FIGURE_STEP_VOLUME] > STEPS_A_DAY_MOST) return REASON_RANGE;
#ifdef FREE_RUNNING
  motor_begin();
#endif
  phase = RUNNING;
  motion_begin();
  therapy_begin(clock_at_start);
  return REASON_NONE;
}

/* Goes no further than the next instant at which something happens; of a pump that runs free it only asks. */
static uint8_t advance(void) {
  uint64_t to;
  if (!field_whole(&to) || !field_end()) return REASON_RANGE;
  if (phase != RUNNING) return REASON_ORDER;
#ifndef FREE_RUNNING
  if (to < now) return REASON_LATE;
  uint64_t next = next_instant();
  now = to < next ? to : next;
  fall_due(RUN_MOST);
  begin_due();
  plan();
  if (RUN_MOST > 1 && coming.count > 0 && !ordered) order(RUN_MOST);
#endif
  return REASON_NONE;
}

/* What is checked looks at what is left: every step that was given is booked. */
static uint8_t check_settled(void) {
  settle();
  return program_check();
}

static void prepare_checked(void) {
  uint8_t refusal = check_settled();
  if (refusal != REFUSAL_NONE) {
    program_forget();
    reply_note(OUTPUT_REFUSED, refusal);
    return;
  }
  program_store();
  reply_note(OUTPUT_READBACK, 0);
  uint8_t warnings = program_warnings();
  for (uint8_t warning = 0; warning < WARNINGS; warning++) {
    if (warnings & (1 << warning)) reply_note(OUTPUT_WARNING, warning);
  }
  reply_note(OUTPUT_STORED, 0);
}

static uint8_t prepare(void) {
  uint64_t at, parts;
  uint32_t sum;
  if (!field_whole(&at) || !field_whole_up_to(1100, &parts) || !field_hex8(&sum) || !field_end()) return REASON_RANGE;
  if (!program_came(parts, sum)) {
    program_forget();
    return REASON_SUM;
  }
  uint8_t reason = arrive(at);
  if (reason != REASON_NONE) return reason;
  prepare_checked();
  return REASON_NONE;
}

#ifndef FREE_RUNNING
/* Boluses of the day follow the clock. */
static void move_clock(uint64_t clock) {
  interrupt_flow();
  if (clock_move(clock)) motion_end_boluses(NEVER);
}

#endif

static void refill(void) {
  const struct fill *fill = &program.is.fill;
  uint64_t before = scale_now();
  interrupt_flow();
  account_refill(fill->drawn, &fill->fluid, fill->volume);
  motion_rescale(before);
  therapy_flow();
  unfit = !therapy_fits();
}

static void commit_stored(void) {
  const struct dose *dose = &program.is.dose;
  switch (program.kind) {
    case PROGRAM_BOLUS:
      interrupt_flow();
      motion_begin_bolus(dose->by, dose->amount, dose->over);
      break;
    case PROGRAM_REFILL:
      refill();
      break;
#ifndef FREE_RUNNING
    case PROGRAM_SET_CLOCK:
      move_clock(program.is.clock);
      reply_note(OUTPUT_EVENT, EVENT_CLOCK_SET);
      break;
#endif
    default:
      interrupt_flow();
      motion_end_boluses(NEVER);
      therapy_commit();
      unfit = false;
      break;
  }
}

/* Why a stored program is not committed; it is looked at again, because time has passed. */
static uint8_t commit_check(void) {
  uint64_t waited = now - program_stored_at(), most = figures[FIGURE_PREPARE_TIMEOUT];
  return waited > most ? refuse(REFUSAL_EXPIRED, waited, most) : check_settled();
}

static uint8_t commit_digest(uint32_t digest) {
  if (!program_stored() || digest != program_digest())
    return committed && digest == last_digest ? REFUSAL_NONE : REFUSAL_UNKNOWN;
  uint8_t refusal = commit_check();
  if (refusal != REFUSAL_NONE) return refusal;
  commit_stored();
  program_forget();
  committed = true;
  last_digest = digest;
  return REFUSAL_NONE;
}

static uint8_t commit(void) {
  uint64_t at;
  struct run named = {0, 0, 0};
  if (!field_whole(&at)) return REASON_RANGE;
  bool known = field_hex8(&named.count);
  if (!field_end()) return REASON_RANGE;
  uint8_t reason = arrive(at);
  if (reason != REASON_NONE) return reason;
  uint8_t refusal = known ? commit_digest(named.count) : REFUSAL_UNKNOWN;
  named.first = now;
  if (refusal != REFUSAL_NONE)
    reply_note(OUTPUT_REFUSED, refusal);
  else
    reply_run(OUTPUT_APPLIED, 0, &named);
  return REASON_NONE;
}

static uint8_t stop(void) {
  uint8_t reason = arrive_at_field();
  if (reason != REASON_NONE) return reason;
  stop_all();
  program_forget();
  reply_note(OUTPUT_STANDS, 0);
  return REASON_NONE;
}

static uint8_t tell(void) {
  uint64_t at;
  uint8_t to;
  struct run open;
  if (!field_whole(&at) || !field_word(WORDS_TO, &to) || !field_end()) return REASON_RANGE;
  uint8_t reason = arrive(at);
  if (reason != REASON_NONE) return reason;
  steps_due(&open);
  account_tell();
  reply_run(OUTPUT_ACCOUNT, 0, &open);
  return REASON_NONE;
}

#ifndef FREE_RUNNING
static uint8_t rotor(void) {
  uint64_t at, due, moved;
  if (!field_whole(&at) || !field_whole(&due) || !field_whole_up_to(1, &moved) || !field_end()) return REASON_RANGE;
  uint8_t reason = arrive(at);
  if (reason != REASON_NONE) return reason;
  if (moved) {
    account_moved();
    return REASON_NONE;
  }
  settle();
  account_unbook(due);
  return REASON_NONE;
}

static uint8_t residual(void) {
  uint64_t at, volume;
  if (!field_whole(&at) || !field_whole(&volume) || !field_end()) return REASON_RANGE;
  uint8_t reason = arrive(at);
  if (reason == REASON_NONE) account_residual(volume);
  return reason;
}

static uint8_t jump(void) {
  uint64_t at;
  int64_t forward;
  if (!field_whole(&at) || !field_signed(&forward) || !field_end()) return REASON_RANGE;
  uint8_t reason = arrive(at);
  if (reason != REASON_NONE) return reason;
  move_clock(clock_now() + (uint64_t)forward);
  unfit |= !therapy_fits();
  return reason;
}

#endif

static uint8_t bye(void) {
  if (!field_end()) return REASON_RANGE;
  motor_stop();
  phase = DISMISSED;
  return REASON_NONE;
}

static uint8_t execute(uint8_t command, const char *text, uint8_t length) {
  switch (command) {
    case COMMAND_CANS:
      if (!field_end()) return REASON_RANGE;
      reply_note(OUTPUT_ABILITIES, 0);
      return REASON_NONE;
    case COMMAND_FIGURE:
      return take_figure();
    case COMMAND_HOLDS:
      return take_holds();
    case COMMAND_PLACE:
      return take_place();
    case COMMAND_START:
      return start();
    case COMMAND_ADVANCE:
      return advance();
    case COMMAND_BEGIN:
      return phase == RUNNING ? program_begin(text, length) : REASON_ORDER;
    case COMMAND_PREPARE:
      return prepare();
    case COMMAND_COMMIT:
      return commit();
    case COMMAND_STOP:
      return stop();
    case COMMAND_TELL:
      return tell();
#ifndef FREE_RUNNING
    case COMMAND_ROTOR:
      return rotor();
    case COMMAND_RESIDUAL:
      return residual();
    case COMMAND_JUMP:
      return jump();
#endif
    case COMMAND_BYE:
      return bye();
    default:
      return program_part(command, text, length);
  }
}

uint8_t pump_execute(uint8_t command, const char *text, uint8_t length) {
#ifdef FREE_RUNNING
  if (phase == RUNNING) come_to_present();
#endif
  uint8_t reason = execute(command, text, length);
  if (reason == REASON_NONE && phase == RUNNING) plan();
#ifdef FREE_RUNNING
  if (phase == RUNNING) motor_wake(next_instant());
#endif
  if (reason != REASON_NONE) return reason;
  reply_done(phase == RUNNING ? next_instant() : NEVER);
  return REASON_NONE;
}
