/*
 * The reply to the command under way, kept until the next command because the bench may ask for it again. What is kept is
 * not the text but what it says, a few numbers for each output; all else it is said from (the stored program, the account)
 * changes by commands alone, and so the reply is the same, byte for byte, as often as it is sent.
 *
 * One reply holds REPLY_OUTPUTS entries, and no command makes more, because time goes no further than one instant. First come, at
 * most, ORDER, BOOKED and two alarms for the step that is due; then a refill adds CANCEL, two alarms and APPLIED, a clock that is set
 * CANCEL, an event and APPLIED, a PREPARE what is read back, two warnings and STORED; every other command less.
 */
#ifndef C_PUMP_REPLY_H
#define C_PUMP_REPLY_H

#include <stdint.h>

#include "run.h"

#ifdef FREE_RUNNING
/*
 * What a pump that runs free has to say waits behind the kept reply until the next command. Steps are booked with those before where they
 * go on evenly, so that a minute seldom makes more than three outputs; where there is no room left the oldest gives way. So many are left
 * to wait that an answer has room behind them.
 */
#ifndef REPLY_OUTPUTS
#define REPLY_OUTPUTS 14
#define REPLY_WAITING 6
#endif
#else
#define REPLY_OUTPUTS 8
#endif

enum output_kind {
  OUTPUT_ORDER,     /* steps */
  OUTPUT_CANCEL,
  OUTPUT_BOOKED,    /* steps; number: the fluid */
  OUTPUT_UNBOOKED,  /* likewise */
  OUTPUT_OPEN,      /* likewise; part of an account */
  OUTPUT_RAISED,    /* number: the alarm */
  OUTPUT_CLEARED,   /* number: the alarm */
  OUTPUT_EVENT,     /* number: the event */
  OUTPUT_WARNING,   /* number: the warning */
  OUTPUT_APPLIED,   /* count: the digest */
  OUTPUT_STANDS,    /* APPLIED of STOP */
  OUTPUT_REFUSED,   /* number: the refusal */
  OUTPUT_READBACK,  /* the stored program, part by part */
  OUTPUT_STORED,    /* ends what is read back */
  OUTPUT_ACCOUNT,   /* steps not booked yet: GIVEN of each drug, OPEN, STATUS */
  OUTPUT_ABILITIES, /* CAN of each thing */
  OUTPUT_DROPPED    /* count: of what gave way for want of room, the last at first */
};

#ifdef FREE_RUNNING
/* Nothing waits and nothing is kept. */
void reply_reset(void);
#endif

/* Begins the reply to the command of this number. */
void reply_begin(uint8_t sequence);

/* Adds an output; one that is of steps with them. */
void reply_note(uint8_t kind, uint8_t number);
void reply_run(uint8_t kind, uint8_t number, const struct run *steps);

/* The command was executed, and something will happen by itself at `wake`. */
void reply_done(uint64_t wake);

/* It was not executed: what was added is dropped. `type` is that of the command, `field` the one at fault or 0. */
void reply_not_done(uint8_t reason, const char *type, uint8_t length, uint8_t field);

/* Sends the reply, for the first time or again. */
void reply_send(void);

/* Says one more output of several that one entry stands for, and counts it. */
void reply_say(void (*message)(const void *about), const void *about);

#endif
