/*
 * The rig: a stepper motor that makes each commanded step at its tick, counts what the rotor did and tells the host.
 *
 * Motion, reception, transmission and the encoder live in interrupts. The main loop decodes what came in, sends what is
 * to be said, feeds the watchdog and sleeps; apart from the turn of the clock each 4.19 s nothing wakes it unasked.
 */
#include "cell.h"
#include "clock.h"
#include "coils.h"
#include "deadman.h"
#include "encoder.h"
#include "event.h"
#include "frame.h"
#include "heartbeat.h"
#include "latch.h"
#include "line.h"
#include "memory.h"
#include "reset.h"
#include "sense.h"
#include "session.h"
#include "telemetry.h"
#include "usart.h"

/* Acts on the next line, if a whole one has come in; there may be more. */
static void receive(void) {
  struct frame frame;
  if (!line_next()) return;
  event_raise(EVENT_LINE);
  if (heartbeat_heard()) deadman_feed();
  else if (frame_decode(line.text, line.length, &frame)) session_receive(&frame);
  else line_refuse();
}

/* Telemetry waits until the transmitter is free, but lets no more lines than this go first. */
#define PATIENCE_lines 8

/* Whether anything but telemetry with nowhere to go is to be done. */
static inline bool something_to_do(void) {
  return usart_sending() ? (EVENTS & (uint8_t)~EVENTS_TO_TELL) != 0 : EVENTS != 0;
}

/* Says one thing of what is to be said. */
static void tell(void) {
  if (event_taken(EVENT_COUNTERS)) telemetry_tell();
  else if (event_taken(EVENT_SENSED)) sense_tell();
  else if (event_taken(EVENT_EDGES)) sense_tell_edges();
}

int main(void) {
  watchdog_start();
  set_sleep_mode(SLEEP_MODE_IDLE);
  sleep_enable();
  coils_start();
  encoder_start();
  cell_start();
  clock_start();
  usart_start();
  sei();
  usart_send("\n", 1);
  memory_start();
  reset_tell();
  uint8_t lines = 0;
  for (;;) {
    if (event_taken(EVENT_LATCHED)) latch_tell();
    if (event_taken(EVENT_LINE)) {
      receive();
      lines++;
    }
    if (!usart_sending() || lines >= PATIENCE_lines) {
      tell();
      lines = 0;
    }
    sleep_while((watchdog_feed(), !something_to_do()));
  }
}
