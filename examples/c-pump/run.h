/* Equally spaced motor steps, and the instant that the pump has come to. */
#ifndef C_PUMP_RUN_H
#define C_PUMP_RUN_H

#include <stdint.h>

/* UINT64_MAX as an instant: it never comes. */
#define NEVER UINT64_MAX

/* Step j is due at first + j x interval, in us from the start of the run of the bench. */
struct run {
  uint64_t first, interval;
  uint32_t count;
};

/* When a step of it is due, numbered from 0. */
uint64_t run_instant(const struct run *run, uint32_t step);

/* The present instant. */
extern uint64_t now;

#endif
