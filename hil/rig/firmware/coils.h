/* The two windings of the motor. Interrupts must be off for all of these. */
#ifndef PUMPBENCH_COILS_H
#define PUMPBENCH_COILS_H

#include <avr/io.h>
#include <stdint.h>

#include "board.h"

void coils_start(void);

/* Moves the field by one full step; `direction` is 1 or -1. */
void coils_step(int8_t direction);

/* Lets go of the pins: nothing is driven until coils_start(). */
void coils_release(void);

static inline void coils_off(void) { COIL_PORT &= (uint8_t)~COIL_MASK; }

#endif
