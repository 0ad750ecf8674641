/*
 * Makes frames of the bytes that come in (docs/PROTOCOL.md, section 1). It holds one line and looks at each byte once;
 * whatever is no frame is dropped without a word.
 */
#ifndef C_PUMP_LINE_H
#define C_PUMP_LINE_H

#include <stdbool.h>
#include <stdint.h>

/* The longest frame to a pump, from `$` to the newline. */
#define LINE_MOST 128

struct frame {
  uint8_t sequence;
  /* From TYPE up to before `*`, and no zero byte anywhere. */
  const char *text;
  uint8_t length;
};

/* Takes the next byte. True when it ended a line that is a frame; what `frame` points to is good until the next byte. */
bool line_take(uint8_t byte, struct frame *frame);

#endif
