/*
 * Sends frames (docs/PROTOCOL.md, section 1). A frame begins with its own length, and this pump keeps no frame in memory: what
 * a frame says is a function that is called twice, once to count and once to send. It says the same both times.
 */
#ifndef C_PUMP_SAY_H
#define C_PUMP_SAY_H

#include <stdbool.h>
#include <stdint.h>

#include "wide.h"

/* Where bytes go to: standard output, or a UART. Supplied by main.c or avr.c. */
void port_write(uint8_t byte);

/* Says the message from TYPE on, by the functions below. `about` is what it was given. */
typedef void (*message)(const void *about);

void say_frame(uint8_t sequence, message message, const void *about);

/* A sum over what messages say; of a program, each followed by a newline. */
void sum_begin(void);
void sum_add(message message, const void *about);
void sum_add_line(message message, const void *about);
uint32_t sum_end(void);

/* Parts of a message. A text is in flash; a spelled one is in memory and goes out as it is. */
void say_character(char character);
void say_text(const char *text);
void say_spelled(const char *text, uint8_t length);
void say_word(const char *list, uint8_t number);
void say_number(uint64_t value);
void say_hex8(uint32_t value);

/* A number, or the word for none where it is UINT64_MAX. */
void say_number_or(uint64_t value, const char *none);

/* A number with a minus sign where it is below zero. */
void say_signed(int64_t value);

/* value / divisor, exactly: a whole number, or a fraction in lowest terms. */
void say_quotient(const struct wide *value, uint64_t divisor);

#endif
