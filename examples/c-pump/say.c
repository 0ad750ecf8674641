/* What goes out: characters are counted, sent, or only summed, and whatever says them cannot tell which. */
#include "say.h"

#include "crc.h"
#include "flash.h"
#include "words.h"

static enum { COUNTS, SENDS, SUMS } pass;
static uint8_t length;
static uint32_t crc, program_crc;

static void put(char character) {
  uint8_t byte = (uint8_t)character;
  switch (pass) {
    case COUNTS:
      length++;
      break;
    case SENDS:
      crc = crc_with(crc, byte);
      port_write(byte);
      break;
    case SUMS:
      program_crc = crc_with(program_crc, byte);
      break;
  }
}

static void hex(uint32_t value, uint8_t digits) {
  while (digits-- > 0) put("0123456789ABCDEF"[(value >> (4 * digits)) & 15]);
}

void say_frame(uint8_t sequence, message message, const void *about) {
  pass = COUNTS;
  length = 2;
  message(about);
  pass = SENDS;
  port_write('$');
  crc = CRC_START;
  hex(length, 2);
  hex(sequence, 2);
  message(about);
  uint32_t sum = CRC_END(crc);
  port_write('*');
  hex(sum, 8);
  port_write('\n');
}

void sum_begin(void) {
  program_crc = CRC_START;
}

void sum_add(message message, const void *about) {
  pass = SUMS;
  message(about);
}

void sum_add_line(message message, const void *about) {
  sum_add(message, about);
  put('\n');
}

uint32_t sum_end(void) {
  return CRC_END(program_crc);
}

void say_character(char character) {
  put(character);
}

void say_text(const char *text) {
  for (; flash_char(text) != '\0'; text++) put(flash_char(text));
}

void say_spelled(const char *text, uint8_t count) {
  while (count-- > 0) put(*text++);
}

void say_word(const char *list, uint8_t number) {
  for (const char *at = word_at(list, number); flash_char(at) != ' ' && flash_char(at) != '\0'; at++) put(flash_char(at));
}

void say_hex8(uint32_t value) {
  hex(value, 8);
}

#define TENS 18
#define TENS_MOST 1000000000000000000ULL

/* 10^17 down to 1: digits are found by subtraction, which on a processor without division takes a fifth of the time. */
static const uint64_t tens[TENS] FLASH = {
    100000000000000000, 10000000000000000, 1000000000000000, 100000000000000, 10000000000000, 1000000000000,
    100000000000, 10000000000, 1000000000, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1,
};

/* The digits of a number below 10^18, with the zeros that lead or without. */
static void say_digits(uint64_t value, bool leading) {
  for (uint8_t place = 0; place < TENS; place++) {
    uint64_t ten = flash_u64(&tens[place]);
    char digit = '0';
    for (; value >= ten; value -= ten) digit++;
    leading |= digit != '0' || place == TENS - 1;
    if (leading) put(digit);
  }
}

/* Of the 39 digits that 128 bits may have 18 at a time. */
static void say_wide(const struct wide *value) {
  struct wide above = *value;
  uint64_t rest = value->low;
  bool more = value->high > 0 || rest >= TENS_MOST;
  if (more) {
    rest = wide_divide(&above, TENS_MOST);
    say_wide(&above);
  }
  say_digits(rest, more);
}

void say_number(uint64_t value) {
  struct wide wide;
  wide_set(&wide, value);
  say_wide(&wide);
}

void say_number_or(uint64_t value, const char *none) {
  if (value == UINT64_MAX)
    say_text(none);
  else
    say_number(value);
}

void say_signed(int64_t value) {
  if (value < 0) put('-');
  say_number(value < 0 ? (uint64_t)-value : (uint64_t)value);
}

static uint64_t common(uint64_t one, uint64_t other) {
  while (other > 0) {
    uint64_t rest = one % other;
    one = other;
    other = rest;
  }
  return one;
}

void say_quotient(const struct wide *value, uint64_t divisor) {
  struct wide quotient = *value;
  uint64_t rest = wide_divide(&quotient, divisor);
  if (rest == 0) {
    say_wide(&quotient);
    return;
  }
  uint64_t shared = common(divisor, rest);
  quotient = *value;
  wide_divide(&quotient, shared);
  say_wide(&quotient);
  put('/');
  say_number(divisor / shared);
}
