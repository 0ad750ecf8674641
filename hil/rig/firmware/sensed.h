/*
 * What the input mode has seen since it began: what happened, each with its tick, and counters that go on when there is
 * no room for another entry.
 */
#ifndef PUMPBENCH_SENSED_H
#define PUMPBENCH_SENSED_H

#include <stdint.h>

#include "catalogue.h"

/* What happened: levels of the lines (0 to 31) after a change of them, or one of these. */
enum {
  ENTRY_ENCODER_FORWARD = 32,
  ENTRY_ENCODER_REVERSE = 33,
  ENTRY_ENCODER_SKIPPED = 34,
  ENTRY_PULSE_FORWARD = 35,
  ENTRY_PULSE_REVERSE = 36,
};

struct entry {
  uint32_t tick;
  uint8_t what;
};

/* Counters since the mode began, mod 2^32; each is explained in the catalogue. */
struct tally {
  uint32_t forward;
  uint32_t reverse;
  uint32_t illegal;
  uint32_t glitches;
  uint32_t skipped;
  uint32_t dropped;
};

struct sensed {
  struct entry entries[WIRE_ENTRIES];
  /* Index of the oldest entry, its number, and how many are held. */
  uint8_t oldest;
  volatile uint8_t held;
  uint32_t first;
  struct tally tally;
  /* Where the encoder was when the mode began. */
  int32_t encoder_start;
  /* The lines as they were last, and where the field was, in half steps. */
  uint8_t levels;
  uint8_t position;
  /* What the counter of pulses showed last. */
  uint8_t pulses;
};

#endif
