/** The keys of the scenario language that say what goes wrong: one shape a fault. */
import { z } from 'zod'
import { compliance, moreThanDue } from '#hil/scenario/plant-language'
import { count, quantity, span, volume } from '#hil/scenario/quantities'
import { at } from '#hil/scenario/therapy-language'
import { CLOCK_SETTINGS, LINE_DIRECTIONS, LINE_NOISES, MEMORY_COPIES, RECORD_PARTS } from '#hil/scenario/types'
import { compare, ONE, type Rational, whole, ZERO } from '#units/rational'

/** Word writes and bits are counted so far; no operation and no program of a pump has more. */
const MOST_WRITES = 10_000
const LAST_BIT = 65_535

const partOfWhole = (value: Rational) =>
  compare(value, ONE) > 0 ? 'no more than 100 % of what comes by can leave, and no place is beyond the tip' : undefined

/** No adapter and no network holds bytes back for longer without losing them. */
const LONGEST_DELAY_us = whole(10_000_000)
const direction = z
  .enum(LINE_DIRECTIONS)
  .meta({ description: 'Which way: to the rig, to the host, or both. Default both.' })
  .optional()
const WARMEST_degC = whole(60)
const MOST_RESISTANCE_ohm = whole(100_000)
const LEAST_EVERY = 2
const MOST_EVERY = 1_000_000
const MOST_TIMES = 2500

const allOfIt = (value: Rational) =>
  compare(value, ONE) >= 0 ? 'a pump that delivers nothing at all has stalled' : undefined

const when = at.meta({ description: 'When it begins, counted from the start of the run; before its end.' })
const lasting = span('How long it lasts. Default to the end of the run.', '2 h').optional()
const again = span(
  'How long from one beginning to the next: it then comes again and again. Needs for.',
  '6 h',
).optional()
const often = count(
  1,
  MOST_TIMES,
  'how often a fault comes is a whole number',
  'How often it comes in all, with every. Default: to the end of the run.',
).optional()
const steps = (least: number, description: string) =>
  quantity(['steps'], {
    description,
    example: '10 step',
    refusal: ({ n, d }) =>
      d !== 1n || n < BigInt(least) || n > BigInt(MOST_EVERY)
        ? `steps are counted: a whole number from ${least} to ${MOST_EVERY}`
        : undefined,
  })
const fault = <const F extends string>(name: F, description: string) => z.literal(name).meta({ description })

/** One line of `faults`. */
export const faultSchema = z
  .discriminatedUnion('fault', [
    z.strictObject({
      at: when,
      fault: fault('motor-stall', 'The rotor is held and does not turn.'),
      for: lasting,
      every: again,
      times: often,
      recovery: span('How long the rotor stays held once what held it has gone.', '2 h').optional(),
    }),
    z.strictObject({
      at: when,
      fault: fault('motor-slip', 'Of the steps of the motor some do not reach the rotor, which the pump cannot see.'),
      every: steps(LEAST_EVERY, 'Each so-many-th step is lost.'),
      for: lasting,
    }),
    z.strictObject({
      at: when,
      fault: fault('motor-reverse', 'The motor turns backward, step for step.'),
      for: lasting,
    }),
    z.strictObject({
      at: when,
      fault: fault('encoder-loss', 'Steps are made that the encoder does not show.'),
      every: steps(1, 'Each so-many-th is not shown. Default 1 step: none is.').optional(),
      for: lasting,
    }),
    z.strictObject({
      at: when,
      fault: fault('brown-out', 'The supply sags for a moment and resets the pump, which was never without power.'),
    }),
    z.strictObject({
      at: when,
      fault: fault('cell-resistance', 'The resistance of the cell rises.'),
      by: quantity(['resistance'], {
        description: 'By how much: up to 100 kohm.',
        example: '500 ohm',
        zero: 'a rise by nothing is no fault; leave it out',
        refusal: (value) =>
          compare(value, MOST_RESISTANCE_ohm) > 0 ? 'a cell of more than 100 kohm is none' : undefined,
      }),
      for: lasting,
    }),
    z.strictObject({
      at: when,
      fault: fault('clock-step', 'The clock of the pump jumps, and nobody has set it.'),
      forward: span('How far it jumps forward; either this or back.', '1 h').optional(),
      back: span('How far it jumps back.', '1 h').optional(),
    }),
    z.strictObject({
      at: when,
      fault: fault('clock-setting', 'The next setting of the clock goes wrong.'),
      setting: z
        .enum(CLOCK_SETTINGS)
        .meta({ description: 'missed: it never reaches the pump. doubled: it is done twice over.' }),
    }),
    z.strictObject({
      at: when,
      fault: fault('septum-leak', 'The reservoir leaks to the outside.'),
      volume: volume('How much leaves in all.', '14 mL'),
      for: span('How long that takes, evenly. Default: at once.', '2 h').optional(),
    }),
    z.strictObject({
      at: when,
      fault: fault('pocket-fill', 'The next refill goes beside the reservoir, and the pump is told that it went in.'),
      fraction: quantity(['percentage'], {
        description: 'How much of it: up to 100 %, the default.',
        example: '100 %',
        zero: 'a refill of which nothing goes beside is none; leave it out',
        refusal: partOfWhole,
      }).optional(),
    }),
    z.strictObject({
      at: when,
      fault: fault('overfill', 'The next refill puts in more than it says.'),
      by: volume('How much more.', '3 mL'),
    }),
    z.strictObject({
      at: when,
      fault: fault('side-port-injection', 'Of what the reservoir holds a volume is injected straight to the tip.'),
      volume: volume('How much.', '1 mL'),
    }),
    z.strictObject({
      at: when,
      fault: fault('temperature', 'The pump takes on another temperature.'),
      to: quantity(['temperature'], {
        description: 'Which: 0 to 60 degC.',
        example: '22 degC',
        refusal: (value) =>
          compare(value, ZERO) < 0 || compare(value, WARMEST_degC) > 0 ? 'a pump works at 0 to 60 degC' : undefined,
      }),
      for: lasting,
    }),
    z.strictObject({
      at: when,
      fault: fault('power-cut', 'The pump loses its power and starts again when it returns.'),
      for: span('How long the power is away. Default: it returns at once.', '1 min').optional(),
      write: count(
        1,
        MOST_WRITES,
        'the word write at which power is cut is a whole number',
        'Power is cut at this word write of the first operation from then on that writes so many. Default: at once.',
      ).optional(),
    }),
    z.strictObject({
      at: when,
      fault: fault('bit-flip', 'A bit of the program that the pump keeps turns over.'),
      copy: z
        .enum(MEMORY_COPIES)
        .meta({ description: 'In which copy; both: the same bit in each. Default first.' })
        .optional(),
      bit: count(
        0,
        LAST_BIT,
        'a bit is a whole number',
        'Which bit, from 0. Default: one that follows from the seed.',
      ).optional(),
      part: z
        .enum(RECORD_PARTS)
        .meta({ description: 'In which part of what is kept; bits are then counted in it. Default: anywhere.' })
        .optional(),
    }),
    z.strictObject({
      at: when,
      fault: fault('clock-drift', 'The clock of the pump runs fast or slow.'),
      by: quantity(['drift'], {
        description: 'How much: above zero is fast.',
        example: '50 ppm',
        zero: 'a drift of nothing is no fault; leave it out',
      }),
      for: lasting,
    }),
    z.strictObject({
      at: when,
      fault: fault('telemetry-carrier', 'The pump hears a telemetry carrier that no programmer sends.'),
      for: lasting,
    }),
    z.strictObject({
      at: when,
      fault: fault('occlusion', 'The way is blocked: steps fill the swelling tube, then move nothing.'),
      side: z
        .enum(['upstream', 'downstream'])
        .meta({
          description:
            'upstream: between reservoir and pump. downstream: between pump and patient. Default downstream.',
        })
        .optional(),
      compliance: compliance.optional(),
      for: lasting,
    }),
    z.strictObject({
      at: when,
      fault: fault('catheter-leak', 'A part of what comes by leaves tube or catheter through a hole.'),
      fraction: quantity(['percentage'], {
        description: 'How much of what comes by leaves through it: up to 100 %, a rupture.',
        example: '40 %',
        zero: 'a leak of nothing is no fault; leave it out',
        refusal: partOfWhole,
      }),
      position: quantity(['percentage'], {
        description: 'Where, by volume: 0 % is at the pump, 100 % at the tip. Default 50 %.',
        example: '53 %',
        refusal: partOfWhole,
      }).optional(),
      for: lasting,
      every: again,
      times: often,
    }),
    z.strictObject({
      at: when,
      fault: fault('over-infusion', 'Each step moves more than it should, which the pump cannot see.'),
      by: quantity(['percentage'], {
        description: 'How much more: up to 900 %.',
        example: '50 %',
        zero: 'an over-infusion by nothing is no fault; leave it out',
        refusal: moreThanDue,
      }),
      drift: z
        .strictObject({
          by: quantity(['percentage'], {
            description: 'What is added each time: up to 900 %.',
            example: '1 %',
            zero: 'a drift of nothing is none; leave it out',
            refusal: moreThanDue,
          }),
          every: span('How often.', '1 d'),
        })
        .meta({ description: 'How it grows on from there. Default: it stays.' })
        .optional(),
      for: lasting,
    }),
    z.strictObject({
      at: when,
      fault: fault('line-noise', 'A part of what crosses the line between host and rig is damaged, lost or late.'),
      kind: z.enum(LINE_NOISES).meta({
        description:
          'drop, flip, garble: bytes vanish, turn a bit over, become others. duplicate, reorder, split, delay, truncate: ' +
          'pieces come twice, out of order, in single bytes, late, in part.',
      }),
      share: quantity(['percentage'], {
        description: 'How many of the bytes, or of the pieces, are struck: up to 100 %.',
        example: '1 %',
        zero: 'noise that strikes nothing is no fault; leave it out',
        refusal: (value) => (compare(value, ONE) > 0 ? 'no more than 100 % of what crosses can be struck' : undefined),
      }),
      up_to: quantity(['duration'], {
        description: 'Of a delay: how late a piece comes at most, on the clock of the line; up to 10 s. Default 50 ms.',
        example: '50 ms',
        zero: 'a delay of nothing is no fault; leave it out',
        refusal: (value) =>
          compare(value, LONGEST_DELAY_us) > 0 ? 'a piece that is late comes within 10 s' : undefined,
      }).optional(),
      direction,
      for: lasting,
    }),
    z.strictObject({
      at: when,
      fault: fault('line-mute', 'Nothing crosses the line, and neither end hears that it is gone.'),
      direction,
      for: lasting,
    }),
    z.strictObject({
      at: when,
      fault: fault('line-unplug', 'The cable is out, and the host hears of it.'),
      for: span('After how long it is in again. Default: it stays out to the end of the run.', '3 s').optional(),
    }),
    z.strictObject({
      at: when,
      fault: fault('under-infusion', 'Each step moves less than it should, which the pump cannot see.'),
      by: quantity(['percentage'], {
        description: 'How much less: below 100 %.',
        example: '30 %',
        zero: 'an under-infusion by nothing is no fault; leave it out',
        refusal: allOfIt,
      }),
      drift: z
        .strictObject({
          by: quantity(['percentage'], {
            description: 'What is taken off each time.',
            example: '1 %',
            zero: 'a drift of nothing is none; leave it out',
            refusal: allOfIt,
          }),
          every: span('How often.', '1 d'),
        })
        .meta({ description: 'How it goes on from there. Default: it stays.' })
        .optional(),
      for: lasting,
    }),
  ])
  .meta({ description: 'Something that goes wrong.' })

/** A fault as the file gives it, its quantities read. */
export type WrittenFault = z.output<typeof faultSchema>
