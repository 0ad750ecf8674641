/*
 * Two-phase full steps: 0101, 0110, 1010, 1001 on PB3..PB0, forward in that order.
 *
 * All four pins change in one write. The phase outlives a reset, because the rotor does: it stays where the last step
 * left it, and a field that started elsewhere would throw it by up to two steps. A complement beside it tells a kept
 * phase from what memory holds after power-up.
 */
#include "coils.h"

static const uint8_t FIELD[4] = {0x5, 0x6, 0xA, 0x9};

static uint8_t phase __attribute__((section(".noinit")));
static uint8_t complement __attribute__((section(".noinit")));

static inline void keep(uint8_t new_phase) {
  phase = new_phase;
  complement = 0xFF - new_phase;
}

void coils_start(void) {
  if (phase > 3 || phase + complement != 0xFF) keep(0);
  coils_off();
  COIL_DDR |= COIL_MASK;
}

void coils_release(void) {
  coils_off();
  COIL_DDR &= (uint8_t)~COIL_MASK;
}

void coils_step(int8_t direction) {
  const uint8_t next = (uint8_t)(phase + direction) & 3;
  COIL_PORT = (COIL_PORT & (uint8_t)~COIL_MASK) | FIELD[next];
  keep(next);
}
