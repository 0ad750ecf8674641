/*
 * The therapy in force and the clock by which its boluses start. Boluses of the day start at the times of the clock of the pump:
 * a time that was skipped is not made up, one that comes twice counts once, and a jump of more than 2 h begins the therapy anew.
 */
#ifndef C_PUMP_THERAPY_H
#define C_PUMP_THERAPY_H

#include <stdbool.h>
#include <stdint.h>

#include "program.h"
#include "wide.h"

/* In force. */
extern struct therapy therapy;

/* Switched on: stopped, and the clock shows `clock`. */
void therapy_begin(uint64_t clock);

/* `ahead` is added to an instant, modulo 2^64. Boluses that start at `through` of the clock or before have started, or are not to. */
struct timekeeping {
  uint64_t ahead, through;
};

extern struct timekeeping timekeeping;

uint64_t clock_now(void);
/* What the clock of today shows, or showed, at an instant. */
uint64_t clock_at(uint64_t instant);

/* Moves the clock, and with it the starts of boluses. True when the therapy began anew. */
bool clock_move(uint64_t clock);

/* The stored therapy comes into force, or everything stops. Flow is settled before, and boluses are ended. */
void therapy_commit(void);
void therapy_stop(void);

/* A rate by mass or volume makes the flow that it is with the present fluid. */
void therapy_flow(void);

/* When boluses start next, or NEVER. Starts those that are due; false when there was no room for all. */
uint64_t therapy_next_start(void);
bool therapy_start_due(void);

/* What a therapy gives in 24 h of a fluid of that scale, in pL x pg/uL. */
void therapy_parts(const struct therapy *of, uint64_t scale, struct wide *parts);

/* The same of the last therapy that was to give a dose; false when there was none, or none of the present drug. */
bool therapy_meant(struct wide *parts);

/* The drug for which the therapy in force was programmed. */
uint8_t therapy_drug(void);

/* Boluses of the therapy in force that start at this time of the clock are still to start, and do so on that day. */
bool still_starts(uint64_t clock);

#endif
