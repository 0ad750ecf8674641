/* The store of programs. */
#include "program.h"

#include "crc.h"
#include "fields.h"
#include "flash.h"
#include "motion.h"
#include "reply.h"
#include "say.h"

/* Kinds of parts, as bits of `came`. */
#define CAME(command) (1 << ((command)-COMMAND_RATE))

struct program program;

static enum { NOTHING, COMING, STORED } state;
static uint16_t parts;
/* The kind of the last part, and whether one came out of order: their kinds are numbered in the order of the page. */
static uint8_t last;
static bool disordered;
static uint32_t came_crc;
static uint32_t transaction, digest, stored_sum;
static uint64_t stored_at;

/* The parts of each program, each to come once; only DAILY may come several times or not at all. */
static const uint8_t wanted[PROGRAMS] FLASH = {
    [PROGRAM_SIMPLE] = CAME(COMMAND_RATE),
    [PROGRAM_FLEX] = CAME(COMMAND_RATE) | CAME(COMMAND_DAILY) | CAME(COMMAND_DAYS),
    [PROGRAM_BOLUS] = CAME(COMMAND_DOSE),
    [PROGRAM_REFILL] = CAME(COMMAND_DRAWN) | CAME(COMMAND_FILL),
    [PROGRAM_SET_CLOCK] = CAME(COMMAND_SHOW),
};

void program_reset(void) {
  program_forget();
  transaction = 0;
}

void program_forget(void) {
  state = NOTHING;
}

bool program_stored(void) {
  return state == STORED;
}

static void add_to_sum(const char *text, uint8_t length) {
  while (length-- > 0) came_crc = crc_with(came_crc, (uint8_t)*text++);
  came_crc = crc_with(came_crc, '\n');
}

uint8_t program_begin(const char *text, uint8_t length) {
  if (!field_word(WORDS_PROGRAM, &program.kind)) return REASON_LACKS;
  if (!field_end()) return REASON_RANGE;
  state = COMING;
  program.came = 0;
  program.is.therapy.kind = program.kind;
  program.is.therapy.by = BY_MASS;
  program.is.therapy.rate = 0;
  program.is.therapy.days = program.is.therapy.count = 0;
  drugs_forget();
  parts = last = 0;
  disordered = false;
  came_crc = CRC_START;
  add_to_sum(text, length);
  return REASON_NONE;
}

static bool u48(uint64_t value, struct u48 *kept) {
  kept->low = (uint32_t)value;
  kept->high = (uint16_t)(value >> 32);
  return value >> 48 == 0;
}

static bool below_a_day(uint64_t value, struct u40 *kept) {
  kept->low = (uint32_t)value;
  kept->high = (uint8_t)(value >> 32);
  return value < DAY_us;
}

void daily_of(const struct therapy *of, uint8_t index, struct daily *daily) {
  const struct stored_daily *kept = &of->dailies[index];
  daily->time = (uint64_t)kept->time.high << 32 | kept->time.low;
  daily->amount = (uint64_t)kept->amount.high << 32 | kept->amount.low;
  daily->over = (uint64_t)kept->over.high << 32 | kept->over.low;
  daily->by = kept->by;
}

static uint8_t take_rate(void) {
  bool read = field_word(WORDS_BY, &program.is.therapy.by) && field_whole(&program.is.therapy.rate);
  return read ? REASON_NONE : REASON_RANGE;
}

/* A bolus has to flow, so that neither is 0. */
static uint8_t take_dose(void) {
  struct dose *dose = &program.is.dose;
  bool read = field_word(WORDS_BY, &dose->by) && field_whole(&dose->amount) && field_whole(&dose->over);
  return read && dose->amount > 0 && dose->over > 0 ? REASON_NONE : REASON_RANGE;
}

static uint8_t take_daily(void) {
  uint64_t time, amount, over;
  if (program.is.therapy.count == DAILIES_MOST) return REASON_FULL;
  struct stored_daily *daily = &program.is.therapy.dailies[program.is.therapy.count];
  if (!field_whole(&time) || !below_a_day(time, &daily->time)) return REASON_RANGE;
  if (!field_word(WORDS_BY, &daily->by)) return REASON_RANGE;
  if (!field_whole(&amount) || !u48(amount, &daily->amount) || amount == 0) return REASON_RANGE;
  if (!field_whole(&over) || !below_a_day(over, &daily->over) || over == 0) return REASON_RANGE;
  program.is.therapy.count++;
  return REASON_NONE;
}

static uint8_t take_days(void) {
  uint64_t days;
  if (!field_whole_up_to(127, &days)) return REASON_RANGE;
  program.is.therapy.days = (uint8_t)days;
  return REASON_NONE;
}

static uint8_t take_drawn(void) {
  if (field_is(TEXT("all"))) {
    program.is.fill.drawn = NEVER;
    return REASON_NONE;
  }
  return field_whole(&program.is.fill.drawn) ? REASON_NONE : REASON_RANGE;
}

static uint8_t take_fill(void) {
  struct fill *fill = &program.is.fill;
  const char *drug;
  uint8_t length;
  if (!field_text(&drug, &length) || !field_whole(&fill->fluid.concentration) || !field_whole(&fill->volume))
    return REASON_RANGE;
  if (!concentration_fits(fill->fluid.concentration)) return REASON_RANGE;
  fill->fluid.drug = drug_number(drug, length);
  return fill->fluid.drug == WORD_NONE ? REASON_FULL : REASON_NONE;
}

static uint8_t take(uint8_t command) {
  switch (command) {
    case COMMAND_RATE:
      return take_rate();
    case COMMAND_DOSE:
      return take_dose();
    case COMMAND_DAILY:
      return take_daily();
    case COMMAND_DAYS:
      return take_days();
    case COMMAND_DRAWN:
      return take_drawn();
    case COMMAND_FILL:
      return take_fill();
    default:
      return field_whole(&program.is.clock) ? REASON_NONE : REASON_RANGE;
  }
}

static uint8_t wanted_parts(void) {
  return (uint8_t)flash_char((const char *)&wanted[program.kind]);
}

uint8_t program_part(uint8_t command, const char *text, uint8_t length) {
  if (state != COMING || !(wanted_parts() & CAME(command))) return REASON_ORDER;
  uint8_t reason = take(command);
  if (reason == REASON_NONE && !field_end()) reason = REASON_RANGE;
  if (reason != REASON_NONE) {
    program_forget();
    return reason;
  }
  if (parts < UINT16_MAX) parts++;
  program.came |= (uint8_t)CAME(command);
  if (command < last) disordered = true;
  last = command;
  add_to_sum(text, length);
  return REASON_NONE;
}

bool program_came(uint64_t count, uint32_t sum) {
  return state == COMING && parts == count && CRC_END(came_crc) == sum;
}

bool program_whole(void) {
  uint8_t kinds = wanted_parts() & (uint8_t)~CAME(COMMAND_DAILY), single = 0;
  if (disordered || (program.came & kinds) != kinds) return false;
  for (; kinds > 0; kinds >>= 1) single += kinds & 1;
  if (program.kind == PROGRAM_FLEX) single += program.is.therapy.count;
  return parts == single;
}

static void say_begin(const void *about) {
  (void)about;
  say_text(TEXT("BEGIN,"));
  say_word(WORDS_PROGRAM, program.kind);
}

static void say_amount(uint8_t by, uint64_t amount) {
  say_text(TEXT(","));
  say_word(WORDS_BY, by);
  say_text(TEXT(","));
  say_number(amount);
}

static void say_rate(const void *about) {
  (void)about;
  say_text(TEXT("RATE"));
  say_amount(program.is.therapy.by, program.is.therapy.rate);
}

static void say_dose(const void *about) {
  (void)about;
  say_text(TEXT("DOSE"));
  say_amount(program.is.dose.by, program.is.dose.amount);
  say_text(TEXT(","));
  say_number(program.is.dose.over);
}

static void say_daily(const void *about) {
  struct daily daily;
  daily_of(&program.is.therapy, *(const uint8_t *)about, &daily);
  say_text(TEXT("DAILY,"));
  say_number(daily.time);
  say_amount(daily.by, daily.amount);
  say_text(TEXT(","));
  say_number(daily.over);
}

static void say_days(const void *about) {
  (void)about;
  say_text(TEXT("DAYS,"));
  say_number(program.is.therapy.days);
}

static void say_drawn(const void *about) {
  (void)about;
  say_text(TEXT("DRAWN,"));
  say_number_or(program.is.fill.drawn, TEXT("all"));
}

static void say_fill(const void *about) {
  (void)about;
  say_text(TEXT("FILL,"));
  say_drug(program.is.fill.fluid.drug);
  say_text(TEXT(","));
  say_number(program.is.fill.fluid.concentration);
  say_text(TEXT(","));
  say_number(program.is.fill.volume);
}

static void say_show(const void *about) {
  (void)about;
  say_text(TEXT("SHOW,"));
  say_number(program.is.clock);
}

/* Tells every part, made from what is stored. */
static void read_back(void (*tell)(message message, const void *about)) {
  tell(say_begin, 0);
  switch (program.kind) {
    case PROGRAM_SIMPLE:
      tell(say_rate, 0);
      break;
    case PROGRAM_FLEX:
      tell(say_rate, 0);
      for (uint8_t index = 0; index < program.is.therapy.count; index++) tell(say_daily, &index);
      tell(say_days, 0);
      break;
    case PROGRAM_BOLUS:
      tell(say_dose, 0);
      break;
    case PROGRAM_REFILL:
      tell(say_drawn, 0);
      tell(say_fill, 0);
      break;
    case PROGRAM_SET_CLOCK:
      tell(say_show, 0);
      break;
    default:
      break;
  }
}

void program_read_back(void) {
  read_back(reply_say);
}

/* The transaction and the sum in one number, as docs/PROTOCOL.md proposes. */
static void say_transaction(const void *about) {
  (void)about;
  say_number(transaction);
  say_text(TEXT(" "));
  say_hex8(stored_sum);
}

void program_store(void) {
  state = STORED;
  stored_at = now;
  transaction++;
  sum_begin();
  read_back(sum_add_line);
  stored_sum = sum_end();
  sum_begin();
  sum_add(say_transaction, 0);
  digest = sum_end();
}

uint32_t program_sum(void) {
  return stored_sum;
}

uint64_t program_stored_at(void) {
  return stored_at;
}

uint32_t program_digest(void) {
  return digest;
}
