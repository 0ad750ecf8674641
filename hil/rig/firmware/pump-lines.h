/* The lines of a pump that turns its own motor: which are looked at, and the field that its coil lines make. */
#ifndef PUMPBENCH_PUMP_LINES_H
#define PUMPBENCH_PUMP_LINES_H

#include <stdint.h>

#include "board.h"

/* Pulls up every line, so that one that is not connected does not float. */
void pump_lines_pull_up(void);

/* Looks at the lines that go with the input mode, from what they are now; what was sensed is empty. Interrupts off. */
void pump_lines_start(uint8_t lines);

/* Looks at none of them any more. Interrupts must be off. */
void pump_lines_stop(void);

/* Their levels. */
static inline uint8_t pump_lines_now(void) { return LINES_PIN >> LINES_SHIFT & LEVELS_ALL; }

#endif
