/* The counters, sent when the interrupts say so. */
#ifndef PUMPBENCH_TELEMETRY_H
#define PUMPBENCH_TELEMETRY_H

#include <stdint.h>

/* Puts the counters as they are at `now` aside to be sent. Interrupts must be off. */
void telemetry_record(uint32_t now);

/* The same, from outside interrupts. */
void telemetry_ask(void);

/* Sends the oldest that were put aside. */
void telemetry_tell(void);

/* The number of the next frame that no command asked for. */
uint8_t telemetry_sequence(void);

/* A session begins: numbers from 0, nothing put aside. */
void telemetry_begin(void);

#endif
