/*
 * The segments still to be made, in order. The main loop adds and shortens, the interrupts take away; whoever looks at
 * more than the length must have interrupts off.
 *
 * In the input mode there are none, and what was sensed lies in their place.
 */
#ifndef PUMPBENCH_QUEUE_H
#define PUMPBENCH_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "catalogue.h"
#include "segment.h"
#include "sensed.h"

struct queue {
  union {
    struct segment segments[WIRE_QUEUE];
    struct sensed sensed;
  };
  /* Index of the oldest. */
  uint8_t front;
  volatile uint8_t length;
};

extern struct queue queue;

_Static_assert(sizeof(struct sensed) <= WIRE_QUEUE * sizeof(struct segment), "what is sensed takes more than its place");

static inline uint8_t queue_length(void) { return queue.length; }

static inline bool queue_full(void) { return queue.length == WIRE_QUEUE; }

static inline struct segment *queue_front(void) { return &queue.segments[queue.front]; }

static inline struct segment *queue_back(void) {
  return &queue.segments[(queue.front + queue.length - 1) % WIRE_QUEUE];
}

static inline void queue_push(const struct segment *segment) {
  queue.segments[(queue.front + queue.length) % WIRE_QUEUE] = *segment;
  queue.length++;
}

static inline void queue_drop_front(void) {
  queue.front = (queue.front + 1) % WIRE_QUEUE;
  queue.length--;
}

static inline void queue_drop_back(void) { queue.length--; }

static inline void queue_empty(void) { queue.length = 0; }

#endif
