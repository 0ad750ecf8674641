/*
 * The motor: what flows, and when it makes a step. Flow is counted in parts of a step so small that every rate is a whole
 * number of them in a microsecond. A step is
 *
 *     step_volume (pL) x scale (pg/uL) x 86400000000 (us/d)  parts
 *
 * where scale is the concentration, or 1 of a fluid without drug. V pL/d are V x scale parts/us, and M pg/d, which are
 * M x 1000000 / scale pL/d, are M x 1000000 parts/us. What one therapy leaves over of a step is carried into the next to the last
 * part, so that errors never add up; only the instant of each step is rounded, up to a whole microsecond.
 */
#ifndef C_PUMP_MOTION_H
#define C_PUMP_MOTION_H

#include <stdbool.h>
#include <stdint.h>

#include "run.h"
#include "wide.h"

#define DAY_us 86400000000ULL

/* Boluses under way at the same time. */
#define BOLUSES_MOST 4

/* The longest run of steps that is ordered at once. With 1 the pump orders each step when it is due. */
#ifndef RUN_MOST
#define RUN_MOST 200000000UL
#endif

/* The next steps, none where `count` is 0, and whether they are ordered. */
extern struct run coming;
extern bool ordered;

/* At instant 0, with nothing flowing and nothing left over. */
void motion_begin(void);

/* Another concentration than `before`: what is left over of a step stays the same share of it. Settled before. */
void motion_rescale(uint64_t before);

/* How many of the ordered steps are due by now. */
uint32_t motion_given(void);

/* Lets flow go on up to now and takes off the steps that are due by then. */
void motion_settle(void);

/* Plans the next steps: at most so many, and none later than `horizon`, where flow changes. Settled before. */
void motion_plan(uint64_t horizon, uint32_t most);

/* The steady flow, in pg/d or pL/d. */
void motion_flow_on(uint8_t by, uint64_t amount);

/* Begins a bolus; false when there is no room for another. */
bool motion_begin_bolus(uint8_t by, uint64_t amount, uint64_t over);

/* Ends the boluses that are over at `at`, all of them with NEVER. Settled before. */
void motion_end_boluses(uint64_t at);

/* When the next bolus ends, or NEVER. */
uint64_t motion_bolus_end(void);

/* Parts/us of the bolus under way that is slowest; UINT64_MAX where there is none. */
uint64_t motion_slowest_bolus(void);

/* Parts/us that will flow so much later if nothing begins, and how many boluses. */
uint64_t motion_flow_in(uint64_t later, uint8_t *boluses);

/* A dose in pL x pg/uL: what `amount` in pg or pL is of a fluid of that scale. */
void dose_parts(struct wide *parts, uint8_t by, uint64_t amount, uint64_t scale);

/* Parts/us of a bolus, rounded down. */
uint64_t bolus_rate(uint8_t by, uint64_t amount, uint64_t over);

#endif
