/* The voltage of the cell. */
#ifndef PUMPBENCH_CELL_H
#define PUMPBENCH_CELL_H

#include <stdint.h>

void cell_start(void);

/* Measures once, asleep for the 104 us that it takes; in mV. */
uint16_t cell_mV(void);

#endif
