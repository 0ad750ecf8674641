/** The check `invariants`: what it tells of a run that breaks some, of those that it names, and of its part of the run. */
import { describe, expect, it } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import { drop, set } from '../support/alter.ts'
import { checksNamed } from '../support/bench.ts'
import { draft, scenarioOf, stop, therapy } from '../support/scenario.ts'

const DAY_s = 86_400

/** Two days of a step each 27 s, of which three more are in the account, and two days at rest. */
async function checked(more: string, alter = set({ kind: 'booked' }, { count: 3203 })) {
  const prescription = [therapy('0 d', '400 ug/d'), stop('1 d')]
  const checks = [`{ check: invariants${more} }`]
  const scenario = scenarioOf(draft({ prescription, duration: '2 d', sample: '1 d', checks }))
  const trace = await execute(scenario, modelPump, idealRig)
  const [found] = checksNamed(judge(alter(trace), { file: '', wall_s: 0 }), 'invariants')
  if (found === undefined) throw new Error('no check')
  return found
}

describe('the check of the invariants', () => {
  it('passes a run that keeps them all, and says of what', async () => {
    expect(await checked('', (trace) => trace)).toMatchObject({
      ...{ outcome: 'pass', measured: 0, limit: 0, unit: 'breaches', at_s: null },
      detail: 'what must be true of every run is',
    })
  })

  it('fails one that does not, from its first breach on, with each in words', async () => {
    const found = await checked('')
    expect(found).toMatchObject({ outcome: 'fail', measured: 5, unit: 'breaches', at_s: DAY_s + 54 })
    const names = found.detail.split('; ').flatMap((part) => /^([a-z-]+): /.exec(part)?.[1] ?? [])
    expect(names).toEqual(['obedience', 'believed-steps', 'tracking', 'accounts', 'reservoir'])
  })

  it('looks at none but those it names', async () => {
    const found = await checked(', only: [accounts]')
    expect(found).toMatchObject({ outcome: 'fail', measured: 1, at_s: 2 * DAY_s })
    expect(found.detail).toMatch(/^accounts: at 2 d the pump says it has made \d+ steps, where it booked \d+$/)
    expect(await checked(', only: [rest, trickle]')).toMatchObject({ outcome: 'pass', measured: 0 })
  })

  it('looks at its part of the run, both ends included', async () => {
    expect(await checked(', only: [accounts], to: 47 h')).toMatchObject({ outcome: 'pass' })
    expect(await checked(', only: [obedience], from: 86455 s')).toMatchObject({ outcome: 'pass' })
    expect(await checked(', only: [obedience], from: 86454 s')).toMatchObject({ outcome: 'fail' })
    expect(await checked(', only: [obedience], to: 86454 s')).toMatchObject({ outcome: 'fail' })
    expect(await checked(', only: [obedience], to: 86453 s')).toMatchObject({ outcome: 'pass' })
  })

  it('has no instant where the breach has none, and that is in every part', async () => {
    const found = await checked(', only: [answers], from: 30 h, to: 36 h', drop({ kind: 'applied' }))
    expect(found).toMatchObject({ outcome: 'fail', measured: 1, at_s: null })
    expect(found.detail).toBe('answers: 2 programs were sent and 1 were answered')
  })
})
