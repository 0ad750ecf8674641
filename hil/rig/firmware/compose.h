/*
 * Writes one frame to the host, field by field, and sends it. There is one frame at a time: beginning the next one
 * sleeps until the last one is out.
 */
#ifndef PUMPBENCH_COMPOSE_H
#define PUMPBENCH_COMPOSE_H

#include <stdint.h>

#include "flash.h"

/* `type` is in flash. */
void compose_begin(const char *type, uint8_t sequence);

/* The next field: a number, one with a sign, eight hex digits, a word in flash, a token in memory. */
void compose_number(uint32_t value);
void compose_signed(int32_t value);
void compose_hex(uint32_t value);
void compose_word(const char *word);
void compose_token(const char *token);

/* Begins a field that is put together character by character, and one of its 64 characters: 0-9, A-Z, a-z, `.`, `_`. */
void compose_text(void);
void compose_code(uint8_t code);

/* Puts length and check where they belong and sends. */
void compose_send(void);

#endif
