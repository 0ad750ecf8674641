/*
 * What the pump believes: what it holds, how many steps it has given and how much of each drug, and the alarms that follow
 * from it. A step is believed from the instant it is due; one that turns out not to have moved the rotor is taken back.
 */
#ifndef C_PUMP_ACCOUNT_H
#define C_PUMP_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "run.h"
#include "wide.h"
#include "words.h"

/* A pg, in the unit of a volume in pL times a concentration in pg/uL. */
#define PG_IN_PL_PG_PER_UL 1000000UL

/* Drugs of one session, and room for their names as they are spelled on the wire. */
#ifdef FREE_RUNNING
#define DRUGS_MOST 2
#define NAMES_MOST 60
#else
#define DRUGS_MOST 3
#define NAMES_MOST 100
#endif

/* What the reservoir holds. `drug` is its number. */
struct fluid {
  uint64_t concentration;
  uint8_t drug;
};

/* The present fluid and the one before it; `fluid_now` says which is which. */
extern struct fluid fluids[2];
extern uint8_t fluid_now;

/* The figures that set-up gives, by `enum figure`. */
extern uint64_t figures[FIGURES];

void account_begin(void);

/*
 * The number of a drug, which is given one when it is new; WORD_NONE when there is no room for it. A drug that was only part of a
 * program is forgotten again by drugs_forget, one that the reservoir has held never.
 */
uint8_t drug_number(const char *spelled, uint8_t length);
void drugs_forget(void);
void say_drug(uint8_t number);

/* A concentration that can be calculated with: at most 1 g/mL, and no rate too large for 62 bits. */
bool concentration_fits(uint64_t concentration);

/* What a dose by volume is multiplied with, and divided by to become one: the present concentration, 1 if there is no drug. */
uint64_t scale_of(uint64_t concentration);
uint64_t scale_now(void);

/* What the pump is told at set-up that it holds, and by a refill; `drawn` is NEVER when all was drawn. */
void account_holds(const struct fluid *fluid, uint64_t volume);
void account_refill(uint64_t drawn, const struct fluid *fluid, uint64_t volume);

/* What a refill leaves in the reservoir: nothing stays of what was there where more was drawn. Every step that was given is booked. */
uint64_t account_filled(uint64_t drawn, uint64_t volume);

/* Raises the alarms of the reservoir that are to be raised. One may be due at the start, and waits until time passes. */
void account_check(void);
bool account_alarm_due(void);

/* Books steps of the present fluid, says so, and raises what has to be raised. */
void account_book(const struct run *steps);

/* Takes back the step due at `due`, says so, and raises the stall alarm when it is time. */
void account_unbook(uint64_t due);

/* A step moved the rotor. */
void account_moved(void);

/* How many steps until an alarm of the reservoir has to be raised; at least 1. */
uint32_t account_steps_to_alarm(void);

/* The reservoir is believed empty. */
bool account_empty(void);

/* Says whether what was really drawn before the last refill is what was expected. */
void account_residual(uint64_t volume);

/*
 * What is believed, steps that are given and not booked yet included. Of a pump that runs free it is what was believed at the last
 * account_tell, for an account may have to be given again, as it was.
 */
#ifdef FREE_RUNNING
void account_tell(void);
#else
#define account_tell() ((void)0)
#endif
uint32_t account_steps(uint32_t open);
int64_t account_reservoir(uint32_t open);

/* Of a drug in pL x pg/uL, likewise; false of a drug that there was none of. */
bool account_given(uint8_t drug, uint32_t open, struct wide *mass);

#endif
