/*
 * The message catalogue of the wire, for C. Generated from protocol/catalogue.ts; do not edit. A test fails when it is
 * stale; docs/PROTOCOL.md is the text that explains it.
 *
 * WIRE_TO_RIG(X) and WIRE_TO_HOST(X) call X(NAME, KIND, COUNT) for each message: KIND is SESSION, COMMAND, HEARTBEAT,
 * REPLY or TELEMETRY, COUNT the number of fields. The sequence digits of SESSION and HEARTBEAT frames are always 00.
 *
 * WIRE_FIELDS_<NAME>(U, I, T, H, C) calls, for each field in order:
 *   U(name, min, max)    unsigned decimal      I(name, min, max)   signed decimal
 *   T(name, longest)     token of [A-Za-z0-9._-], 1 to longest characters
 *   H(name)              eight upper-case hex digits
 *   C(name, LIST)        one of the words of WIRE_LIST_<LIST>(X), which calls X(WORD) for each
 *
 * A word's code is its position in its list: WIRE_<LIST>_<WORD>. A message's code is its position: WIRE_TYPE_<NAME>.
 */

#ifndef PUMPBENCH_CATALOGUE_H
#define PUMPBENCH_CATALOGUE_H

#define WIRE_VERSION 1
#define WIRE_SCHEMA "E62012BB"

#define WIRE_FRAME_TO_RIG 128
#define WIRE_FRAME_TO_HOST 268
#define WIRE_LOG_LINE 512
#define WIRE_WINDOW 2
#define WIRE_QUEUE 16
#define WIRE_TICK_CYCLES 1024
#define WIRE_CLOCK_HZ 16000000UL
#define WIRE_AHEAD 1073741824UL
#define WIRE_SPAN 1073741824UL
#define WIRE_INTERVAL 16
#define WIRE_DEAD_MAN 31250
#define WIRE_REPORT_STEPS 64
#define WIRE_HALT_BYTE 155
#define WIRE_ENTRIES 72
#define WIRE_FILTER 8

#define WIRE_LIST_DIRECTION(X) X(F) X(R)
#define WIRE_DIRECTION_F 0
#define WIRE_DIRECTION_R 1

#define WIRE_LIST_STATE(X) X(IDLE) X(RUN) X(HALT) X(DEADMAN) X(SENSE)
#define WIRE_STATE_IDLE 0
#define WIRE_STATE_RUN 1
#define WIRE_STATE_HALT 2
#define WIRE_STATE_DEADMAN 3
#define WIRE_STATE_SENSE 4

#define WIRE_LIST_REASON(X) X(LATE) X(FULL) X(ORDER) X(RANGE) X(HALTED) X(COUNT) X(VOID) X(MODE) X(ABSENT)
#define WIRE_REASON_LATE 0
#define WIRE_REASON_FULL 1
#define WIRE_REASON_ORDER 2
#define WIRE_REASON_RANGE 3
#define WIRE_REASON_HALTED 4
#define WIRE_REASON_COUNT 5
#define WIRE_REASON_VOID 6
#define WIRE_REASON_MODE 7
#define WIRE_REASON_ABSENT 8

#define WIRE_LIST_LATCH(X) X(HALT) X(DEADMAN)
#define WIRE_LATCH_HALT 0
#define WIRE_LATCH_DEADMAN 1

#define WIRE_LIST_RESET(X) X(POWER) X(EXTERNAL) X(BROWNOUT) X(WATCHDOG) X(UNKNOWN)
#define WIRE_RESET_POWER 0
#define WIRE_RESET_EXTERNAL 1
#define WIRE_RESET_BROWNOUT 2
#define WIRE_RESET_WATCHDOG 3
#define WIRE_RESET_UNKNOWN 4

#define WIRE_LIST_LINES(X) X(OFF) X(COILS) X(STEP)
#define WIRE_LINES_OFF 0
#define WIRE_LINES_COILS 1
#define WIRE_LINES_STEP 2

#define WIRE_TO_RIG(X) \
  X(HELLO, SESSION, 1) \
  X(SEG, COMMAND, 8) \
  X(CANCEL, COMMAND, 2) \
  X(CLEAR, COMMAND, 2) \
  X(STAT, COMMAND, 1) \
  X(NAME, COMMAND, 2) \
  X(SENSE, COMMAND, 2) \
  X(FETCH, COMMAND, 2) \
  X(VOID, COMMAND, 1) \
  X(BEAT, HEARTBEAT, 1)

#define WIRE_TO_HOST(X) \
  X(WELCOME, SESSION, 12) \
  X(ACK, REPLY, 2) \
  X(NAK, REPLY, 3) \
  X(TEL, TELEMETRY, 11) \
  X(SENSED, TELEMETRY, 13) \
  X(EDGES, TELEMETRY, 7) \
  X(HALTED, TELEMETRY, 3) \
  X(BOOT, TELEMETRY, 2)

#define WIRE_TYPE_HELLO 0
#define WIRE_TYPE_SEG 1
#define WIRE_TYPE_CANCEL 2
#define WIRE_TYPE_CLEAR 3
#define WIRE_TYPE_STAT 4
#define WIRE_TYPE_NAME 5
#define WIRE_TYPE_SENSE 6
#define WIRE_TYPE_FETCH 7
#define WIRE_TYPE_VOID 8
#define WIRE_TYPE_BEAT 9
#define WIRE_TYPE_WELCOME 10
#define WIRE_TYPE_ACK 11
#define WIRE_TYPE_NAK 12
#define WIRE_TYPE_TEL 13
#define WIRE_TYPE_SENSED 14
#define WIRE_TYPE_EDGES 15
#define WIRE_TYPE_HALTED 16
#define WIRE_TYPE_BOOT 17

#define WIRE_FIELDS_HELLO(U, I, T, H, C) \
  U(nonce, 0, 4294967295UL)

#define WIRE_FIELDS_SEG(U, I, T, H, C) \
  U(token, 1, 4294967295UL) \
  U(first, 0, 4294967295UL) \
  U(phase, 0, 2147483647UL) \
  U(count, 1, 65535UL) \
  U(quotient, 0, 1073741823UL) \
  U(remainder, 0, 2147483647UL) \
  U(divisor, 1, 2147483647UL) \
  C(direction, DIRECTION)

#define WIRE_FIELDS_CANCEL(U, I, T, H, C) \
  U(token, 1, 4294967295UL) \
  U(from, 0, 4294967295UL)

#define WIRE_FIELDS_CLEAR(U, I, T, H, C) \
  U(token, 1, 4294967295UL) \
  U(halts, 0, 65535UL)

#define WIRE_FIELDS_STAT(U, I, T, H, C) \
  U(token, 1, 4294967295UL)

#define WIRE_FIELDS_NAME(U, I, T, H, C) \
  U(token, 1, 4294967295UL) \
  T(serial, 16)

#define WIRE_FIELDS_SENSE(U, I, T, H, C) \
  U(token, 1, 4294967295UL) \
  C(lines, LINES)

#define WIRE_FIELDS_FETCH(U, I, T, H, C) \
  U(token, 1, 4294967295UL) \
  U(from, 0, 4294967295UL)

#define WIRE_FIELDS_VOID(U, I, T, H, C) \
  U(token, 1, 4294967295UL)

#define WIRE_FIELDS_BEAT(U, I, T, H, C) \
  U(token, 1, 4294967295UL)

#define WIRE_FIELDS_WELCOME(U, I, T, H, C) \
  U(nonce, 0, 4294967295UL) \
  U(version, 0, 65535UL) \
  H(schema) \
  H(boot) \
  U(token, 1, 4294967295UL) \
  U(window, 1, 2) \
  T(identity, 16) \
  H(build) \
  U(clock, 1, 4294967295UL) \
  U(tick, 0, 4294967295UL) \
  U(halts, 0, 65535UL) \
  C(state, STATE)

#define WIRE_FIELDS_ACK(U, I, T, H, C) \
  U(token, 1, 4294967295UL) \
  U(tick, 0, 4294967295UL)

#define WIRE_FIELDS_NAK(U, I, T, H, C) \
  U(token, 1, 4294967295UL) \
  U(tick, 0, 4294967295UL) \
  C(reason, REASON)

#define WIRE_FIELDS_TEL(U, I, T, H, C) \
  U(token, 1, 4294967295UL) \
  U(tick, 0, 4294967295UL) \
  U(forward, 0, 4294967295UL) \
  U(reverse, 0, 4294967295UL) \
  U(lost, 0, 4294967295UL) \
  I(encoder, (-2147483647L - 1), 2147483647L) \
  U(queued, 0, 16) \
  C(state, STATE) \
  U(cell, 0, 65535UL) \
  U(discarded, 0, 4294967295UL) \
  U(overruns, 0, 65535UL)

#define WIRE_FIELDS_SENSED(U, I, T, H, C) \
  U(token, 1, 4294967295UL) \
  U(tick, 0, 4294967295UL) \
  C(lines, LINES) \
  U(levels, 0, 31) \
  U(forward, 0, 4294967295UL) \
  U(reverse, 0, 4294967295UL) \
  U(illegal, 0, 4294967295UL) \
  U(glitches, 0, 4294967295UL) \
  I(encoder, (-2147483647L - 1), 2147483647L) \
  U(skipped, 0, 4294967295UL) \
  U(recorded, 0, 4294967295UL) \
  U(held, 0, 72) \
  U(dropped, 0, 4294967295UL)

#define WIRE_FIELDS_EDGES(U, I, T, H, C) \
  U(token, 1, 4294967295UL) \
  U(tick, 0, 4294967295UL) \
  U(first, 0, 4294967295UL) \
  U(base, 0, 4294967295UL) \
  U(dropped, 0, 4294967295UL) \
  T(edges, 64) \
  U(left, 0, 72)

#define WIRE_FIELDS_HALTED(U, I, T, H, C) \
  U(halts, 0, 65535UL) \
  C(cause, LATCH) \
  U(tick, 0, 4294967295UL)

#define WIRE_FIELDS_BOOT(U, I, T, H, C) \
  H(boot) \
  C(cause, RESET)

#endif
