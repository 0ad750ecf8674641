/** The open run of a record that broke off, worked out by hand: from what was ordered, booked, taken back and told of. */
import { describe, expect, it } from 'vitest'
import { openRuns } from '#hil/run/open-run'
import { toldOf } from '#hil/run/told'
import type { TraceRecord } from '#hil/run/trace'

const record = (fields: object) => fields as unknown as TraceRecord
const order = (t_us: number, first_us: number, interval_us: number, count: number) =>
  record({ kind: 'order', t_us, first_us: String(first_us), interval_us: String(interval_us), count })
const cancel = (t_us: number, after_us: number) => record({ kind: 'cancel', t_us, after_us: String(after_us) })
const run = (kind: string, t_us: number, first_us: number, interval_us: number, count: number, drug = 'baclofen') =>
  record({
    ...{ kind, t_us, first_us: String(first_us), interval_us: String(interval_us), count },
    ...{ step_uL: '1/4', drug, step_ug: '1/2' },
  })
/** Steps of 0.25 uL and half a microgram each. */
const status = (
  t_us: number,
  steps: number,
  dose_ug: readonly (readonly [string, string])[] = [['baclofen', `${steps}/2`]],
) => record({ kind: 'status', t_us, state: 'flex', steps, volume_uL: `${steps}/4`, dose_ug, reservoir_uL: '9' })
const delivered = (first: number, quotient: number, count: number) =>
  record({
    ...{ kind: 'delivered', displaced_uL: '1/4', tip_uL: '1/4', tip_ug: [] },
    cadence: { first, phase: 0, count, quotient, remainder: 0, divisor: 1 },
  })

const told = (...records: readonly TraceRecord[]) =>
  openRuns(records).map(
    ({ t_us, first_us, interval_us, count, step_uL, drug, step_ug }) =>
      `${count} from ${first_us} each ${interval_us}, told at ${t_us}: ${step_uL} uL, ${step_ug} ug of ${drug}`,
  )
const USUAL = '1/4 uL, 1/2 ug of baclofen'

describe('the open run', () => {
  it('is none where the pump was never asked, or said nothing new', () => {
    expect(told(order(0, 10, 10, 9))).toEqual([])
    expect(told(order(0, 10, 10, 9), status(0, 0))).toEqual([])
    expect(told(order(0, 10, 10, 9), run('booked', 50, 10, 10, 5), status(50, 5))).toEqual([])
  })

  it('goes on as it was ordered, and through questions without a seam', () => {
    expect(told(order(0, 10, 10, 9), status(35, 3), status(55, 5))).toEqual([`5 from 10 each 10, told at 55: ${USUAL}`])
  })

  it('goes on from what was booked', () => {
    expect(told(order(0, 10, 10, 9), run('booked', 25, 10, 10, 2), status(65, 6))).toEqual([
      `4 from 30 each 10, told at 65: ${USUAL}`,
    ])
  })

  it('counts a step that is due when the pump is asked on either side', () => {
    expect(told(order(0, 10, 10, 9), status(30, 3))).toEqual([`3 from 10 each 10, told at 30: ${USUAL}`])
    expect(told(order(0, 10, 10, 9), status(30, 2))).toEqual([`2 from 10 each 10, told at 30: ${USUAL}`])
    expect(told(order(0, 10, 10, 9), status(30, 2), status(45, 4))).toEqual([`4 from 10 each 10, told at 45: ${USUAL}`])
    expect(told(order(0, 10, 10, 9), status(10, 0), status(15, 1))).toEqual([`1 from 10 each 10, told at 15: ${USUAL}`])
  })

  it('follows one order after the other', () => {
    expect(told(order(0, 10, 10, 3), order(35, 40, 2, 4), status(60, 7))).toEqual([
      `3 from 10 each 10, told at 60: ${USUAL}`,
      `4 from 40 each 2, told at 60: ${USUAL}`,
    ])
    expect(told(order(0, 10, 10, 3), order(35, 90, 2, 4), status(60, 3))).toEqual([
      `3 from 10 each 10, told at 60: ${USUAL}`,
    ])
    expect(told(order(0, 10, 10, 3), status(32, 3), order(35, 40, 10, 4), status(61, 6))).toEqual([
      `6 from 10 each 10, told at 61: ${USUAL}`,
    ])
  })

  it('leaves out what was taken back of the orders', () => {
    expect(told(order(0, 10, 10, 9), cancel(25, 20), order(25, 26, 4, 3), status(40, 5))).toEqual([
      `2 from 10 each 10, told at 40: ${USUAL}`,
      `3 from 26 each 4, told at 40: ${USUAL}`,
    ])
    expect(told(order(0, 10, 10, 2), order(0, 30, 5, 2), cancel(5, 9), order(5, 12, 8, 2), status(40, 2))).toEqual([
      `2 from 12 each 8, told at 40: ${USUAL}`,
    ])
    expect(told(order(0, 10, 10, 2), cancel(90, 90), status(95, 2))).toEqual([
      `2 from 10 each 10, told at 95: ${USUAL}`,
    ])
  })

  it('is spread evenly where the orders are of another number, or there are none', () => {
    expect(told(status(100, 4))).toEqual([`4 from 25 each 25, told at 100: ${USUAL}`])
    expect(told(order(0, 10, 10, 9), status(100, 4))).toEqual([`4 from 25 each 25, told at 100: ${USUAL}`])
    expect(told(order(0, 10, 10, 3), status(100, 4))).toEqual([`4 from 25 each 25, told at 100: ${USUAL}`])
    expect(told(run('booked', 60, 30, 30, 2), status(100, 6))).toEqual([`4 from 70 each 10, told at 100: ${USUAL}`])
  })

  it('is less what was taken back of the steps', () => {
    const lost = run('withdrawn', 32, 30, 1, 1)
    expect(told(order(0, 10, 10, 9), run('booked', 31, 10, 10, 3), lost, status(65, 5))).toEqual([
      `3 from 40 each 10, told at 65: ${USUAL}`,
    ])
    expect(told(order(0, 10, 10, 9), run('booked', 31, 10, 10, 3), lost, status(34, 2))).toEqual([])
  })

  it('is of the drug that grew most, and of what each step gave of it', () => {
    const two = [
      ['baclofen', '1'],
      ['morphine', '6'],
    ] as const
    expect(told(run('booked', 20, 10, 10, 2), order(20, 30, 10, 9), status(55, 5, two))).toEqual([
      '3 from 30 each 10, told at 55: 1/4 uL, 2 ug of morphine',
    ])
    expect(told(run('booked', 20, 10, 10, 2), order(20, 30, 10, 9), status(55, 5, [['baclofen', '1']]))).toEqual([
      '3 from 30 each 10, told at 55: 1/4 uL, 0 ug of baclofen',
    ])
  })
})

describe('a record that is cut off', () => {
  const TICK_us = 64
  const PLAYOUT_us = 2_000_000
  const HEADER = record({ kind: 'header' })
  const DAY = 100 * PLAYOUT_us
  const asked = [HEADER, order(0, TICK_us, TICK_us, 9), status(3 * TICK_us, 3)]

  it('of a run that ended by itself comes back as it is', () => {
    const records = [...asked, record({ kind: 'end', t_us: DAY, complete: true, reason: '' })]
    expect(toldOf(records, DAY)).toEqual({ records, told_us: DAY, believed_us: DAY })
  })

  it('of a run that was ended is told to its end, the pump as far as it said', () => {
    const end = record({ kind: 'end', t_us: DAY, complete: false, reason: '' })
    const found = toldOf([...asked, end], DAY)
    expect(found).toMatchObject({ told_us: DAY, believed_us: 3 * TICK_us })
    expect(found.records.at(-1)).toMatchObject({ kind: 'booked', count: 3, first_us: '64' })
  })

  it('is told up to the last question after which the rotor was looked at', () => {
    const later = (t_us: number) => record({ kind: 'event', t_us, event: 'told', detail: '' })
    const upTo = (...more: readonly TraceRecord[]) => toldOf([...asked, ...more], DAY).told_us
    expect(upTo()).toBe(0)
    expect(upTo(later(3 * TICK_us + PLAYOUT_us - 1))).toBe(0)
    expect(upTo(later(3 * TICK_us + PLAYOUT_us))).toBe(3 * TICK_us)
    expect(upTo(record({ kind: 'fill', t_us: 3 * TICK_us }))).toBe(3 * TICK_us)
    expect(upTo(record({ kind: 'truth', t_us: 3 * TICK_us - 1 }))).toBe(0)
    expect(upTo(record({ kind: 'profile', t_us: 9 * TICK_us }))).toBe(3 * TICK_us)
    // Steps at each tick up to the third one: a fourth would have been among them.
    expect(upTo(delivered(1, 1, 3))).toBe(3 * TICK_us)
    expect(upTo(delivered(1, 1, 2))).toBe(0)
    expect(upTo(delivered(9, 1, 1))).toBe(0)
    expect(upTo(status(9 * TICK_us, 9), later(9 * TICK_us))).toBe(0)
    expect(upTo(status(9 * TICK_us, 9), later(9 * TICK_us + PLAYOUT_us))).toBe(9 * TICK_us)
  })

  it('with therapy that runs faster than the wall waits as much longer', () => {
    const fast = [record({ kind: 'header', speed: '10' }), ...asked.slice(1)]
    const upTo = (t_us: number) =>
      toldOf([...fast, record({ kind: 'event', t_us, event: 'told', detail: '' })], DAY).told_us
    expect(upTo(3 * TICK_us + PLAYOUT_us)).toBe(0)
    expect(upTo(3 * TICK_us + 10 * PLAYOUT_us)).toBe(3 * TICK_us)
  })

  it('keeps of each ledger what is up to there, and all of what is of none', () => {
    const kinds = ['fill', 'surge', 'escape', 'injection', 'status', 'event', 'alarm', 'refused']
    const at = (t_us: number) => kinds.map((kind) => record({ kind, t_us, steps: 0, volume_uL: '0', dose_ug: [] }))
    const looked = record({ kind: 'truth', t_us: 3 * TICK_us })
    const { records } = toldOf(
      [...asked, looked, delivered(2, 1, 5), run('booked', 9, 2 * TICK_us, TICK_us, 5), ...at(9 * TICK_us)],
      DAY,
    )
    const after = records.flatMap((one) => ('t_us' in one && one.t_us === 9 * TICK_us ? [one.kind] : []))
    expect(after).toEqual(['event', 'alarm', 'refused'])
    expect(records.find(({ kind }) => kind === 'delivered')).toMatchObject({ cadence: { first: 2, count: 2 } })
    expect(records.find(({ kind }) => kind === 'booked')).toMatchObject({ first_us: '128', count: 2 })
  })

  it('has nothing of a run that begins later', () => {
    const looked = record({ kind: 'truth', t_us: 3 * TICK_us })
    const { records } = toldOf([...asked, looked, delivered(4, 1, 5), run('booked', 9, 4 * TICK_us, TICK_us, 5)], DAY)
    expect(records.filter(({ kind }) => kind === 'delivered')).toEqual([])
    expect(records.filter((one) => one.kind === 'booked').map(({ count }) => count)).toEqual([3])
  })

  it('takes no step back of which it does not tell that it was believed', () => {
    const lost = (first_us: number) => run('withdrawn', 4 * TICK_us, first_us, 1, 1)
    const end = record({ kind: 'end', t_us: DAY, complete: false, reason: '' })
    const kept = (first_us: number) =>
      toldOf([...asked, lost(first_us), end], DAY).records.filter(({ kind }) => kind === 'withdrawn').length
    expect(kept(3 * TICK_us)).toBe(1)
    expect(kept(3 * TICK_us + 1)).toBe(0)
    expect(toldOf([...asked, lost(3 * TICK_us), end], DAY).believed_us).toBe(4 * TICK_us)
  })
})
