/* Splits what comes in into lines that may be frames, and counts the bytes that were of no use. */
#ifndef PUMPBENCH_LINE_H
#define PUMPBENCH_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "catalogue.h"

/* The text of a frame without its `$` and newline. */
#define LINE_LONGEST (WIRE_FRAME_TO_RIG - 2)

struct line {
  char text[LINE_LONGEST];
  uint8_t length;
};

extern struct line line;

/* Takes bytes until a line that begins with `$` is complete; false when they run out before. */
bool line_next(void);

/* The line just completed was no frame: its bytes count as discarded. */
void line_refuse(void);

/* Bytes since boot that were in no frame, mod 2^32; newlines and HALT do not count. */
uint32_t line_discarded(void);

#endif
