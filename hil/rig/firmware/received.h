/*
 * The bytes that came in and were not looked at yet: a ring that the receive interrupt fills and the main loop empties.
 */
#ifndef PUMPBENCH_RECEIVED_H
#define PUMPBENCH_RECEIVED_H

#include <stdbool.h>
#include <stdint.h>

struct received {
  volatile uint8_t bytes[256];
  /* Where the next byte goes, and where the oldest is; they meet when there is none. */
  volatile uint8_t in;
  volatile uint8_t out;
};

extern struct received received;

#endif
