/**
 * Every entry of the catalogue that is a fault of the device, put into one scenario that has room for all of them: it has its
 * effect, and something of the outcome is another than without it. What a rig cannot carry, and what never came, is no pass.
 */
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { FAULTS } from '#hil/fault/catalogue'
import type { CatalogueEntry, WrittenScenario } from '#hil/fault/catalogue-entry'
import { modelPump } from '#hil/pump/model'
import { idealRig } from '#hil/rig/ideal'
import type { Rig } from '#hil/rig/rig'
import type { RunResult } from '#hil/run/result'
import { readSheet } from '#hil/scenario/sheet'
import { checksNamed, finish } from '../support/bench.ts'
import { draft, scenarioOf } from '../support/scenario.ts'

/** A basal rate with a bolus in the morning and one in the evening, a refill on the fourth day; sampled at times that drift against the boluses. */
const TEXT = draft({
  duration: '9 d',
  fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 20 mL }',
  prescription: [
    '{ at: 0 s, therapy: { mode: flex, basal: 40 ug/d, boluses: [{ at: "09:00", dose: 5 ug, over: 4 min }, { at: "21:00", dose: 5 ug, over: 4 min }] } }',
    '{ at: 6 d, bolus: { dose: 5 ug, over: 4 min } }',
  ],
  events: ['{ at: 3 d, refill: { fill: { drug: baclofen, concentration: 500 ug/mL, volume: 20 mL } } }'],
  checks: ['{ check: delivered-volume, within: 100 % }'],
  sample: '5 h',
})
/** As long as it takes until the cell has been read ten times, once a day, after a third of the run. */
const LONGER = TEXT.replace('duration: 9 d', 'duration: 17 d')
const textFor = ({ name }: CatalogueEntry) => (name === 'cell-resistance-replacement' ? LONGER : TEXT)
const SOUND = new Map([TEXT, LONGER].map((text) => [text, finish(text)]))
const ENTRIES = FAULTS.filter(({ group, name }) => group !== 'programming' && !name.startsWith('line-'))

function faulty(entry: CatalogueEntry): string {
  const text = textFor(entry)
  const injected = entry.inject(readSheet(text, '').root as WrittenScenario, scenarioOf(text))
  if (!injected.applicable) throw new Error(`${entry.name}: ${injected.reason}`)
  return stringify(injected.written)
}

/** What comes of a run, but for what is said of the fault itself. */
function outcomeOf({ delivered, believed, prescribed, alarms, events, samples }: RunResult) {
  return {
    delivered,
    believed,
    prescribed,
    alarms,
    samples,
    events: events.filter(({ event }) => !event.startsWith('fault-')),
  }
}

/** A rig that nothing can take hold of. */
function handless(inner: Rig): Rig {
  return {
    identity: inner.identity,
    provenance: inner.provenance,
    open: () => inner.open(),
    send: (command) => inner.send(command),
    advance: (tick) => inner.advance(tick),
    close: () => inner.close(),
  }
}

describe('an entry of the catalogue', () => {
  it.each(ENTRIES.map((entry) => [entry.name, entry] as const))(
    '(%s) changes what comes of a run',
    async (_, entry) => {
      const [sound, { result }] = [await SOUND.get(textFor(entry)), await finish(faulty(entry))]
      if (sound === undefined) throw new Error('run without the fault')
      expect(checksNamed(result, 'faults')).toEqual([])
      expect(checksNamed(result, 'mass-conservation').map(({ outcome }) => outcome)).toEqual(['pass'])
      expect(outcomeOf(result)).not.toEqual(outcomeOf(sound.result))
    },
  )

  it.each(ENTRIES.filter(({ carriedBy }) => !carriedBy.includes('wire')).map((entry) => [entry.name, entry] as const))(
    '(%s) is nothing that a rig without hands carries',
    async (_, entry) => {
      const bare = { ...idealRig, create: () => handless(idealRig.create()) }
      const refused = await finish(faulty(entry), modelPump, bare)
      expect(refused.result.verdict).toBe('inconclusive')
      expect(checksNamed(refused.result, 'completed')[0]?.detail).toMatch(
        /cannot carry the fault motor-(stall|reverse)/,
      )
    },
  )

  it.each([
    ['{ at: 8 d, fault: pocket-fill }'],
    ['{ at: 8 d, fault: overfill, by: 1 mL }'],
    ['{ at: 1 d, fault: clock-setting, setting: missed }'],
    ['{ at: 1 d, fault: motor-slip, every: 1000000 step }'],
    ['{ at: 1 d, fault: encoder-loss, every: 1000000 step }'],
    ['{ at: 1 d, fault: motor-stall, for: 1 s, every: 1 min, times: 2 }'],
    ['{ at: 1 d, fault: temperature, to: 37 degC }'],
  ])('that never had its effect is inconclusive: %s', async (line) => {
    const { result } = await finish(TEXT.replace('checks:', `faults:\n  - ${line}\nchecks:`))
    expect(checksNamed(result, 'faults').map(({ outcome }) => outcome)).toEqual(['inconclusive'])
    expect(result.verdict).toBe('inconclusive')
  })
})
