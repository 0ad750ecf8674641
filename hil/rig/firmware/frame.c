/*
 * Decoding of a frame: LLSSTYPE,field,field*CCCCCCCC, strictly.
 *
 * Length, check, digits, words and ranges must all be right, with one way only to write each; anything else is no
 * frame. What may be in which field comes from the generated catalogue and lies as tables in flash.
 */
#include "frame.h"

#include "crc.h"
#include "flash.h"

enum { LENGTH_DIGITS = 2, SEQUENCE_DIGITS = 2, CHECK_DIGITS = 8, MOST_DIGITS = 10 };

enum kind { NUMBER, SIGNED, TOKEN, HEX, CHOICE };

struct field {
  uint8_t kind;
  uint32_t min;
  /* Of a number the largest, of a token the longest. */
  uint32_t max;
  /* The words of a choice, each followed by a zero, ended by an empty one. */
  const char *words;
};

struct message {
  const char *name;
  const struct field *fields;
  uint8_t count;
  bool sequenced;
};

#define WORD(word) #word "\0"
static const char WORDS_DIRECTION[] PROGMEM = WIRE_LIST_DIRECTION(WORD);
static const char WORDS_LINES[] PROGMEM = WIRE_LIST_LINES(WORD);

#define NUMBER_FIELD(name, min, max) {NUMBER, min, max, 0},
#define SIGNED_FIELD(name, min, max) {SIGNED, 0, 0, 0},
#define TOKEN_FIELD(name, longest) {TOKEN, 1, longest, 0},
#define HEX_FIELD(name) {HEX, 0, 0, 0},
#define CHOICE_FIELD(name, list) {CHOICE, 0, 0, WORDS_##list},

#define NAME_TEXT(name, kind, count) static const char NAME_##name[] PROGMEM = #name;
WIRE_TO_RIG(NAME_TEXT)

#define FIELD_TABLE(name, kind, count) \
  static const struct field FIELDS_##name[] PROGMEM = { \
      WIRE_FIELDS_##name(NUMBER_FIELD, SIGNED_FIELD, TOKEN_FIELD, HEX_FIELD, CHOICE_FIELD)};
WIRE_TO_RIG(FIELD_TABLE)

#define SESSION false
#define HEARTBEAT false
#define COMMAND true
#define MESSAGE_ROW(name, kind, count) {NAME_##name, FIELDS_##name, count, kind},
static const struct message MESSAGES[] PROGMEM = {WIRE_TO_RIG(MESSAGE_ROW)};
enum { MESSAGE_COUNT = sizeof MESSAGES / sizeof MESSAGES[0] };

/* Where the decoder is in the text. */
struct cursor {
  const char *at;
  const char *end;
};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_token(char c) {
  return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '_' || c == '-';
}

/* Upper-case hex digits, exactly so many. */
static bool take_hex(struct cursor *cursor, uint8_t digits, uint32_t *value) {
  uint32_t sum = 0;
  while (digits--) {
    if (cursor->at == cursor->end) return false;
    const char c = *cursor->at++;
    if (is_digit(c)) sum = sum << 4 | (uint8_t)(c - '0');
    else if (c >= 'A' && c <= 'F') sum = sum << 4 | (uint8_t)(c - 'A' + 10);
    else return false;
  }
  *value = sum;
  return true;
}

/* Decimal digits without leading zeros, up to 4294967295. */
static bool take_number(struct cursor *cursor, uint32_t *value) {
  const char *at = cursor->at;
  uint32_t sum = 0;
  uint8_t digits = 0;
  while (at != cursor->end && is_digit(*at)) {
    const uint8_t digit = (uint8_t)(*at++ - '0');
    if (digits == MOST_DIGITS || (digits == 1 && sum == 0)) return false;
    if (++digits == MOST_DIGITS && (sum > UINT32_MAX / 10 || (sum == UINT32_MAX / 10 && digit > UINT32_MAX % 10))) {
      return false;
    }
    sum = (sum << 3) + (sum << 1) + digit;
  }
  cursor->at = at;
  *value = sum;
  return digits > 0;
}

static bool take_token(struct cursor *cursor, uint8_t longest, char *token) {
  const uint8_t room = (uint8_t)((longest + 4) / 4 * 4);
  uint8_t length = 0;
  while (cursor->at != cursor->end && is_token(*cursor->at)) {
    if (length == longest) return false;
    token[length++] = *cursor->at++;
  }
  if (length == 0) return false;
  while (length < room) token[length++] = 0;
  return true;
}

/* Takes `word` (in flash) if the text goes on with it and the field ends there. */
static bool take_word(struct cursor *cursor, const char *word) {
  const char *at = cursor->at;
  for (;;) {
    const char c = (char)pgm_read_byte(word++);
    if (c == 0) break;
    if (at == cursor->end || *at++ != c) return false;
  }
  if (at != cursor->end && *at != ',') return false;
  cursor->at = at;
  return true;
}

static bool take_choice(struct cursor *cursor, const char *words, uint32_t *value) {
  for (uint8_t code = 0; pgm_read_byte(words) != 0; code++) {
    if (take_word(cursor, words)) {
      *value = code;
      return true;
    }
    while (pgm_read_byte(words++) != 0) continue;
  }
  return false;
}

/* Takes one field with its comma and stores it; returns the room it takes in the frame, 0 when it is wrong. */
static uint8_t take_field(struct cursor *cursor, const struct field *field, char *room) {
  uint32_t value;
  if (cursor->at == cursor->end || *cursor->at++ != ',') return 0;
  switch (pgm_read_byte(&field->kind)) {
    case NUMBER:
      if (!take_number(cursor, &value)) return 0;
      if (value < pgm_read_dword(&field->min) || value > pgm_read_dword(&field->max)) return 0;
      break;
    case CHOICE:
      if (!take_choice(cursor, pgm_read_ptr(&field->words), &value)) return 0;
      break;
    case TOKEN: {
      const uint8_t longest = (uint8_t)pgm_read_dword(&field->max);
      return take_token(cursor, longest, room) ? (uint8_t)((longest + 4) / 4 * 4) : 0;
    }
    default:
      return 0;
  }
  *(uint32_t *)(void *)room = value;
  return sizeof value;
}

static bool take_message(struct cursor *cursor, struct frame *frame) {
  for (frame->type = 0; frame->type < MESSAGE_COUNT; frame->type++) {
    const struct message *message = &MESSAGES[frame->type];
    if (!take_word(cursor, pgm_read_ptr(&message->name))) continue;
    if (!pgm_read_byte(&message->sequenced) && frame->sequence != 0) return false;
    const struct field *field = pgm_read_ptr(&message->fields);
    char *room = (char *)&frame->token;
    for (uint8_t left = pgm_read_byte(&message->count); left > 0; left--) {
      const uint8_t used = take_field(cursor, field++, room);
      if (used == 0) return false;
      room += used;
    }
    return cursor->at == cursor->end;
  }
  return false;
}

bool frame_decode(const char *text, uint8_t length, struct frame *frame) {
  if (length < LENGTH_DIGITS + SEQUENCE_DIGITS + 1 + CHECK_DIGITS) return false;
  const char *star = text + length - CHECK_DIGITS - 1;
  struct cursor head = {text, star};
  struct cursor tail = {star + 1, text + length};
  uint32_t stated, sequence, check;
  if (*star != '*' || !take_hex(&tail, CHECK_DIGITS, &check)) return false;
  if (!take_hex(&head, LENGTH_DIGITS, &stated) || stated != (uint8_t)(star - head.at)) return false;
  if (!take_hex(&head, SEQUENCE_DIGITS, &sequence)) return false;
  if (crc_of(text, (uint8_t)(star - text)) != check) return false;
  frame->sequence = (uint8_t)sequence;
  return take_message(&head, frame);
}
