/* Who the rig is talking to, and that each command is executed once. */
#ifndef PUMPBENCH_SESSION_H
#define PUMPBENCH_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "frame.h"

/* Acts on a frame and answers it. */
void session_receive(const struct frame *frame);

bool session_open(void);

/* The token of the open session. */
uint32_t session_token(void);

#endif
