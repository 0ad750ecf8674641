/*
 * Reset cause and watchdog.
 *
 * The cause is read, and the watchdog stopped, before anything else: after a watchdog reset it runs on at its shortest
 * period. A bootloader may have read and cleared the cause before; then it is UNKNOWN. The watchdog is fed by the main
 * loop alone, so an interrupt that still works cannot hide a main loop that does not.
 */
#include "reset.h"

#include <avr/interrupt.h>
#include <avr/io.h>

#include "compose.h"
#include "memory.h"
#include "telemetry.h"

static uint8_t causes __attribute__((section(".noinit")));

void reset_read(void) __attribute__((naked, used, section(".init3")));
void reset_read(void) {
  causes = MCUSR;
  MCUSR = 0;
  wdt_disable();
}

void watchdog_start(void) { wdt_enable(WDTO_8S); }

/* An interrupt that nobody asked for is a fault of this program: wait for the watchdog. */
ISR(BADISR_vect) {
  for (;;) continue;
}

/* Several flags may stand together: power-up sets that of the brown-out detector too. */
static const char *cause_word(void) {
  if (causes & _BV(PORF)) return PSTR("POWER");
  if (causes & _BV(BORF)) return PSTR("BROWNOUT");
  if (causes & _BV(WDRF)) return PSTR("WATCHDOG");
  if (causes & _BV(EXTRF)) return PSTR("EXTERNAL");
  return PSTR("UNKNOWN");
}

void reset_tell(void) {
  compose_begin(PSTR("BOOT"), telemetry_sequence());
  compose_hex(memory_boot());
  compose_word(cause_word());
  compose_send();
}
