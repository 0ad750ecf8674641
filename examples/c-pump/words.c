/* The names of this pump, as docs/PROTOCOL.md spells them. */
#include "words.h"

#include <stdbool.h>

#include "flash.h"

const char WORDS_COMMAND[] FLASH =
    "CANS FIGURE HOLDS PLACE START ADVANCE BEGIN RATE DOSE DAILY DAYS DRAWN FILL SHOW PREPARE COMMIT STOP TELL BYE"
    IF_HELD(" ROTOR RESIDUAL JUMP");
const char WORDS_FIGURE[] FLASH =
    "reservoir_volume low_reservoir step_volume rate_min rate_max prepare_timeout"
    IF_HELD(" stall_detection residual_tolerance");
const char WORDS_PROGRAM[] FLASH = "stopped simple-continuous flex bolus refill" IF_HELD(" set-clock");
const char WORDS_BY[] FLASH = "mass volume";
const char WORDS_LINE[] FLASH = "filled empty";
const char WORDS_TO[] FLASH = "programmer bench";
const char WORDS_ALARM[] FLASH = "low-reservoir empty-reservoir" IF_HELD(" motor-stall");
const char WORDS_INPUT[] FLASH = "RESIDUAL JUMP";
const char WORDS_EVENT[] FLASH =
    "delivery-stopped therapy-suspended x-bolus-withheld"
    IF_HELD(" motor-recovered residual-agrees residual-differs clock-set");
const char WORDS_REASON[] FLASH = "LACKS RANGE FULL ORDER SUM LATE";

static bool ends(char character) {
  return character == ' ' || character == '\0';
}

const char *word_at(const char *list, uint8_t number) {
  while (number > 0) {
    if (flash_char(list) == ' ') number--;
    list++;
  }
  return list;
}

uint8_t word_number(const char *list, const char *name, uint8_t length) {
  for (uint8_t number = 0; length > 0; number++) {
    uint8_t same = 0;
    while (same < length && flash_char(list + same) == name[same]) same++;
    if (same == length && ends(flash_char(list + same))) return number;
    while (!ends(flash_char(list))) list++;
    if (flash_char(list) == '\0') break;
    list++;
  }
  return WORD_NONE;
}
