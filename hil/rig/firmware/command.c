/* The commands of the catalogue, one case each. */
#include "command.h"

#include "latch.h"
#include "memory.h"
#include "sense.h"
#include "stepper.h"
#include "telemetry.h"
#include "verdict.h"

static uint8_t queue_segment(const struct frame *frame) {
  struct segment segment = {
      .first = frame->SEG.first,
      .phase = frame->SEG.phase,
      .quotient = frame->SEG.quotient,
      .remainder = frame->SEG.remainder,
      .divisor = frame->SEG.divisor,
      .count = (uint16_t)frame->SEG.count,
      .direction = (uint8_t)frame->SEG.direction,
  };
  return stepper_queue(&segment);
}

uint8_t command_execute(const struct frame *frame) {
  switch (frame->type) {
    case WIRE_TYPE_SEG:
      return queue_segment(frame);
    case WIRE_TYPE_CANCEL:
      stepper_cancel(frame->CANCEL.from);
      return VERDICT_DONE;
    case WIRE_TYPE_CLEAR:
      if (latch_clear((uint16_t)frame->CLEAR.halts)) return VERDICT_DONE;
      /* A host that missed the newest HALTED has to learn the count. */
      if (latch.state != 0) event_raise(EVENT_LATCHED);
      return WIRE_REASON_COUNT;
    case WIRE_TYPE_STAT:
      telemetry_ask();
      if (sense_lines != WIRE_LINES_OFF) event_raise(EVENT_SENSED);
      return VERDICT_DONE;
    case WIRE_TYPE_SENSE:
      return sense_set((uint8_t)frame->SENSE.lines);
    case WIRE_TYPE_FETCH:
      return sense_fetch(frame->FETCH.from);
    case WIRE_TYPE_NAME:
      memory_name(frame->NAME.serial);
      return VERDICT_DONE;
    default:
      return WIRE_REASON_VOID;
  }
}
