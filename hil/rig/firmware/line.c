/*
 * The splitter: a frame begins at the last `$` of a line and ends at its newline.
 *
 * It never holds more than one frame. Too long a line, and any byte that no frame contains (one of HALT, one that came
 * in broken, a carriage return), drop what was held at once, and the splitter waits for the next `$`.
 */
#include "line.h"

#include "received.h"

struct line line;

static bool begun;
static bool half_halt;
static uint32_t discarded;

/* Drops what is held, with the `$` before it. */
static void drop(void) {
  if (begun) discarded += line.length + 1U;
  begun = false;
}

/* A byte that is no text of a frame; true when it completes one. */
static bool take_other(uint8_t byte) {
  const bool halt = half_halt && byte == WIRE_HALT_BYTE;
  half_halt = byte == WIRE_HALT_BYTE && !halt;
  if (byte == '\n') {
    const bool complete = begun;
    begun = false;
    return complete;
  }
  drop();
  if (byte == '$') {
    begun = true;
    line.length = 0;
  } else if (halt) {
    /* The first byte of HALT was counted. */
    discarded--;
  } else {
    discarded++;
  }
  return false;
}

bool line_next(void) {
  uint8_t out = received.out;
  while (out != received.in) {
    const uint8_t byte = received.bytes[out++];
    received.out = out;
    if (begun && byte != '$' && byte >= ' ' && byte <= '~' && line.length < LINE_LONGEST) {
      line.text[line.length++] = (char)byte;
      half_halt = false;
    } else if (take_other(byte)) {
      return true;
    }
  }
  return false;
}

void line_refuse(void) { discarded += line.length + 1U; }

uint32_t line_discarded(void) { return discarded; }
