/*
 * The input mode: a pump turns its own motor, and the rig tells what it saw of it and when.
 *
 * While it lasts the motor of the rig cannot move: its pins are let go and every segment is refused. HALT still latches,
 * which changes nothing in what is sensed; the dead-man is asked before steps only, of which there are none.
 */
#ifndef PUMPBENCH_SENSE_H
#define PUMPBENCH_SENSE_H

#include <stdint.h>

/* WIRE_LINES_OFF, or what is sensed. The main loop alone changes it. */
extern volatile uint8_t sense_lines;

/* Begins the input mode or ends it; VERDICT_DONE, or the reason when that cannot be. */
uint8_t sense_set(uint8_t lines);

/* Lets go of the entries before the number and has those from it on sent; VERDICT_DONE, or the reason. */
uint8_t sense_fetch(uint32_t from);

/* Sends the counters, and the entries that were asked for. */
void sense_tell(void);
void sense_tell_edges(void);

/* Notes something that happened at a tick. Interrupts must be off. */
void sense_record(uint32_t tick, uint8_t what);

/* The interrupt of the encoder and of STEP: the encoder has turned by 0, 1, 3 (back) or 2 (which way is not known). */
void sense_turned(uint8_t turned);

#endif
