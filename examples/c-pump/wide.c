/* Whole numbers of 128 bits: products from products of halves, quotients bit by bit. */
#include "wide.h"

void wide_set(struct wide *value, uint64_t to) {
  value->high = 0;
  value->low = to;
}

void wide_add(struct wide *value, const struct wide *more) {
  value->low += more->low;
  value->high += more->high + (value->low < more->low);
}

void wide_subtract(struct wide *value, const struct wide *less) {
  value->high -= less->high + (value->low < less->low);
  value->low -= less->low;
}

bool wide_less(const struct wide *one, const struct wide *other) {
  return one->high != other->high ? one->high < other->high : one->low < other->low;
}

bool wide_is_zero(const struct wide *value) {
  return (value->high | value->low) == 0;
}

uint64_t wide_narrow(const struct wide *value) {
  return value->high > 0 ? UINT64_MAX : value->low;
}

/* Moves all bits up by one, with `bit` at the end, and answers with the one that goes out. */
static uint8_t shift(uint64_t *word, uint8_t bit) {
  uint8_t out = (uint8_t)(*word >> 63);
  *word = *word << 1 | bit;
  return out;
}

/* By the bits of the factor, the highest first. */
void wide_multiply(struct wide *value, uint64_t factor) {
  struct wide product = {0, 0};
  for (uint8_t bit = 0; bit < 64; bit++) {
    shift(&product.high, shift(&product.low, 0));
    if (shift(&factor, 0)) wide_add(&product, value);
  }
  *value = product;
}

void wide_set_product(struct wide *value, uint64_t one, uint64_t other) {
  wide_set(value, one);
  wide_multiply(value, other);
}

uint64_t wide_divide(struct wide *value, uint64_t divisor) {
  uint64_t rest = 0;
  if (value->high == 0) {
    rest = value->low % divisor;
    value->low /= divisor;
    return rest;
  }
  for (uint8_t bit = 0; bit < 128; bit++) {
    shift(&rest, shift(&value->high, shift(&value->low, 0)));
    if (rest < divisor) continue;
    rest -= divisor;
    value->low |= 1;
  }
  return rest;
}
