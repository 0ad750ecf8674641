/* The heartbeat of the session, known by its text. */
#ifndef PUMPBENCH_HEARTBEAT_H
#define PUMPBENCH_HEARTBEAT_H

#include <stdbool.h>

/* The line just completed was a heartbeat of the session: so is every other that reads the same. */
void heartbeat_remember(void);

/* The session ended, and its heartbeat with it. */
void heartbeat_forget(void);

/* Whether the line just completed reads like the heartbeat remembered. */
bool heartbeat_heard(void);

#endif
