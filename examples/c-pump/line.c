/* The splitter: from the last `$` of a line to its newline. */
#include "line.h"

#include "crc.h"

/* `$LLSS` and `*CCCCCCCC`, without the newline. */
#define HEAD 5
#define TAIL 9

static char held[LINE_MOST];
/* How much of a line is held, LINE_MOST when it is too long, and whether it had a `$`. */
static uint8_t length;
static bool begun;

static int8_t hex_digit(char character) {
  if (character >= '0' && character <= '9') return (int8_t)(character - '0');
  if (character >= 'A' && character <= 'F') return (int8_t)(character - 'A' + 10);
  return -1;
}

/* Reads so many hex digits, upper case only. */
static bool hex(const char *digits, uint8_t count, uint32_t *value) {
  *value = 0;
  while (count-- > 0) {
    int8_t digit = hex_digit(*digits++);
    if (digit < 0) return false;
    *value = (*value << 4) | (uint32_t)digit;
  }
  return true;
}

static bool is_frame(struct frame *frame) {
  uint32_t summed_length, sequence, sum, crc = CRC_START;
  if (length < HEAD + 1 + TAIL || held[length - TAIL] != '*') return false;
  uint8_t end = (uint8_t)(length - TAIL);
  if (!hex(held + 1, 2, &summed_length) || summed_length != (uint32_t)(end - 3)) return false;
  if (!hex(held + 3, 2, &sequence) || !hex(held + end + 1, 8, &sum)) return false;
  for (uint8_t at = 1; at < end; at++) {
    if (held[at] == '\0') return false;
    crc = crc_with(crc, (uint8_t)held[at]);
  }
  if (CRC_END(crc) != sum) return false;
  frame->sequence = (uint8_t)sequence;
  frame->text = held + HEAD;
  frame->length = (uint8_t)(end - HEAD);
  return true;
}

bool line_take(uint8_t byte, struct frame *frame) {
  if (byte == '\n') {
    bool whole = begun && length < LINE_MOST && is_frame(frame);
    begun = false;
    return whole;
  }
  if (byte == '$') {
    begun = true;
    length = 0;
  }
  if (begun && length < LINE_MOST) held[length++] = (char)byte;
  return false;
}
