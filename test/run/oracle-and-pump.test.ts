/**
 * Pump and oracle, written apart from one text, agree on any therapy: on every step, and on every request of a patient.
 */
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import { ledgersOf, recordsOf } from '#hil/run/ledgers'
import type { Trace } from '#hil/run/trace'
import type { Scenario } from '#hil/scenario/types'
import { checksNamed } from '../support/bench.ts'
import { draft, scenarioOf, therapy } from '../support/scenario.ts'
import { anyTherapies, type TherapiesOptions } from '../support/therapies.ts'

vi.setConfig({ testTimeout: 300_000 })

/** What a pump answered to each request, in order. */
function answersOf(trace: Trace): boolean[] {
  return recordsOf(trace.records, 'event').flatMap(({ event }) =>
    event === 'patient-bolus-granted' ? [true] : event === 'patient-bolus-denied' ? [false] : [],
  )
}

async function agree(scenario: Scenario): Promise<void> {
  const trace = await execute(scenario, modelPump, idealRig)
  expect(recordsOf(trace.records, 'refused')).toEqual([])
  fc.pre(!recordsOf(trace.records, 'alarm').some(({ alarm }) => alarm === 'empty-reservoir'))
  const { prescribed } = ledgersOf(scenario, trace)
  expect(answersOf(trace)).toEqual(prescribed.grants.map(({ granted }) => granted))
  const [tracking] = checksNamed(judge(trace, { file: '', wall_s: 0 }), 'tracking')
  expect(tracking).toMatchObject({ outcome: 'pass' })
}

async function agreeOn(options: TherapiesOptions, numRuns: number): Promise<void> {
  let [entries, dropped, bridges, late] = [0, 0, 0, 0]
  await fc.assert(
    fc.asyncProperty(anyTherapies(options), async (accepted) => {
      entries += accepted.entries
      dropped += accepted.dropped
      bridges += accepted.bridges
      late += accepted.late
      await agree(accepted.scenario)
    }),
    { numRuns },
  )
  // A pump that refused everything would agree with anyone.
  expect(dropped).toBeLessThan(entries * (options.limits === true ? 0.3 : 0.01))
  expect(bridges).toBeGreaterThan(late)
}

describe('pump and oracle', () => {
  it('agree on every step and every request, whatever coincides', async () => {
    await agreeOn({ days: 4, entries: 8, requests: 8 }, 80)
  })

  it.each(['03-01T05:59', '03-01T07:00', '03-01T08:59:59', '03-01T09:00', '03-01T10:00', '03-01T11:01', '02-28T09:00'])(
    'agree on a bolus of 09:00 when the clock is set to %s at that very instant',
    async (to) => {
      const text = draft({
        clock: '2026-03-01T08:00',
        duration: '2 d',
        prescription: [
          '{ at: 0 d, therapy: { mode: flex, basal: 60 ug/d, boluses: [{ at: "09:00", dose: 20 ug, over: 20 min }] } }',
        ],
        events: [`{ at: 1 h, do: set-clock, to: 2026-${to} }`],
        checks: ['{ check: tracking, within: 1 step }'],
      })
      await agree(scenarioOf(text))
    },
  )

  it('deny a patient what goes over the limit only once a bridge is over', async () => {
    // 0.3 mL/d, then 0.45 mL/d, of which the bridge lets 0.3 mL/d through for 30 h.
    const text = draft({
      duration: '2 d',
      prescription: [
        therapy('0 d', '150 ug/d'),
        '{ at: 0 d, patient-bolus: { dose: 10 uL, over: 20 min, lockout: 1 h, max_per_day: 4 } }',
        '{ at: 1 d, bridge: auto }',
      ],
      events: [
        '{ at: 1 d, refill: { fill: { drug: baclofen, concentration: 1000/3 ug/mL, volume: 30 mL } } }',
        '{ at: 25 h, do: request-bolus }',
      ],
      limits: '{ daily_dose: { hard: 0.4 mL } }',
    })
    const trace = await execute(scenarioOf(text), modelPump, idealRig)
    expect(recordsOf(trace.records, 'refused')).toEqual([])
    expect(answersOf(trace)).toEqual([false])
    expect(ledgersOf(scenarioOf(text), trace).prescribed.grants).toMatchObject([{ granted: false }])
  })

  it('deny a patient what goes over the limit only once a prime is over', async () => {
    // A window of a day in which a prime stands before the therapy for 4 h misses 25 ug of 150 ug.
    const text = draft({
      duration: '2 d',
      pump: '{ model: im-40, overrides: { rate_max: 6 mL/d } }',
      prescription: [
        therapy('0 d', '140 ug/d'),
        '{ at: 0 d, patient-bolus: { dose: 20 ug, over: 1 h, lockout: 1 h, max_per_day: 4 } }',
        '{ at: 0 h, prime: { volume: 1 mL } }',
      ],
      events: ['{ at: 3 h 30 min, do: request-bolus }'],
      limits: '{ daily_dose: { hard: 149 ug } }',
    })
    const trace = await execute(scenarioOf(text), modelPump, idealRig)
    expect(recordsOf(trace.records, 'refused')).toEqual([])
    expect(answersOf(trace)).toEqual([false])
    expect(ledgersOf(scenarioOf(text), trace).prescribed.grants).toMatchObject([{ granted: false }])
  })

  it('agree on what the limits of the clinic permit', async () => {
    await agreeOn({ days: 3, limits: true, entries: 6, requests: 12 }, 40)
  })
})
