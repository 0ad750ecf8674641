/* Timer 1, which counts every 256 cycles of 16 MHz, and what it does when. */
#include "motor.h"

#ifdef FREE_RUNNING
#include <avr/interrupt.h>
#include <avr/io.h>
#include <util/atomic.h>

/* A count of the timer is so many bits of an instant. */
#define CLOCK_BITS 4

static const uint8_t field[4] = {5, 6, 10, 9};

static uint32_t overflows;
/* The steps still to make, and when to wake the rest of the pump. */
static struct run left;
static uint64_t wake = NEVER;
static volatile bool due;
static uint8_t phase;

/* With interrupts off, as all that follows. */
static uint64_t clock(void) {
  uint16_t count = TCNT1;
  uint32_t over = overflows;
  if ((TIFR1 & (1 << TOV1)) && count < 0x8000) over++;
  return ((uint64_t)over << 16 | count) << CLOCK_BITS;
}

static void step(void) {
  phase = (phase + 1) & 3;
  PORTB = (uint8_t)((PORTB & 0xF0) | field[phase]);
  left.first += left.interval;
  left.count--;
}

/* Does what is due and sets the timer to what will be next; the instant by which all was done. */
static uint64_t turn(void) {
  for (;;) {
    uint64_t present = clock(), next = wake;
    while (left.count > 0 && left.first <= present) step();
    if (wake <= present) {
      due = true;
      next = wake = NEVER;
    }
    if (left.count > 0 && left.first < next) next = left.first;
    OCR1A = (uint16_t)((next + (MOTOR_CLOCK_us - 1)) >> CLOCK_BITS);
    present = clock();
    if (next > present) return present;
  }
}

/* Comes once in every turn of the counter, too, where nothing is due. */
ISR(TIMER1_COMPA_vect) {
  turn();
}

ISR(TIMER1_OVF_vect) {
  overflows++;
}

void motor_power(void) {
  PORTC = 1 << PC0;
  DDRC = 1 << PC0;
  PORTB = field[0];
  DDRB = 15;
  TCCR1B = 1 << CS12;
  TIMSK1 = 1 << OCIE1A | 1 << TOIE1;
}

void motor_begin(void) {
  ATOMIC_BLOCK(ATOMIC_FORCEON) {
    left.count = 0;
    wake = NEVER;
    overflows = 0;
    GTCCR = 1 << PSRSYNC;
    TCNT1 = 0;
    TIFR1 = 1 << TOV1 | 1 << OCF1A;
  }
}

uint64_t motor_clock(void) {
  uint64_t present = 0;
  ATOMIC_BLOCK(ATOMIC_FORCEON) present = turn();
  return present;
}

void motor_run(const struct run *steps) {
  ATOMIC_BLOCK(ATOMIC_FORCEON) {
    left = *steps;
    turn();
  }
}

uint64_t motor_stop(void) {
  uint64_t present = 0;
  ATOMIC_BLOCK(ATOMIC_FORCEON) {
    present = turn();
    left.count = 0;
  }
  return present;
}

void motor_wake(uint64_t at) {
  ATOMIC_BLOCK(ATOMIC_FORCEON) {
    due = false;
    wake = at;
    turn();
  }
}

bool motor_due(void) {
  return due;
}

void motor_alarm(bool on) {
  PORTC = on ? 0 : 1 << PC0;
}
#endif
