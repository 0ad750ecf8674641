/*
 * The rig's clock: ticks of 64 us from power-up, mod 2^32, and the one alarm that follows it.
 */
#ifndef PUMPBENCH_CLOCK_H
#define PUMPBENCH_CLOCK_H

#include <avr/io.h>
#include <stdbool.h>
#include <stdint.h>

extern volatile uint16_t clock_high;

void clock_start(void);

/* The present tick. Interrupts must be off. */
static inline uint32_t clock_now(void) {
  const uint16_t low = TCNT1;
  uint16_t high = clock_high;
  /* The timer may have wrapped with its interrupt still to come. */
  if ((TIFR1 & _BV(TOV1)) && !(low & 0x8000)) high++;
  return (uint32_t)high << 16 | low;
}

/*
 * The present tick as the timer states it, to be worked out later: for an interrupt that has no time for it. Interrupts
 * must be off.
 */
struct stamp {
  uint16_t low;
  uint16_t high;
  uint8_t flags;
};

static inline void clock_stamp(struct stamp *stamp) {
  stamp->low = TCNT1;
  stamp->flags = TIFR1;
  stamp->high = clock_high;
}

/* The tick of a stamp. */
uint32_t clock_of(const struct stamp *stamp);

/* The present tick, from outside interrupts. */
uint32_t clock_read(void);

/* Whether `tick` is `now` or was less than 2^31 ticks before it. */
static inline bool clock_reached(uint32_t tick, uint32_t now) { return (int32_t)(now - tick) >= 0; }

/*
 * Calls clock_alarm_rang() at `tick`; false when that has come already, and the caller has to act at once. Interrupts
 * must be off. There is one alarm: a new tick takes the place of the old one.
 */
bool clock_alarm(uint32_t tick);

/* No alarm. Interrupts must be off. */
void clock_silence(void);

/* Given by whoever uses the alarm. Called in the interrupt, with interrupts off, at the tick or shortly after. */
void clock_alarm_rang(void);

#endif
