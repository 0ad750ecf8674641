/* The kept reply: a list of outputs as numbers, spelled anew each time it is sent. */
#include "reply.h"

#include <assert.h>

#include "account.h"
#include "check.h"
#include "flash.h"
#include "motion.h"
#include "motor.h"
#include "program.h"
#include "refusal.h"
#include "say.h"
#include "therapy.h"
#include "words.h"

#define TYPE_MOST 8

struct output {
  uint8_t kind, number;
  struct run steps;
};

static struct output outputs[REPLY_OUTPUTS];
static uint8_t added, sequence;
static uint64_t wake;
/* REASON_NONE when the command was executed. */
static uint8_t reason;
static char type[TYPE_MOST];
static uint8_t type_length, field;
/* Outputs said so far while the reply is sent. */
static uint16_t said;

#ifdef FREE_RUNNING
/* Time goes on while a reply is kept: the instant of its DONE, and how many of the outputs are in it. */
static uint64_t done_at;
static uint8_t kept;
/* The instant of the output that is said. */
static uint64_t said_at;

/* An output of steps is of the last one; every other has its instant in place of the first. */
static uint64_t at_of(const struct output *output) {
  return output->kind == OUTPUT_BOOKED ? run_instant(&output->steps, output->steps.count - 1) : output->steps.first;
}

/* Takes the first outputs from one on out of the list. */
static void take_out(uint8_t from, uint8_t count) {
  added -= count;
  for (uint8_t at = from; at < added; at++) outputs[at] = outputs[at + count];
}

/* The two oldest that wait become one, which says how many were dropped. */
static void give_way(void) {
  struct output *oldest = &outputs[kept], *next = oldest + 1;
  next->steps.first = at_of(next);
  next->steps.count = oldest->kind == OUTPUT_DROPPED ? oldest->steps.count + 1 : 2;
  next->kind = OUTPUT_DROPPED;
  take_out(kept, 1);
}

void reply_reset(void) {
  added = kept = 0;
}

/* What waits is said first. It leaves room for an answer, and an answer for what will wait. */
void reply_begin(uint8_t number) {
  sequence = number;
  take_out(0, kept);
  kept = 0;
  while (added > REPLY_WAITING) give_way();
}

/* Whether a step that was due then is stated no later by a run that is longer, and earlier by a quarter of a millisecond at most. */
static bool is_stated(const struct run *run, uint32_t step, uint64_t due) {
  return due - run_instant(run, step) < 256;
}

/*
 * Whether steps go on as evenly as those that wait last end, and are booked with them: an interval that is no whole number of us is rounded up
 * here and down there.
 */
static bool goes_on(uint8_t kind, uint8_t number, const struct run *steps) {
  struct output *before = &outputs[added - 1];
  struct run run = before->steps;
  if (added == kept || kind != OUTPUT_BOOKED || before->kind != kind || before->number != number) return false;
  if (run.count == 1) run.interval = steps->first - run.first;
  uint32_t last = run.count + steps->count - 1;
  uint64_t due = run_instant(steps, steps->count - 1);
  if (!is_stated(&run, last, due)) run.interval--;
  if (!is_stated(&run, run.count, steps->first) || !is_stated(&run, last, due)) return false;
  run.count = last + 1;
  before->steps = run;
  return true;
}

void reply_run(uint8_t kind, uint8_t number, const struct run *steps) {
  if (goes_on(kind, number, steps)) return;
  if (added == REPLY_OUTPUTS) give_way();
  struct output *output = &outputs[added++];
  output->kind = kind;
  output->number = number;
  output->steps = *steps;
}

void reply_note(uint8_t kind, uint8_t number) {
  struct run at = {now, 1, 0};
  reply_run(kind, number, &at);
}

void reply_done(uint64_t next) {
  reason = REASON_NONE;
  wake = next;
  done_at = now;
  kept = added;
}
#else
#define done_at now
#define said_at now
#define kept added

void reply_begin(uint8_t number) {
  sequence = number;
  added = 0;
}

void reply_run(uint8_t kind, uint8_t number, const struct run *steps) {
  assert(added < REPLY_OUTPUTS);
  struct output *output = &outputs[added++];
  output->kind = kind;
  output->number = number;
  output->steps = *steps;
}

void reply_note(uint8_t kind, uint8_t number) {
  reply_run(kind, number, &coming);
}

void reply_done(uint64_t next) {
  reason = REASON_NONE;
  wake = next;
}
#endif

void reply_not_done(uint8_t why, const char *name, uint8_t length, uint8_t which) {
  reason = why;
  field = which;
  type_length = length < TYPE_MOST ? length : TYPE_MOST;
  for (uint8_t at = 0; at < type_length; at++) type[at] = name[at];
}

void reply_say(message message, const void *about) {
  said++;
  say_frame(sequence, message, about);
}

static void comma_number(uint64_t value) {
  say_text(TEXT(","));
  say_number(value);
}

/* A message that begins with its instant. */
static void say_at(const char *name) {
  say_text(name);
  comma_number(said_at);
}

static void say_run(const struct output *output) {
  comma_number(output->steps.first);
  comma_number(output->steps.interval);
  comma_number(output->steps.count);
}

/* Steps with what is in each. */
static void say_steps(const struct output *output) {
  const struct fluid *fluid = &fluids[output->number];
  struct wide mass;
  say_run(output);
  comma_number(figures[FIGURE_STEP_VOLUME]);
  say_text(TEXT(","));
  wide_set_product(&mass, figures[FIGURE_STEP_VOLUME], fluid->concentration);
  say_quotient(&mass, PG_IN_PL_PG_PER_UL);
  say_text(TEXT(","));
  say_drug(fluid->drug);
}

static void say_alarm(const struct output *output) {
  say_at(TEXT("ALARM"));
  say_text(TEXT(","));
  say_word(WORDS_ALARM, output->number);
  say_text(output->number == ALARM_LOW ? TEXT(",non-critical,") : TEXT(",critical,"));
  say_text(output->kind == OUTPUT_RAISED ? TEXT("raised") : TEXT("cleared"));
}

static void say_event(const struct output *output) {
  say_at(TEXT("EVENT"));
  say_text(TEXT(","));
  say_word(WORDS_EVENT, output->number);
  say_text(TEXT(","));
}

static void say_refused(const struct output *output) {
  say_at(TEXT("REFUSED"));
  say_text(TEXT(","));
  say_refusal(output->number);
}

static void say_stored(void) {
  struct wide daily, meant;
  uint64_t scale = program_daily(&daily);
  say_at(TEXT("STORED"));
  say_text(TEXT(","));
  say_hex8(program_digest());
  say_text(TEXT(","));
  say_hex8(program_sum());
  say_text(TEXT(","));
  say_quotient(&daily, scale);
  say_text(TEXT(","));
  if (program.kind <= PROGRAM_FLEX && therapy_meant(&meant))
    say_quotient(&meant, scale);
  else
    say_text(TEXT("none"));
}

/* Says an output that is one message. */
static void say_output(const void *about) {
  const struct output *output = about;
#ifdef FREE_RUNNING
  said_at = at_of(output);
#endif
  switch (output->kind) {
#ifdef FREE_RUNNING
    case OUTPUT_DROPPED:
      say_at(TEXT("EVENT"));
      say_text(TEXT(",outputs-dropped,"));
      say_number(output->steps.count);
      break;
#endif
    case OUTPUT_ORDER:
      say_at(TEXT("ORDER"));
      say_run(output);
      break;
    case OUTPUT_CANCEL:
      say_at(TEXT("CANCEL"));
      comma_number(now);
      break;
    case OUTPUT_BOOKED:
      say_at(TEXT("BOOKED"));
      say_steps(output);
      break;
    case OUTPUT_UNBOOKED:
      say_at(TEXT("UNBOOKED"));
      say_steps(output);
      break;
    case OUTPUT_OPEN:
      say_text(TEXT("OPEN"));
      say_steps(output);
      break;
    case OUTPUT_RAISED:
    case OUTPUT_CLEARED:
      say_alarm(output);
      break;
    case OUTPUT_EVENT:
      say_event(output);
      break;
    case OUTPUT_WARNING:
      say_text(output->number == WARNING_DRUG ? TEXT("WARNING,another drug than that of the therapy")
                                              : TEXT("WARNING,a dose by volume becomes another with this fluid"));
      break;
    case OUTPUT_STORED:
      say_stored();
      break;
    case OUTPUT_APPLIED:
      say_at(TEXT("APPLIED"));
      say_text(TEXT(","));
      say_hex8(output->steps.count);
      break;
    case OUTPUT_STANDS:
      say_at(TEXT("APPLIED"));
      say_text(TEXT(",stop"));
      break;
    default:
      say_refused(output);
      break;
  }
}

/* What is believed given, by drug, and the steps of it that are not booked yet. */
static uint32_t open_steps;

static void say_given(const void *about) {
  struct wide mass;
  uint8_t drug = *(const uint8_t *)about;
  account_given(drug, open_steps, &mass);
  say_text(TEXT("GIVEN,"));
  say_drug(drug);
  say_text(TEXT(","));
  say_quotient(&mass, PG_IN_PL_PG_PER_UL);
}

static void say_status(const void *about) {
  (void)about;
#ifdef FREE_RUNNING
  said_at = done_at;
#endif
  say_at(TEXT("STATUS"));
  say_text(TEXT(","));
  say_word(WORDS_PROGRAM, therapy.kind);
  comma_number(account_steps(open_steps));
  comma_number(figures[FIGURE_STEP_VOLUME] * account_steps(open_steps));
  say_text(TEXT(","));
  say_signed(account_reservoir(open_steps));
  comma_number(clock_at(done_at));
}

static void send_account(const struct output *output) {
  struct wide unused;
  struct output open = *output;
  open_steps = output->steps.count;
  for (uint8_t drug = 0; drug < DRUGS_MOST; drug++) {
    if (account_given(drug, 0, &unused)) reply_say(say_given, &drug);
  }
  open.kind = OUTPUT_OPEN;
  open.number = fluid_now;
  if (open.steps.count > 0) reply_say(say_output, &open);
  reply_say(say_status, 0);
}

struct ability {
  const char *kind, *list;
  uint8_t number;
};

static void say_ability(const void *about) {
  const struct ability *ability = about;
  say_text(TEXT("CAN,"));
  say_text(ability->kind);
  say_text(TEXT(","));
  say_word(ability->list, ability->number);
}

static void send_abilities(const char *kind, const char *list, uint8_t from, uint8_t to) {
  for (struct ability ability = {kind, list, from}; ability.number < to; ability.number++)
    reply_say(say_ability, &ability);
}

static void send(const struct output *output) {
  switch (output->kind) {
    case OUTPUT_READBACK:
      program_read_back();
      break;
    case OUTPUT_ACCOUNT:
      send_account(output);
      break;
    case OUTPUT_ABILITIES:
      send_abilities(TEXT("program"), WORDS_PROGRAM, 0, PROGRAMS_SAID);
      send_abilities(TEXT("input"), WORDS_INPUT, 0, INPUTS);
      send_abilities(TEXT("figure"), WORDS_FIGURE, FIGURES_OF_ALL, FIGURES_SAID);
      send_abilities(TEXT("alarm"), WORDS_ALARM, 0, ALARMS_SAID);
      send_abilities(TEXT("event"), WORDS_EVENT, 0, EVENTS_SAID);
#ifdef FREE_RUNNING
      send_abilities(TEXT("option"), TEXT("free-running"), 0, 1);
#endif
      break;
    default:
      reply_say(say_output, output);
      break;
  }
}

static void say_done(const void *about) {
  (void)about;
  say_text(TEXT("DONE"));
  comma_number(said);
  comma_number(done_at);
  say_text(TEXT(","));
  say_number_or(wake, TEXT("never"));
}

static void say_not_done(const void *about) {
  (void)about;
  say_text(TEXT("NAK,"));
  say_word(WORDS_REASON, reason);
  say_text(TEXT(","));
  say_spelled(type, type_length);
  if (field == 0) return;
  say_text(TEXT(" field "));
  say_number(field);
}

void reply_send(void) {
  said = 0;
  if (reason != REASON_NONE) {
    say_frame(sequence, say_not_done, 0);
    return;
  }
  for (uint8_t at = 0; at < kept; at++) send(&outputs[at]);
  say_frame(sequence, say_done, 0);
}
