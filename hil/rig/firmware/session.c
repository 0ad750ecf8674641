/*
 * The session.
 *
 * A HELLO with a new nonce begins one: new token, numbers from 0, motor stopped; a latch stays. The same HELLO again
 * gets the same WELCOME. Of commands only the next in order is executed; the two before it are answered again as they
 * were, and anything else is dropped without a word, so that a command that is repeated is executed once.
 */
#include "session.h"

#include <string.h>
#include <util/atomic.h>

#include "clock.h"
#include "command.h"
#include "compose.h"
#include "crc.h"
#include "deadman.h"
#include "heartbeat.h"
#include "latch.h"
#include "memory.h"
#include "stepper.h"
#include "telemetry.h"
#include "verdict.h"

struct reply {
  uint32_t tick;
  uint8_t verdict;
};

static struct {
  bool open;
  uint32_t nonce;
  uint32_t token;
  /* Sessions since boot. */
  uint32_t count;
  /* Number of the next command, and how many before it can be answered again. */
  uint8_t expected;
  uint8_t answered;
  struct reply replies[WIRE_WINDOW];
  /* The name at the beginning of the session, so that a repeated WELCOME is the same after NAME. */
  char identity[MEMORY_SERIAL_LONGEST + 1];
} session;

bool session_open(void) { return session.open; }

uint32_t session_token(void) { return session.token; }

static void begin(uint32_t nonce) {
  const uint32_t mixed[3] = {memory_boot(), ++session.count, nonce};
  const uint32_t token = crc_of(mixed, sizeof mixed);
  session.open = true;
  session.nonce = nonce;
  session.token = token != 0 ? token : 1;
  session.expected = 0;
  session.answered = 0;
  memcpy(session.identity, memory_serial(), MEMORY_SERIAL_LONGEST);
  heartbeat_forget();
  stepper_stop();
  telemetry_begin();
}

static void welcome(void) {
  uint32_t tick;
  uint16_t halts;
  uint8_t state;
  ATOMIC_BLOCK(ATOMIC_FORCEON) {
    tick = clock_now();
    halts = latch.halts;
    state = motor_state();
  }
  compose_begin(PSTR("WELCOME"), 0);
  compose_number(session.nonce);
  compose_number(WIRE_VERSION);
  compose_word(PSTR(WIRE_SCHEMA));
  compose_hex(memory_boot());
  compose_number(session.token);
  compose_number(WIRE_WINDOW);
  compose_token(session.identity);
  compose_hex(BUILD);
  compose_number(WIRE_CLOCK_HZ);
  compose_number(tick);
  compose_number(halts);
  compose_word(motor_state_word(state));
  compose_send();
}

static const char *reason_word(uint8_t reason) {
  switch (reason) {
    case WIRE_REASON_LATE:
      return PSTR("LATE");
    case WIRE_REASON_FULL:
      return PSTR("FULL");
    case WIRE_REASON_ORDER:
      return PSTR("ORDER");
    case WIRE_REASON_RANGE:
      return PSTR("RANGE");
    case WIRE_REASON_HALTED:
      return PSTR("HALTED");
    case WIRE_REASON_COUNT:
      return PSTR("COUNT");
    case WIRE_REASON_MODE:
      return PSTR("MODE");
    default:
      return PSTR("VOID");
  }
}

static void answer(uint8_t sequence) {
  const struct reply *reply = &session.replies[sequence % WIRE_WINDOW];
  compose_begin(reply->verdict == VERDICT_DONE ? PSTR("ACK") : PSTR("NAK"), sequence);
  compose_number(session.token);
  compose_number(reply->tick);
  if (reply->verdict != VERDICT_DONE) compose_word(reason_word(reply->verdict));
  compose_send();
}

static void execute(const struct frame *frame) {
  struct reply *reply = &session.replies[frame->sequence % WIRE_WINDOW];
  reply->verdict = command_execute(frame);
  reply->tick = clock_read();
  session.expected++;
  if (session.answered < WIRE_WINDOW) session.answered++;
}

void session_receive(const struct frame *frame) {
  if (frame->type == WIRE_TYPE_HELLO) {
    const bool repeated = session.open && session.nonce == frame->HELLO.nonce;
    if (!repeated) begin(frame->HELLO.nonce);
    welcome();
    if (!repeated) telemetry_ask();
    return;
  }
  if (!session.open || frame->token != session.token) return;
  deadman_feed();
  if (frame->type == WIRE_TYPE_BEAT) {
    heartbeat_remember();
    return;
  }
  if (frame->sequence == session.expected) execute(frame);
  else if ((uint8_t)(session.expected - frame->sequence) > session.answered) return;
  answer(frame->sequence);
}
