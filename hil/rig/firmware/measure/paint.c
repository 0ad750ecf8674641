/*
 * Measures the stack: linked in place of the reading of the cell, so that TEL reports, instead of a voltage, how many
 * bytes of memory nothing has ever touched. The rest of the image is the firmware as it is.
 *
 * Before anything runs, all memory above the variables is painted; the stack grows down from the end and wears the
 * paint off. Link with --wrap=cell_mV.
 */
#include <avr/io.h>
#include <stdint.h>

#define PAINT 0xC5

/* The end of the variables, from the linker. */
extern uint8_t _end;

void paint(void) __attribute__((naked, used, section(".init3")));
void paint(void) {
  for (uint8_t *byte = &_end; byte <= (uint8_t *)RAMEND; byte++) *byte = PAINT;
}

uint16_t __real_cell_mV(void);
uint16_t __wrap_cell_mV(void);

uint16_t __wrap_cell_mV(void) {
  __real_cell_mV();
  uint16_t untouched = 0;
  for (const uint8_t *byte = &_end; *byte == PAINT; byte++) untouched++;
  return untouched;
}
