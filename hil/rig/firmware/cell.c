/* The cell by the ADC, against the supply: one conversion when it is asked for, none in between. */
#include "cell.h"

#include <avr/interrupt.h>

#include "board.h"
#include "event.h"

/* 16 MHz / 128 = 125 kHz, within the 50 to 200 kHz of full resolution. */
#define CLOCK_BY_128 (_BV(ADPS2) | _BV(ADPS1) | _BV(ADPS0))
#define FULL_SCALE 1024

void cell_start(void) {
  ADMUX = _BV(REFS0) | CELL_CHANNEL;
  DIDR0 = _BV(CELL_CHANNEL);
  ADCSRA = _BV(ADEN) | _BV(ADIE) | CLOCK_BY_128;
}

/* Wakes the processor; that is all. */
EMPTY_INTERRUPT(ADC_vect);

uint16_t cell_mV(void) {
  ADCSRA |= _BV(ADSC);
  sleep_while(ADCSRA & _BV(ADSC));
  return (uint16_t)(ADC * SUPPLY_mV / FULL_SCALE);
}
