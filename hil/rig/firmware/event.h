/*
 * What the interrupts leave for the main loop to do: one bit each in a register that a single instruction can set.
 */
#ifndef PUMPBENCH_EVENT_H
#define PUMPBENCH_EVENT_H

#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <stdbool.h>

/* A line has come in, or so much of one that it must be looked at. */
#define EVENT_LINE _BV(0)
/* The motor was latched. */
#define EVENT_LATCHED _BV(1)
/* Counters wait to be sent. */
#define EVENT_COUNTERS _BV(2)
/* The counters of the input mode are to be sent, and its entries. */
#define EVENT_SENSED _BV(3)
#define EVENT_EDGES _BV(4)
/* What waits for the transmitter. */
#define EVENTS_TO_TELL (EVENT_COUNTERS | EVENT_SENSED | EVENT_EDGES)

#define EVENTS GPIOR0

#define event_raise(event) (EVENTS |= (event))

#define event_drop(event) (EVENTS &= (uint8_t)~(event))

/* Whether it was raised; it is not any more. */
#define event_taken(event) ((EVENTS & (event)) && (EVENTS &= (uint8_t)~(event), true))

/*
 * Sleeps while `condition` holds, which an interrupt must end. It is looked at with interrupts off, and the instruction
 * after sei is always executed before any interrupt, so that none can slip in between the look and the sleep.
 */
#define sleep_while(condition) \
  do { \
    cli(); \
    while (condition) { \
      sei(); \
      sleep_cpu(); \
      cli(); \
    } \
    sei(); \
  } while (0)

#endif
