/* What is looked at before a program is stored: whether the pump can give it, and what it comes to in a day. */
#ifndef C_PUMP_CHECK_H
#define C_PUMP_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "refusal.h"
#include "wide.h"

/* Why the program that came or is stored cannot be given from now on; REFUSAL_NONE if it can. */
uint8_t program_check(void);

/* The therapy in force, and the boluses under way, can be given with the present fluid. */
bool therapy_fits(void);

/* What the pump gives in 24 h with the stored program in force, in pL x scale; answers with the scale. */
uint64_t program_daily(struct wide *parts);

/* What there is to warn of before it is committed, in bits. */
#define WARNINGS 2
#define WARNING_DRUG 0
#define WARNING_DOSE 1
uint8_t program_warnings(void);

#endif
