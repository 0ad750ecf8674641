/*
 * Timer1 runs freely behind a prescaler of 1024 and wraps each 4.19 s; its overflow interrupt extends it to 32 bits and
 * is the only one that comes unasked.
 *
 * The alarm uses both compare units. Silicon raises a compare flag at the end of the matching tick (ATmega328P
 * datasheet, 16.7: "at the next timer clock cycle"), the emulators at its beginning. Unit A is set a tick early, unit B
 * on the tick, and whichever comes first at or after the tick rings; so an alarm is on its tick on both.
 */
#include "clock.h"

#include <avr/interrupt.h>

#define COMPARES (_BV(OCIE1A) | _BV(OCIE1B))

volatile uint16_t clock_high;

static uint32_t alarm;
/* Upper half of the tick that unit A matches: within that turn of the timer the compares may interrupt. */
static uint16_t alarm_turn;
static bool alarm_set;

void clock_start(void) {
  TCCR1A = 0;
  TCCR1B = _BV(CS12) | _BV(CS10);
  TIMSK1 = _BV(TOIE1);
}

uint32_t clock_of(const struct stamp *stamp) {
  uint16_t high = stamp->high;
  if ((stamp->flags & _BV(TOV1)) && !(stamp->low & 0x8000)) high++;
  return (uint32_t)high << 16 | stamp->low;
}

uint32_t clock_read(void) {
  const uint8_t status = SREG;
  cli();
  const uint32_t now = clock_now();
  SREG = status;
  return now;
}

bool clock_alarm(uint32_t tick) {
  alarm = tick;
  alarm_turn = (uint16_t)((tick - 1) >> 16);
  alarm_set = true;
  OCR1A = (uint16_t)(tick - 1);
  OCR1B = (uint16_t)tick;
  const uint32_t now = clock_now();
  if ((uint16_t)(now >> 16) == alarm_turn) TIMSK1 = _BV(TOIE1) | COMPARES;
  else TIMSK1 = _BV(TOIE1);
  return !clock_reached(tick, now);
}

void clock_silence(void) {
  alarm_set = false;
  TIMSK1 = _BV(TOIE1);
}

/* A flag left from an earlier turn may ring too soon; that is found out here and does no harm. */
ISR(TIMER1_COMPA_vect) {
  if (alarm_set && clock_reached(alarm, clock_now())) clock_alarm_rang();
}

ISR(TIMER1_COMPB_vect, ISR_ALIASOF(TIMER1_COMPA_vect));

ISR(TIMER1_OVF_vect) {
  const uint16_t high = clock_high + 1;
  clock_high = high;
  if (alarm_set && high == alarm_turn) TIMSK1 = _BV(TOIE1) | COMPARES;
}
