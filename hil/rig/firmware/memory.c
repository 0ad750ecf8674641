/*
 * Two copies of one record in EEPROM, each with a generation and a CRC-32.
 *
 * The newest valid copy counts. Every start writes both anew, the other one first, so that power may fail at any
 * instant and one copy is whole; a copy that went bad is thereby repaired. When both are bad, as in a blank chip, the
 * name is UNNAMED and the count of starts goes on from the CRC-32 of what is there, lest a boot id come back.
 */
#include "memory.h"

#include <avr/eeprom.h>
#include <avr/interrupt.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "crc.h"
#include "event.h"

struct record {
  uint16_t generation;
  uint32_t starts;
  char serial[MEMORY_SERIAL_LONGEST];
  uint32_t check;
};

/* Address 0 is left alone: it is where a write goes astray to when power fails. */
static uint8_t *const COPIES[2] = {(uint8_t *)0x020, (uint8_t *)0x060};

/* What the check is of. */
#define CHECKED offsetof(struct record, check)

static struct record record;
static uint8_t newest;
static uint32_t boot;

/* Wakes the processor when a byte is written; asks no more. */
ISR(EE_READY_vect) { EECR &= (uint8_t)~_BV(EERIE); }

static void write_byte(uint8_t *address, uint8_t byte) {
  if (eeprom_read_byte(address) == byte) return;
  EEAR = (uint16_t)address;
  EEDR = byte;
  cli();
  /* EEPE must follow EEMPE within four cycles. */
  EECR = _BV(EEMPE) | _BV(EERIE);
  EECR |= _BV(EEPE);
  sleep_while(EECR & _BV(EEPE));
}

static void write_copy(uint8_t copy) {
  const uint8_t *byte = (const uint8_t *)&record;
  for (uint8_t i = 0; i < sizeof record; i++) write_byte(COPIES[copy] + i, byte[i]);
}

static bool read_copy(uint8_t copy, struct record *into) {
  eeprom_read_block(into, COPIES[copy], sizeof *into);
  return crc_of(into, CHECKED) == into->check;
}

static void read_newest(void) {
  struct record other;
  const bool whole = read_copy(0, &record);
  const bool other_whole = read_copy(1, &other);
  if (!whole && !other_whole) {
    record.starts = crc_over(crc_over(CRC_START, &record, CHECKED), &other, CHECKED);
    memset(record.serial, 0, sizeof record.serial);
    memcpy(record.serial, "UNNAMED", 7);
  } else if (!whole || (other_whole && (int16_t)(other.generation - record.generation) > 0)) {
    record = other;
    newest = 1;
  }
}

static void store(void) {
  record.generation++;
  record.check = crc_of(&record, CHECKED);
  write_copy(newest ^ 1);
  write_copy(newest);
}

void memory_start(void) {
  read_newest();
  record.starts++;
  boot = crc_of(&record.starts, sizeof record.starts + sizeof record.serial);
  store();
}

uint32_t memory_boot(void) { return boot; }

const char *memory_serial(void) { return record.serial; }

void memory_name(const char *serial) {
  memset(record.serial, 0, sizeof record.serial);
  memcpy(record.serial, serial, strnlen(serial, sizeof record.serial));
  store();
}
