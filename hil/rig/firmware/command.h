/* What each command does. */
#ifndef PUMPBENCH_COMMAND_H
#define PUMPBENCH_COMMAND_H

#include <stdint.h>

#include "frame.h"

/* Executes a command of the session; VERDICT_DONE, or the reason why it was refused. */
uint8_t command_execute(const struct frame *frame);

#endif
