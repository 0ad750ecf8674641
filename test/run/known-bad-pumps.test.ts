/**
 * Pumps with one defect each fail `tracking`, and the true one passes: the bench sees what it is there to see.
 *
 * Each defect is put between the true pump and the bench, through the same door a pump of a user's own comes in by.
 */
import { describe, expect, it } from 'vitest'
import type { PumpOutput } from '#firmware-sim/messages'
import { modelPump } from '#hil/pump/model'
import { definePump, type Pump, type PumpDefinition } from '#hil/pump/pump'
import { as } from '#units/quantity'
import { add, divide, floor, multiply, ratio, subtract, times, toSafeInteger } from '#units/rational'
import { checksNamed, distorted, finish } from '../support/bench.ts'
import { bolus, draft, stop, therapy } from '../support/scenario.ts'

/** Two therapies, a stop and a bolus over ten days: 0.1 to 0.5 mL/d. */
const REGIMEN = draft({
  duration: '10 d',
  prescription: [
    therapy('0 d', '50 ug/d'),
    bolus('1 d 100 s', '25 ug', '30 min'),
    therapy('3 d 77 s', '250 ug/d'),
    stop('5 d 33 s'),
    therapy('6 d 11 s', '350/3 ug/d'),
  ],
  checks: ['{ check: tracking, within: 1 step }'],
  sample: '1 d',
})

type Order = Extract<PumpOutput, { kind: 'order' }>

/** The runs of an order between the steps that are left out: those whose number, counted over the run, is a multiple. */
function* withGaps(order: Order, before: number, nth: number): Generator<PumpOutput> {
  for (let from = 0; from < order.count; ) {
    const gap = nth - 1 - ((before + from) % nth)
    const count = Math.min(gap, order.count - from)
    if (count > 0) yield { ...order, first_us: as(add(order.first_us, times(order.interval_us, from))), count }
    from += count + 1
  }
}

function withoutEvery(nth: number): PumpDefinition {
  return definePump({
    name: 'drops-steps',
    create: (setup): Pump => {
      const inner = modelPump.create(setup)
      let ordered = 0
      const thinned = (order: Order): PumpOutput[] => {
        const runs = [...withGaps(order, ordered, nth)]
        ordered += order.count
        return runs
      }
      return {
        react: (at_us, input) =>
          inner.react(at_us, input).flatMap((output) => (output.kind === 'order' ? thinned(output) : [output])),
        nextWake: () => inner.nextWake(),
      }
    },
  })
}

const faster = distorted('fast', (output) =>
  output.kind === 'order'
    ? [
        {
          ...output,
          interval_us: as(multiply(output.interval_us, ratio(999n, 1000n))),
          count: Math.floor(output.count * 1.001),
        },
      ]
    : [output],
)

const countsTwice = distorted('counts-twice', (output) =>
  output.kind === 'booked'
    ? [{ ...output, run: { ...output.run, step_uL: as(times(output.run.step_uL, 2)) } }]
    : [output],
)

const reportsTwice = distorted('reports-twice', (output) =>
  output.kind === 'status'
    ? [{ ...output, status: { ...output.status, volume_uL: as(times(output.status.volume_uL, 2)) } }]
    : [output],
)

/** Starts every stretch at a whole step, so that what was begun of the next one is lost at each change. */
const forgetsCarry = distorted('forgets-the-carry', (output) => {
  if (output.kind !== 'order') return [output]
  const first_us = as<Order['first_us']>(add(output.at_us, output.interval_us))
  const late = subtract(first_us, output.first_us)
  const lost = toSafeInteger(floor(divide(late, output.interval_us)))
  return [{ ...output, first_us, count: output.count - lost }]
})

/** Twelve changes an hour apart at rates whose steps do not divide the hour. */
const MANY_CHANGES = draft({
  duration: '1 d',
  prescription: Array.from({ length: 12 }, (_, hour) =>
    therapy(`${hour} h`, hour % 2 === 0 ? '70 ug/d' : '350/3 ug/d'),
  ),
  checks: ['{ check: tracking, within: 1 step }'],
})

describe('tracking', () => {
  it('passes the true pump', async () => {
    for (const text of [REGIMEN, MANY_CHANGES]) {
      const { result } = await finish(text)
      expect(result.verdict).toBe('pass')
    }
  })

  it.each([
    ['a pump that drops every 100th step', withoutEvery(100), REGIMEN],
    ['a pump that runs 0.1 % fast', faster, REGIMEN],
    ['a pump that books every step twice', countsTwice, REGIMEN],
    ['a pump that reports twice what it booked', reportsTwice, REGIMEN],
    ['a pump that forgets the fraction of a step at a change', forgetsCarry, MANY_CHANGES],
  ])('fails %s', async (_what, pump, text) => {
    const { result } = await finish(text, pump)
    const [tracking] = checksNamed(result, 'tracking')
    expect(tracking).toMatchObject({ outcome: 'fail', verdict: 'fail' })
    expect(tracking?.measured).toBeGreaterThan(tracking?.limit ?? Number.POSITIVE_INFINITY)
    expect(result.verdict).toBe('fail')
  })
})
