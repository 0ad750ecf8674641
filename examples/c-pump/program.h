/*
 * The program that comes in parts and is then stored, to be read back and committed (docs/PROTOCOL.md, section 17). It is kept as
 * numbers and read back from them. There is room for one: BEGIN takes the place of what was stored before. The therapy in force
 * is another copy of the same struct, in therapy.c.
 */
#ifndef C_PUMP_PROGRAM_H
#define C_PUMP_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

#include "account.h"

/* Boluses of a day. */
#ifdef FREE_RUNNING
#define DAILIES_MOST 4
#else
#define DAILIES_MOST 13
#endif

/* A number below 2^48, and one of a time below 24 h, in the bytes they need. */
struct u48 {
  uint32_t low;
  uint16_t high;
};
struct u40 {
  uint32_t low;
  uint8_t high;
};

struct stored_daily {
  struct u48 amount;
  struct u40 time, over;
  uint8_t by;
};

struct daily {
  uint64_t time, amount, over;
  uint8_t by;
};

struct therapy {
  uint8_t kind;
  uint8_t by;
  uint64_t rate;
  uint8_t days, count;
  struct stored_daily dailies[DAILIES_MOST];
};

struct dose {
  uint8_t by;
  uint64_t amount, over;
};

struct fill {
  struct fluid fluid;
  /* NEVER when all was drawn. */
  uint64_t drawn, volume;
};

struct program {
  uint8_t kind;
  /* A bit for each kind of part that came. */
  uint8_t came;
  /* Each program has but one of these. */
  union {
    struct therapy therapy;
    struct dose dose;
    struct fill fill;
    uint64_t clock;
  } is;
};

/* What is coming or stored. */
extern struct program program;

/* Nothing is coming, and nothing is stored. */
void program_forget(void);

/* A new session: its transactions are numbered from 1. */
void program_reset(void);
bool program_stored(void);

/* Take the frame whose fields are to be read and whose text is given: REASON_NONE, or why it is not taken. */
uint8_t program_begin(const char *text, uint8_t length);
uint8_t program_part(uint8_t command, const char *text, uint8_t length);

/* Whether so many parts with that sum have come since BEGIN. */
bool program_came(uint64_t parts, uint32_t sum);

/* Whether the parts that came are those of the program. */
bool program_whole(void);

/* Stores the program and gives it a digest, which COMMIT has to name. */
void program_store(void);
uint64_t program_stored_at(void);
uint32_t program_digest(void);

/* Sends what is stored as outputs of the reply; the sum of what that says. */
void program_read_back(void);
uint32_t program_sum(void);

void daily_of(const struct therapy *of, uint8_t index, struct daily *daily);

#endif
