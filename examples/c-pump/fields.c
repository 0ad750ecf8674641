/* The reader of fields: a place in the frame that goes from comma to comma. */
#include "fields.h"

#include "flash.h"
#include "words.h"

#define DIGITS_MOST 18
#define TEXT_MOST 100

static const char *place, *end;
static uint8_t read;

/* The characters of the next field. */
static bool next(const char **from, uint8_t *length) {
  if (place == end || *place != ',') return false;
  read++;
  *from = ++place;
  while (place < end && *place != ',') place++;
  *length = (uint8_t)(place - *from);
  return true;
}

bool fields_begin(const struct frame *frame, const char **type, uint8_t *length) {
  place = frame->text;
  end = frame->text + frame->length;
  read = 0;
  *type = place;
  while (place < end && *place >= 'A' && *place <= 'Z') place++;
  *length = (uint8_t)(place - *type);
  return *length >= 1 && *length <= 8 && (place == end || *place == ',');
}

uint8_t fields_read(void) {
  return read;
}

bool field_end(void) {
  return place == end;
}

static bool whole(const char *digits, uint8_t length, uint64_t *value) {
  if (length < 1 || length > DIGITS_MOST || (digits[0] == '0' && length > 1)) return false;
  *value = 0;
  while (length-- > 0) {
    char digit = *digits++;
    if (digit < '0' || digit > '9') return false;
    *value = *value * 10 + (uint64_t)(digit - '0');
  }
  return true;
}

bool field_whole(uint64_t *value) {
  const char *digits;
  uint8_t length;
  return next(&digits, &length) && whole(digits, length, value);
}

bool field_whole_up_to(uint64_t most, uint64_t *value) {
  return field_whole(value) && *value <= most;
}

bool field_signed(int64_t *value) {
  const char *digits;
  uint8_t length;
  uint64_t size;
  if (!next(&digits, &length) || length == 0) return false;
  bool below = digits[0] == '-';
  if (!whole(digits + below, (uint8_t)(length - below), &size) || (below && size == 0)) return false;
  *value = below ? -(int64_t)size : (int64_t)size;
  return true;
}

bool field_word(const char *list, uint8_t *number) {
  const char *name;
  uint8_t length;
  if (!next(&name, &length)) return false;
  *number = word_number(list, name, length);
  return *number != WORD_NONE;
}

bool field_is(const char *name) {
  const char *at = place;
  if (at == end || *at++ != ',') return false;
  while (at < end && flash_char(name) != '\0' && *at == flash_char(name)) at++, name++;
  if (flash_char(name) != '\0' || (at < end && *at != ',')) return false;
  place = at;
  read++;
  return true;
}

static bool is_hex(char character) {
  return (character >= '0' && character <= '9') || (character >= 'A' && character <= 'F');
}

bool field_hex8(uint32_t *value) {
  const char *digits;
  uint8_t length;
  if (!next(&digits, &length) || length != 8) return false;
  *value = 0;
  while (length-- > 0) {
    char digit = *digits++;
    if (!is_hex(digit)) return false;
    *value = (*value << 4) | (uint32_t)(digit <= '9' ? digit - '0' : digit - 'A' + 10);
  }
  return true;
}

static bool in_token(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
         (character >= '0' && character <= '9') || character == '.' || character == '_' || character == '-';
}

bool field_token(uint8_t most, const char **token, uint8_t *length) {
  if (!next(token, length) || *length < 1 || *length > most) return false;
  for (uint8_t at = 0; at < *length; at++) {
    if (!in_token((*token)[at])) return false;
  }
  return true;
}

/* A byte that stands for itself in a text: printable, and none of the five that mean something in a frame. */
static bool stands_for_itself(uint8_t byte) {
  return byte >= 0x20 && byte <= 0x7E && byte != '$' && byte != '%' && byte != '*' && byte != '+' && byte != ',';
}

static uint8_t hex_value(char digit) {
  return (uint8_t)(digit <= '9' ? digit - '0' : digit - 'A' + 10);
}

bool field_text(const char **spelled, uint8_t *length) {
  uint8_t bytes = 0;
  if (!next(spelled, length)) return false;
  const char *at = *spelled;
  while (at < place) {
    if (*at == '%') {
      if (place - at < 3 || !is_hex(at[1]) || !is_hex(at[2])) return false;
      if (stands_for_itself((uint8_t)(hex_value(at[1]) << 4 | hex_value(at[2])))) return false;
      at += 3;
    } else {
      if (!stands_for_itself((uint8_t)*at)) return false;
      at++;
    }
    bytes++;
  }
  return bytes <= TEXT_MOST;
}
