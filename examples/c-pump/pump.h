/*
 * The pump: what each command does, and what happens by itself, in the order that docs/PROTOCOL.md, section 16, gives to what falls
 * on one instant: steps that are due and boluses that end, then the command, then what begins.
 */
#ifndef C_PUMP_PUMP_H
#define C_PUMP_PUMP_H

#include <stdbool.h>
#include <stdint.h>

/* Everything is forgotten: a new session. */
void pump_begin(void);

/*
 * Executes the command whose fields are to be read (fields.h) and whose text is given for the sum of a program. REASON_NONE, and
 * the reply is in reply.h; or why it is not executed, and nothing has changed.
 */
uint8_t pump_execute(uint8_t command, const char *text, uint8_t length);

#ifdef FREE_RUNNING
/* Time has passed: does what is due by the clock. */
void pump_pass(void);
#endif

/* BYE has come. */
bool pump_dismissed(void);

#endif
