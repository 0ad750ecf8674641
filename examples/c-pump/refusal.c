/* The texts of refusals: # is where the value goes, @ the limit. A comma has to be spelled otherwise on the wire and is avoided. */
#include "refusal.h"

#include "flash.h"
#include "say.h"

static const char texts[] FLASH =
    "\n"
    "the reservoir is believed empty: refill it first\n"
    "# pL/d is below the lowest rate of @ pL/d: program a higher rate or none\n"
    "# pL/d is above the highest rate of @ pL/d: program less or over a longer time\n"
    "# boluses at the same time - this pump has room for @: give them one after the other\n"
    "a dose by mass of a fluid without drug: program it by volume or refill first\n"
    "the parts are not those of this program in their order: send it again\n"
    "# pL do not go into a reservoir of @ pL: draw out more or fill less\n"
    "no program of this digest is stored: prepare it again\n"
    "the program was stored # us ago and waits @ us: prepare it again\n";

uint64_t refused_value, refused_limit;

uint8_t refuse(uint8_t refusal, uint64_t value, uint64_t limit) {
  refused_value = value;
  refused_limit = limit;
  return refusal;
}

void say_refusal(uint8_t refusal) {
  const char *at = texts;
  for (; refusal > 0; at++) {
    if (flash_char(at) == '\n') refusal--;
  }
  for (; flash_char(at) != '\n'; at++) {
    if (flash_char(at) == '#')
      say_number(refused_value);
    else if (flash_char(at) == '@')
      say_number(refused_limit);
    else
      say_character(flash_char(at));
  }
}
