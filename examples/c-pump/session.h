/*
 * The session: which command comes next, and the reply to the one before, which is sent again without executing anything where
 * the bench asks again (docs/PROTOCOL.md, section 15).
 */
#ifndef C_PUMP_SESSION_H
#define C_PUMP_SESSION_H

#include <stdbool.h>
#include <stdint.h>

/* Takes a byte from the bench and answers what is to be answered. False once the session has ended by BYE. */
bool session_take(uint8_t byte);

#endif
