/*
 * A heartbeat carries nothing but the token, so it is the same line all session long. Once one has been decoded the
 * rest are recognised by comparison, at a tenth of the work; they are by far the most frequent frame.
 */
#include "heartbeat.h"

#include <string.h>

#include "line.h"

/* LL, SS, BEAT, a comma, ten digits, `*` and the check. */
#define LONGEST (2 + 2 + 4 + 1 + 10 + 1 + 8)

static char text[LONGEST];
static uint8_t length;

void heartbeat_remember(void) {
  length = line.length;
  memcpy(text, line.text, length);
}

void heartbeat_forget(void) { length = 0; }

bool heartbeat_heard(void) { return length > 0 && line.length == length && memcmp(line.text, text, length) == 0; }
