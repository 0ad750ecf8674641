/* Why the processor started, and the watchdog that makes it start again. */
#ifndef PUMPBENCH_RESET_H
#define PUMPBENCH_RESET_H

#include <avr/wdt.h>

/* Tells the host, with the boot id. */
void reset_tell(void);

/* From here on the main loop has to call watchdog_feed() every 8 s. */
void watchdog_start(void);

static inline void watchdog_feed(void) { wdt_reset(); }

#endif
