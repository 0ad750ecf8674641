/* What the rig keeps without power: how often it has started, and its name. */
#ifndef PUMPBENCH_MEMORY_H
#define PUMPBENCH_MEMORY_H

#include <stdint.h>

#define MEMORY_SERIAL_LONGEST 16

/* Reads both copies, counts this start and writes both anew. Sleeps while it writes, about 40 ms. */
void memory_start(void);

/* Id of this start: the CRC-32 of the count of starts and the name, as they were at the start. */
uint32_t memory_boot(void);

/* The name: MEMORY_SERIAL_LONGEST bytes, zero padded, so without an end when it is at its longest. */
const char *memory_serial(void);

/* Stores a name of 1 to MEMORY_SERIAL_LONGEST characters for good; about 150 ms. */
void memory_name(const char *serial);

#endif
