/*
 * Counts its starts in the EEPROM and sends the count; a byte received is kept at address 1023 and sent at each
 * start. A write of cell 7 without the enable that must come before it must do nothing.
 */
#include "wire.h"

#include <avr/eeprom.h>

#define COUNT ((uint16_t *)0x100)
#define KEPT ((uint8_t *)1023)

int main(void) {
  wire_open(_BV(TXEN0) | _BV(RXEN0));
  EEAR = 7;
  EEDR = 0;
  EECR = _BV(EEPE);
  eeprom_update_word(COUNT, eeprom_read_word(COUNT) + 1);
  put_hex(eeprom_read_word(COUNT) >> 8);
  put_hex(eeprom_read_word(COUNT));
  put(eeprom_read_byte(KEPT));
  put('\n');
  for (;;) {
    eeprom_write_byte(KEPT, get());
    put('k');
  }
}
