/*
 * The motor and the clock of a pump that runs free (build with -DFREE_RUNNING, ATmega328P only): four coil lines at PB0 to PB3, A+, A-, B+
 * and B-, full steps with two coils on, and the alarm line at PC0, low for an alarm. The steps of a run are made by the interrupt of a
 * timer, each when it is due, whatever else the pump is calculating.
 *
 * An instant is in us since motor_begin and a multiple of MOTOR_CLOCK_us.
 */
#ifndef C_PUMP_MOTOR_H
#define C_PUMP_MOTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "run.h"

#ifdef FREE_RUNNING

/* A count of the timer. */
#define MOTOR_CLOCK_us 16

/* Switches the coils on, with the field at rest. */
void motor_power(void);

/* It is instant 0. */
void motor_begin(void);

/* The present instant: every step of the run that is due by it has been made, and no other. */
uint64_t motor_clock(void);

/* Makes the steps of a run, those at once that are due already. */
void motor_run(const struct run *steps);

/* Makes no more steps; the instant from which on. */
uint64_t motor_stop(void);

/* Has motor_due say so at an instant; NEVER for none. May be asked with interrupts off. */
void motor_wake(uint64_t at);
bool motor_due(void);

void motor_alarm(bool on);

#else
#define motor_stop() ((void)0)
#define motor_alarm(on) ((void)0)
#endif

#endif
