/* HELLO and the numbers of commands. */
#include "session.h"

#include "fields.h"
#include "flash.h"
#include "line.h"
#include "pump.h"
#include "reply.h"
#include "say.h"
#include "words.h"

/* Version and schema hash of docs/PROTOCOL.md, section 14. */
#define VERSION TEXT("1")
#define SCHEMA TEXT("2091AE0F")

#ifndef IDENTITY
#define IDENTITY "c-pump"
#endif
/* Eight hex digits that change with the firmware; the Makefile makes them of the sources. */
#ifndef BUILD
#define BUILD "00000000"
#endif

static bool open, replied;
static uint32_t nonce;
static uint8_t expected;

static void say_welcome(const void *about) {
  (void)about;
  say_text(TEXT("WELCOME,"));
  say_number(nonce);
  say_text(TEXT(","));
  say_text(VERSION);
  say_text(TEXT(","));
  say_text(SCHEMA);
  say_text(TEXT("," IDENTITY "," BUILD));
}

static void hello(uint8_t sequence) {
  uint64_t drawn;
  if (sequence != 0 || !field_whole_up_to(UINT32_MAX, &drawn) || !field_end()) return;
  if (!open || drawn != nonce) {
    open = true;
    replied = false;
    nonce = (uint32_t)drawn;
    expected = 0;
    pump_begin();
  }
  say_frame(0, say_welcome, 0);
}

static void execute(const struct frame *frame, const char *type, uint8_t length) {
  uint8_t command = word_number(WORDS_COMMAND, type, length);
  reply_begin(frame->sequence);
  uint8_t reason = command == WORD_NONE ? REASON_LACKS : pump_execute(command, frame->text, frame->length);
  if (reason != REASON_NONE) reply_not_done(reason, type, length, fields_read());
  expected = (uint8_t)(frame->sequence + 1);
  replied = true;
}

static void take_frame(const struct frame *frame) {
  const char *type;
  uint8_t length;
  if (!fields_begin(frame, &type, &length)) return;
  if (word_number(TEXT("HELLO"), type, length) == 0) {
    hello(frame->sequence);
    return;
  }
  if (!open) return;
  if (frame->sequence == expected)
    execute(frame, type, length);
  else if (!replied || frame->sequence != (uint8_t)(expected - 1))
    return;
  reply_send();
}

bool session_take(uint8_t byte) {
  struct frame frame = {0};
  if (line_take(byte, &frame)) take_frame(&frame);
  return !pump_dismissed();
}
