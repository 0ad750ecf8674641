/* A frame from the host, decoded: strict, so that what is accepted could only have been meant. */
#ifndef PUMPBENCH_FRAME_H
#define PUMPBENCH_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "catalogue.h"

/* How a field is kept once decoded. Tokens end with a zero; their room is a multiple of four. */
#define FRAME_NUMBER(name, min, max) uint32_t name;
#define FRAME_SIGNED(name, min, max) int32_t name;
#define FRAME_TOKEN(name, longest) char name[((longest) + 4) / 4 * 4];
#define FRAME_HEX(name) uint32_t name;
#define FRAME_CHOICE(name, list) uint32_t name;
#define FRAME_MEMBER(name, kind, count) \
  struct { \
    WIRE_FIELDS_##name(FRAME_NUMBER, FRAME_SIGNED, FRAME_TOKEN, FRAME_HEX, FRAME_CHOICE) \
  } name;

struct frame {
  uint8_t type;
  uint8_t sequence;
  union {
    /* The first field of every frame but HELLO. */
    uint32_t token;
    WIRE_TO_RIG(FRAME_MEMBER)
  };
};

/* Decodes the text between `$` and the newline; false, and `frame` undefined, when it is not exactly a frame. */
bool frame_decode(const char *text, uint8_t length, struct frame *frame);

#endif
