/* Why a program is not taken, with the value, the rule and the remedy, as a programmer shows it. */
#ifndef C_PUMP_REFUSAL_H
#define C_PUMP_REFUSAL_H

#include <stdint.h>

enum refusal {
  REFUSAL_NONE,
  REFUSAL_EMPTY,
  REFUSAL_BELOW,
  REFUSAL_ABOVE,
  REFUSAL_CROWD,
  REFUSAL_NO_DRUG,
  REFUSAL_PARTS,
  REFUSAL_FILL,
  REFUSAL_UNKNOWN,
  REFUSAL_EXPIRED
};

/* The value that was refused last and what it is held against. */
extern uint64_t refused_value, refused_limit;

/* Notes them and hands on the refusal. */
uint8_t refuse(uint8_t refusal, uint64_t value, uint64_t limit);

void say_refusal(uint8_t refusal);

#endif
