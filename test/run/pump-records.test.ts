/** What a pump said, as records: exact, and no longer than a reader can hold. */
import { describe, expect, it } from 'vitest'
import type { BookedRun, Program } from '#firmware-sim/messages'
import { MOST_STEPS } from '#hil/run/motion'
import { PumpError } from '#hil/run/pump-error'
import {
  alarmRecord,
  appliedRecord,
  bookingRecord,
  cancelRecord,
  eventRecord,
  orderRecord,
  refusedRecord,
  statusRecord,
} from '#hil/run/pump-records'
import { as } from '#units/quantity'
import { ratio, whole } from '#units/rational'

const AT_us = as<never>(ratio(7n, 2n))
const RESTART: Program = { kind: 'restart' }
const SENDING = { at_us: AT_us, known_us: as<never>(ratio(15n, 2n)), text: 'as written' }

describe('a record of what a pump said', () => {
  it('has its instant in whole microseconds, rounded up, and everything else as it was said', () => {
    const readback = { stored: RESTART, digest: 'd', daily_uL: as<never>(ratio(1n, 3n)) }
    const applied = { kind: 'applied', t_us: 8, at_us: '7/2', text: 'as written', readback: { kind: 'restart' } }
    expect(appliedRecord(SENDING, { ...readback, previousDaily_uL: null })).toEqual({
      ...applied,
      ...{ daily_uL: '1/3', previousDaily_uL: null, digest: 'd' },
    })
    expect(appliedRecord(SENDING, { ...readback, previousDaily_uL: as(whole(5)) })).toMatchObject({
      previousDaily_uL: '5',
    })
    expect(refusedRecord(SENDING, RESTART, 'because')).toEqual({
      ...{ kind: 'refused', t_us: 8, at_us: '7/2', text: 'as written', asked: { kind: 'restart' }, reason: 'because' },
    })
    expect(orderRecord({ kind: 'order', at_us: AT_us, first_us: AT_us, interval_us: as(whole(9)), count: 3 })).toEqual({
      ...{ kind: 'order', t_us: 4, first_us: '7/2', interval_us: '9', count: 3 },
    })
    expect(cancelRecord({ kind: 'cancel', at_us: AT_us, after_us: AT_us })).toEqual({
      ...{ kind: 'cancel', t_us: 4, after_us: '7/2' },
    })
    expect(
      alarmRecord({ kind: 'alarm', at_us: AT_us, alarm: 'motor-stall', priority: 'critical', state: 'raised' }),
    ).toEqual({ kind: 'alarm', t_us: 4, alarm: 'motor-stall', priority: 'critical', state: 'raised' })
    expect(
      statusRecord(AT_us, {
        ...{ state: 'stopped', steps: 3, volume_uL: as(ratio(3n, 4n)), dose_ug: [['baclofen', as(ratio(3n, 8n))]] },
        ...{ reservoir_uL: as(whole(-1)), open: null, clock_us: AT_us },
      }),
    ).toEqual({
      ...{ kind: 'status', t_us: 4, state: 'stopped', steps: 3, volume_uL: '3/4', dose_ug: [['baclofen', '3/8']] },
      reservoir_uL: '-1',
    })
  })

  it('cuts names after 100 and texts after 1000 characters', () => {
    const long = 'x'.repeat(2000)
    expect(eventRecord(AT_us, long, long)).toEqual({
      ...{ kind: 'event', t_us: 4, event: 'x'.repeat(100), detail: 'x'.repeat(1000) },
    })
    expect(refusedRecord(SENDING, RESTART, long)).toMatchObject({ reason: 'x'.repeat(1000) })
  })

  it('takes nothing for a fraction that only looks like one', () => {
    const wrong = new PumpError('the pump gave something else where a fraction of whole numbers is due')
    for (const value of [undefined, null, 5, '7/2', { n: 7, d: 2 }, { n: 7n }, { n: 7n, d: 2 }, { n: 7, d: 2n }]) {
      expect(() => cancelRecord({ kind: 'cancel', at_us: AT_us, after_us: value as never })).toThrow(wrong)
    }
  })
})

describe('a run that a pump booked', () => {
  const run = (count: number): BookedRun => ({
    ...{ first_us: AT_us, interval_us: as(whole(9)), count, step_uL: as(ratio(1n, 4n)), drug: 'baclofen' },
    step_ug: as(ratio(1n, 8n)),
  })

  it.each([1, MOST_STEPS])('is one of %d steps', (count) => {
    expect(bookingRecord('withdrawn', AT_us, run(count))).toEqual({
      ...{ kind: 'withdrawn', t_us: 4, first_us: '7/2', interval_us: '9', count, step_uL: '1/4', drug: 'baclofen' },
      step_ug: '1/8',
    })
  })

  it.each([0, -1, 1.5, Number.NaN, MOST_STEPS + 1])('is never one of %d steps', (count) => {
    expect(() => bookingRecord('booked', AT_us, run(count))).toThrow(
      new PumpError(`the pump has booked a run of ${count} steps at 3.5 us; 1 to ${MOST_STEPS} are possible`),
    )
  })
})
