/*
 * The names that this pump knows, each list in the order of its numbers. What is not here, the pump lacks: it says so in
 * its list of capabilities and refuses it.
 */
#ifndef C_PUMP_WORDS_H
#define C_PUMP_WORDS_H

#include <stdint.h>

/* Lists are texts in flash, names parted by spaces. */
extern const char WORDS_COMMAND[], WORDS_FIGURE[], WORDS_PROGRAM[], WORDS_BY[], WORDS_LINE[], WORDS_TO[], WORDS_ALARM[],
    WORDS_INPUT[], WORDS_EVENT[], WORDS_REASON[];

enum command {
  COMMAND_CANS, COMMAND_FIGURE, COMMAND_HOLDS, COMMAND_PLACE, COMMAND_START, COMMAND_ADVANCE, COMMAND_BEGIN,
  COMMAND_RATE, COMMAND_DOSE, COMMAND_DAILY, COMMAND_DAYS, COMMAND_DRAWN, COMMAND_FILL, COMMAND_SHOW, COMMAND_PREPARE,
  COMMAND_COMMIT, COMMAND_STOP, COMMAND_TELL, COMMAND_BYE, COMMAND_ROTOR, COMMAND_RESIDUAL, COMMAND_JUMP
};

enum figure {
  FIGURE_RESERVOIR_VOLUME, FIGURE_LOW_RESERVOIR, FIGURE_STEP_VOLUME, FIGURE_RATE_MIN, FIGURE_RATE_MAX,
  FIGURE_PREPARE_TIMEOUT, FIGURE_STALL_DETECTION, FIGURE_RESIDUAL_TOLERANCE, FIGURES
};

/* The first of them every pump takes, and does not name. */
#define FIGURES_OF_ALL 5

/* Of each list that a bench asks for so many are there, the last ones of pumps whose time is held alone: nobody tells a pump that
 * turns its own motor of its steps, of its clock, or of what was drawn. INPUTS are commands beside those of every pump. */
#ifdef FREE_RUNNING
#define IF_HELD(names) ""
enum said { PROGRAMS_SAID = 5, FIGURES_SAID = 6, INPUTS = 0, ALARMS_SAID = 2, EVENTS_SAID = 3 };
#else
#define IF_HELD(names) names
enum said { PROGRAMS_SAID = 6, FIGURES_SAID = 8, INPUTS = 2, ALARMS_SAID = 3, EVENTS_SAID = 7 };
#endif

enum program_kind {
  PROGRAM_STOPPED, PROGRAM_SIMPLE, PROGRAM_FLEX, PROGRAM_BOLUS, PROGRAM_REFILL, PROGRAM_SET_CLOCK, PROGRAMS
};

enum by { BY_MASS, BY_VOLUME };

enum alarm { ALARM_LOW, ALARM_EMPTY, ALARM_STALL, ALARMS };

enum event {
  EVENT_STOPPED, EVENT_SUSPENDED, EVENT_BOLUS_WITHHELD, EVENT_RECOVERED, EVENT_RESIDUAL_AGREES,
  EVENT_RESIDUAL_DIFFERS, EVENT_CLOCK_SET
};

/* Why a command was not executed. */
enum reason { REASON_LACKS, REASON_RANGE, REASON_FULL, REASON_ORDER, REASON_SUM, REASON_LATE, REASON_NONE };

#define WORD_NONE 255

/* The number of the name of `length` characters in a list, or WORD_NONE. */
uint8_t word_number(const char *list, const char *name, uint8_t length);

/* Where name `number` of a list begins; it ends at a space or at the end of the text. */
const char *word_at(const char *list, uint8_t number);

#endif
