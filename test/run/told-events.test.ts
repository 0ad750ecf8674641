/** Events that the bench itself tells of, in the words of the result: what went past the rotor. */
import { expect, it } from 'vitest'
import { finish } from '../support/bench.ts'
import { draft, therapy } from '../support/scenario.ts'

const FILL = 'drug: baclofen, concentration: 500 ug/mL'

async function eventsOf(fault: string, more: Partial<Parameters<typeof draft>[0]> = {}) {
  const prescription = [therapy('0 d', '250 ug/d')]
  const { result } = await finish(draft({ prescription, faults: [fault], ...more }))
  return result.events.filter(({ event }) => event === 'septum-leaked' || event === 'injected' || event === 'surge')
}

it('a septum that leaked, and how much of the reservoir', async () => {
  const events = await eventsOf('{ at: 1 d, fault: septum-leak, volume: 3 mL, for: 2 h }')
  expect(events.length).toBeGreaterThan(0)
  for (const { t_s, ...event } of events) {
    expect(event).toMatchObject({ event: 'septum-leaked', detail: 'out of the reservoir, to the outside' })
    expect(t_s).toBeGreaterThanOrEqual(86_400)
    expect(t_s).toBeLessThanOrEqual(93_600)
  }
  const leaked_uL = events.reduce((sum, event) => sum + Number(event['leaked_uL'] ?? 0), 0)
  expect(leaked_uL).toBe(3000)
})

it('a syringe at the side port: at the tip at once, as strong as what the reservoir holds', async () => {
  const [event] = await eventsOf('{ at: 36 h, fault: side-port-injection, volume: 0.1 mL }')
  expect(event).toEqual({
    t_s: 129_600,
    event: 'injected',
    detail: 'through the side port: 50 ug of baclofen at the tip at once',
    tip_uL: 100,
  })
})

it('and two drugs where the reservoir holds two', async () => {
  const refill = `{ at: 1 d, refill: { withdraw: 20 mL, fill: { drug: morphine, concentration: 1 mg/mL, volume: 20 mL } } }`
  const prescription = [therapy('0 d', '0.2 mL/d')]
  const fault = '{ at: 36 h, fault: side-port-injection, volume: 2 mL }'
  const [event] = await eventsOf(fault, { prescription, events: [refill], fill: `{ ${FILL}, volume: 40 mL }` })
  expect(event).toMatchObject({ event: 'injected' })
  expect(event?.['detail']).toMatch(
    /^through the side port: [\d.]+ ug of baclofen and [\d.]+ ug of morphine at the tip at once$/,
  )
})
