/*
 * Reads the fields of a frame, one after the other. Each value has one spelling, and nothing else is taken
 * (docs/PROTOCOL.md, sections 1 and 13). This pump does not name the option `fractions`, so that it is sent whole numbers
 * of at most 18 digits.
 */
#ifndef C_PUMP_FIELDS_H
#define C_PUMP_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

#include "line.h"

/* Each is read by one of these; false when the frame has another. */
bool field_whole(uint64_t *value);
bool field_whole_up_to(uint64_t most, uint64_t *value);
bool field_signed(int64_t *value);
bool field_word(const char *list, uint8_t *number);
bool field_hex8(uint32_t *value);

/* The field is exactly this name, in flash. Otherwise it is still to be read. */
bool field_is(const char *name);

/* A text as it is spelled, without its decoding: each text has one spelling, so that it can be sent again as it is. */
bool field_text(const char **spelled, uint8_t *length);

/* A field of letters, digits, `.`, `_` and `-`, 1 to `most`. */
bool field_token(uint8_t most, const char **token, uint8_t *length);

/* There is no further field. */
bool field_end(void);

/* Begins with a frame: its TYPE is read here. False when that is not 1 to 8 upper-case letters. */
bool fields_begin(const struct frame *frame, const char **type, uint8_t *length);

/* Which field was read last, from 1. */
uint8_t fields_read(void);

#endif
