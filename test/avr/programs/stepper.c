/*
 * Steps a motor at ticks of 64 us by Timer1, whose 16 bits an overflow count extends to 32: the first step at tick
 * 1000, 20 more every 30001 ticks, then one every 70001. The compare flag is set by the clock after a match, so the
 * register gets the tick before. Sleeps in between.
 */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <stdint.h>

static const uint8_t pattern[4] = {5, 6, 10, 9};
static volatile uint16_t overflows;
static uint32_t match = 1000 - 1;
static uint8_t steps;

ISR(TIMER1_OVF_vect) {
  overflows++;
}

ISR(TIMER1_COMPA_vect) {
  if ((uint16_t)(match >> 16) != overflows) return;
  steps++;
  PORTB = pattern[steps & 3];
  match += steps <= 20 ? 30001 : 70001;
  OCR1A = (uint16_t)match;
}

int main(void) {
  DDRB = 15;
  PORTB = pattern[0];
  OCR1A = (uint16_t)match;
  TIMSK1 = _BV(TOIE1) | _BV(OCIE1A);
  GTCCR = _BV(PSRSYNC);
  TCCR1B = _BV(CS12) | _BV(CS10);
  set_sleep_mode(SLEEP_MODE_IDLE);
  sleep_enable();
  sei();
  for (;;) sleep_cpu();
}
