/*
 * Whole numbers of 128 bits, without a sign. Delivery is counted in parts so small that every rate is a whole number of
 * them (motion.h), and a step is then more than 64 bits hold. None of these may overflow; the ranges that set-up and programs admit
 * see to it. They work in place, which on a processor of 8 bits takes a third less flash than values that are handed about.
 */
#ifndef C_PUMP_WIDE_H
#define C_PUMP_WIDE_H

#include <stdbool.h>
#include <stdint.h>

struct wide {
  uint64_t high, low;
};

void wide_set(struct wide *value, uint64_t to);
void wide_set_product(struct wide *value, uint64_t one, uint64_t other);
void wide_add(struct wide *value, const struct wide *more);

/* `less` is not above `value`. */
void wide_subtract(struct wide *value, const struct wide *less);

void wide_multiply(struct wide *value, uint64_t factor);

/* Rounds down and answers with the rest. `divisor` is above 0 and below 2^63. */
uint64_t wide_divide(struct wide *value, uint64_t divisor);

bool wide_less(const struct wide *one, const struct wide *other);
bool wide_is_zero(const struct wide *value);

/* The value, or UINT64_MAX where it is more. */
uint64_t wide_narrow(const struct wide *value);

#endif
