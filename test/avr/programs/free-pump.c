/*
 * A pump that turns its own motor: a step each 1.92 s, the first one as long after it starts, for ever. What else it does is
 * in its EEPROM: 0 a mistake, 1 the step that it makes it at, 2 whether it drives coils (0) or gives STEP and DIR (1).
 *
 * PB0 to PB3 are the coils, PB4 STEP, PB5 DIR, PC0 the alarm line, low for an alarm. Timer1 counts ticks of 64 us.
 */
#include <avr/eeprom.h>
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <stdint.h>
#include <util/delay.h>

#define INTERVAL_ticks 30000U

enum { SOUND, SKIPS_A_STEP, TURNS_BACK, TREMBLES, GLITCHES, JUMPS, ALARMS, HURRIES };

static const uint8_t FIELD[4] = {5, 6, 10, 9};

static uint8_t mistake, at_step, steps, phase, chance = 1;
static uint16_t due = INTERVAL_ticks;

static void turn(int8_t way) {
  phase = (uint8_t)(phase + way) & 3;
  PORTB = (PORTB & 0xF0) | FIELD[phase];
}

static void pulse(int8_t way) {
  if (way > 0) PORTB |= _BV(PB5);
  else PORTB &= (uint8_t)~_BV(PB5);
  _delay_us(1);
  PORTB |= _BV(PB4);
  _delay_us(2);
  PORTB &= (uint8_t)~_BV(PB4);
}

/* Makes the step that is due, as far as its mistake lets it. */
static void step(void) {
  const uint8_t now = steps == at_step;
  const int8_t way = mistake == TURNS_BACK && steps >= at_step ? -1 : 1;
  void (*const drive)(int8_t) = eeprom_read_byte((uint8_t *)2) == 1 ? pulse : turn;
  if (mistake == SKIPS_A_STEP && now) return;
  if (mistake == JUMPS && now) phase = (phase + 1) & 3;
  drive(way);
  if (mistake == HURRIES && now) {
    for (uint8_t more = 2; more > 0; more--) {
      _delay_ms(12);
      drive(way);
    }
  }
  if (mistake == GLITCHES && now) {
    _delay_ms(5);
    PINB = _BV(PB0);
    _delay_us(3);
    PINB = _BV(PB0);
  }
  if (mistake == ALARMS) {
    if (now) PORTC &= (uint8_t)~_BV(PC0);
    else if (steps == (uint8_t)(at_step + 5)) PORTC |= _BV(PC0);
  }
}

ISR(TIMER1_COMPA_vect) {
  if (mistake == TREMBLES) {
    chance = chance & 1 ? (chance >> 1) ^ 0xB8 : chance >> 1;
    for (uint8_t late = chance & 31; late > 0; late--) _delay_us(64);
  }
  steps++;
  step();
  due += INTERVAL_ticks;
  OCR1A = due - 1;
}

int main(void) {
  TCCR1B = _BV(CS12) | _BV(CS10);
  GTCCR = _BV(PSRSYNC);
  PORTC = _BV(PC0);
  DDRC = _BV(PC0);
  PORTB = FIELD[0] | _BV(PB5);
  DDRB = 0x3F;
  mistake = eeprom_read_byte((uint8_t *)0);
  at_step = eeprom_read_byte((uint8_t *)1);
  OCR1A = due - 1;
  TIMSK1 = _BV(OCIE1A);
  set_sleep_mode(SLEEP_MODE_IDLE);
  sleep_enable();
  sei();
  for (;;) sleep_cpu();
}
