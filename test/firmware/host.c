/*
 * The parts of the rig firmware that know no hardware, on the host: the tests compile it with the host's compiler and
 * compare what it says with the TypeScript.
 *
 *   host lines             bytes from standard input: prints every frame, then how many bytes were discarded
 *   host steps             lines of "phase count quotient remainder divisor from": prints the offset of every step as
 *                          walked, then that of the last in closed form, then how many steps lie before `from`
 */
#include <stdio.h>
#include <string.h>

#include "frame.h"
#include "line.h"
#include "received.h"
#include "segment.h"

#define PRINT_NUMBER(name, min, max) printf(" %lu", (unsigned long)fields->name);
#define PRINT_SIGNED(name, min, max) printf(" %ld", (long)fields->name);
#define PRINT_TOKEN(name, longest) printf(" %s", fields->name);
#define PRINT_HEX(name) printf(" %08lX", (unsigned long)fields->name);
#define PRINT_CHOICE(name, list) printf(" %s", LIST_##list[fields->name]);
#define WORD(word) #word,
static const char *const LIST_DIRECTION[] = {WIRE_LIST_DIRECTION(WORD)};
static const char *const LIST_LINES[] = {WIRE_LIST_LINES(WORD)};

#define PRINT_FRAME(type, kind, count) \
  case WIRE_TYPE_##type: { \
    const __typeof__(frame->type) *fields = &frame->type; \
    printf(#type " %u", frame->sequence); \
    WIRE_FIELDS_##type(PRINT_NUMBER, PRINT_SIGNED, PRINT_TOKEN, PRINT_HEX, PRINT_CHOICE) break; \
  }

static void print_frame(const struct frame *frame) {
  switch (frame->type) { WIRE_TO_RIG(PRINT_FRAME) }
  printf("\n");
}

static void lines(void) {
  int byte;
  while ((byte = getchar()) != EOF) {
    received.bytes[received.in++] = (uint8_t)byte;
    if (!line_next()) continue;
    struct frame frame;
    if (frame_decode(line.text, line.length, &frame)) print_frame(&frame);
    else line_refuse();
  }
  printf("%lu\n", (unsigned long)line_discarded());
}

static void steps(void) {
  unsigned long phase, count, quotient, remainder, divisor, from;
  while (scanf("%lu %lu %lu %lu %lu %lu", &phase, &count, &quotient, &remainder, &divisor, &from) == 6) {
    const struct segment segment = {0, phase, quotient, remainder, divisor, 0, count, 0};
    struct walk walk = {0, segment.phase};
    for (unsigned long j = 0; j < count; j++) {
      printf("%lu ", (unsigned long)walk.tick);
      segment_advance(&segment, &walk);
    }
    printf("%lu ", (unsigned long)segment_offset(&segment, segment.count - 1));
    printf("%u\n", segment_steps_within(&segment, from));
  }
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  if (strcmp(argv[1], "lines") == 0) lines();
  else steps();
  return 0;
}
