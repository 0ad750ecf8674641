/* Where the rotor is, by its quadrature encoder: one transition a motor step. */
#ifndef PUMPBENCH_ENCODER_H
#define PUMPBENCH_ENCODER_H

#include <stdint.h>

extern volatile int32_t encoder_position;

void encoder_start(void);

/* Position mod 256, enough to tell which way the rotor went within a step; one byte, so it reads whole. */
static inline uint8_t encoder_low(void) { return *(volatile const uint8_t *)&encoder_position; }

#endif
