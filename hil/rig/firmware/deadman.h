/*
 * The dead-man: the motor goes on only while the host shows that it is there. Any frame with the session's token feeds
 * it; the step interrupt asks before each step whether the last one is too long ago.
 */
#ifndef PUMPBENCH_DEADMAN_H
#define PUMPBENCH_DEADMAN_H

#include <stdbool.h>
#include <stdint.h>

extern uint32_t deadman_fed;
extern uint32_t deadman_interval;

/* The host was heard of now. From outside interrupts. */
void deadman_feed(void);

/* Sets the interval for steps `quotient` ticks and a fraction apart: two steps, or 2 s if that is longer. */
void deadman_pace(uint32_t quotient);

/* Whether the interval has passed. Interrupts must be off. */
static inline bool deadman_passed(uint32_t now) { return now - deadman_fed >= deadman_interval; }

#endif
