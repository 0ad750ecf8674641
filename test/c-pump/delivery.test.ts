/**
 * What the pump in C gives is what was programmed, to the step: its whole numbers with their remainders against exact fractions,
 * over any sequence of therapies and boluses.
 */
import fc from 'fast-check'
import Fraction from 'fraction.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Builds, HAS_CC, SET_UP } from './c-pump.ts'
import { Conversation, instantsOf } from './conversation.ts'

const DAY_us = 86_400_000_000n
const CONCENTRATION = 500_000n
const STEP_pL = 250_000n

/** A flow in pL/us from one instant up to another. */
interface Flow {
  readonly from: bigint
  readonly to: bigint
  readonly rate: Fraction
}

function volume(by: string, amount: bigint): Fraction {
  return by === 'mass' ? new Fraction(amount * 1_000_000n, CONCENTRATION) : new Fraction(amount)
}

/** pL that have flowed by an instant. */
function flowed(flows: readonly Flow[], at: bigint): Fraction {
  return flows.reduce((sum, { from, to, rate }) => {
    const end = at < to ? at : to
    return end > from ? sum.add(rate.mul(end - from)) : sum
  }, new Fraction(0))
}

const by = fc.constantFrom('mass', 'volume')
const deed = fc.oneof(
  fc.record({ kind: fc.constant('rate' as const), by, share: fc.integer({ min: 1, max: 1_000_000 }) }),
  fc.record({
    kind: fc.constant('bolus' as const),
    by,
    share: fc.integer({ min: 1, max: 1_000_000 }),
    over: fc.bigInt({ min: 1_000_000n, max: 7_200_000_000n }),
  }),
  fc.record({ kind: fc.constant('stop' as const) }),
)

/** pg/d or pL/d of a rate between 0.1 and 10 mL/d. */
function rateOf(unit: string, share: number): bigint {
  const pL = 100_000_000n + BigInt(share) * 9_900n
  return unit === 'mass' ? (pL * CONCENTRATION) / 1_000_000n : pL
}

describe.skipIf(!HAS_CC)('what the pump in C gives', () => {
  const builds = new Builds()
  let pump = ''

  beforeAll(() => {
    pump = builds.build('c-pump')
  }, 60_000)

  afterAll(() => builds.close())

  it('is ordered and booked at the first whole microsecond at which each step is due', async () => {
    const deeds = fc.array(fc.tuple(fc.bigInt({ min: 1n, max: 2_000_000_000n }), deed), { minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(deeds, async (list) => {
        const talk = await Conversation.with(pump, SET_UP)
        const flows: Flow[] = []
        const end = (at: bigint) => {
          for (const [index, flow] of flows.entries()) if (flow.to > at) flows[index] = { ...flow, to: at }
        }
        let at = 0n
        for (const [wait, what] of list) {
          at += wait
          await talk.advance(at)
          if (what.kind === 'stop') {
            await talk.ask(`STOP,${at}`)
            end(at)
          } else if (what.kind === 'rate') {
            const amount = rateOf(what.by, what.share)
            const said = await talk.program(at, ['BEGIN,simple-continuous', `RATE,${what.by},${amount}`])
            expect(said.at(-1)).toMatch(/^APPLIED,/)
            end(at)
            flows.push({ from: at, to: at + 100n * DAY_us, rate: volume(what.by, amount).div(DAY_us) })
          } else {
            const amount = (rateOf(what.by, what.share) * what.over) / DAY_us / 2n + 1n
            const said = await talk.program(at, ['BEGIN,bolus', `DOSE,${what.by},${amount},${what.over}`])
            if (said.at(-1)?.startsWith('APPLIED') !== true) continue
            flows.push({ from: at, to: at + what.over, rate: volume(what.by, amount).div(what.over) })
          }
        }
        at += 3_600_000_000n
        await talk.advance(at)
        await talk.ask(`STOP,${at}`)
        await talk.end()
        const instants = instantsOf(talk.steps('BOOKED'))
        expect(talk.standing()).toStrictEqual(instants)
        const given = flowed(flows, at).div(STEP_pL).floor()
        expect(instants).toHaveLength(Number(given.valueOf()))
        for (const [index, instant] of instants.entries()) {
          const due = new Fraction(STEP_pL * BigInt(index + 1))
          expect(flowed(flows, instant).compare(due)).toBeGreaterThanOrEqual(0)
          expect(flowed(flows, instant - 1n).compare(due)).toBeLessThan(0)
        }
      }),
      { numRuns: 15 },
    )
  })
})
