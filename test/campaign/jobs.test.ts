/** The engine of every campaign: order, bounds, ends, and what a journal saves. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CampaignPlan, carryOut, extentOf, type Standing } from '#scripts/campaign/jobs'
import type { Journal } from '#scripts/campaign/journal'

const jobsOf = (count: number) => Array.from({ length: count }, (_, task) => ({ key: `job-${task}`, task, weight: 1 }))

/** A journal that holds what it is given. */
function memory(held: Readonly<Record<string, number>> = {}): Journal<number> & { readonly kept: Map<string, number> } {
  const kept = new Map(Object.entries(held))
  return {
    ...{ kept, held: kept.size, get: (key) => kept.get(key), close: () => undefined },
    add: (key, outcome) => {
      kept.set(key, outcome)
    },
  }
}

function plan(over: Partial<CampaignPlan<number, number>>): CampaignPlan<number, number> {
  return {
    ...{ jobs: jobsOf(5), extent: null, abreast: 1, journal: null, signal: new AbortController().signal },
    perform: ({ task }) => Promise.resolve(task * task),
    deliver: () => undefined,
    alone: ({ key }) => `pumpbench run ${key}.yaml`,
    onStanding: () => undefined,
    ...over,
  }
}

/** Goes on after so many other turns. */
async function turns(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await Promise.resolve()
}

describe('a campaign', () => {
  it('hands every outcome on in the order of the jobs, however many are done at a time and however long each takes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(20), { maxLength: 40 }),
        fc.integer({ min: 1, max: 8 }),
        async (waits, abreast) => {
          const delivered: string[] = []
          const perform = async ({ task }: { readonly task: number }) => {
            await turns(waits[task] ?? 0)
            return task * task
          }
          const deliver = (outcome: number, { key }: { readonly key: string }, index: number) => {
            delivered.push(`${key} ${index} ${outcome}`)
          }
          const begun = await carryOut(plan({ jobs: jobsOf(waits.length), abreast, perform, deliver }))
          expect(begun).toBe(waits.length)
          expect(delivered).toEqual(waits.map((_, n) => `job-${n} ${n} ${n * n}`))
        },
      ),
    )
  })

  it('does no more jobs at a time than it may, and does not run ahead of one that hangs', async () => {
    let underWay = 0
    let most = 0
    let begun = 0
    const gate: { open: () => void } = { open: () => undefined }
    const opened = new Promise<void>((resolve) => {
      gate.open = resolve
    })
    const perform = async ({ task }: { readonly task: number }) => {
      begun += 1
      underWay += 1
      most = Math.max(most, underWay)
      await (task === 0 ? opened : turns(1))
      underWay -= 1
      return task
    }
    const end = carryOut(plan({ jobs: jobsOf(5000), abreast: 3, perform }))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(most).toBe(3)
    expect(begun).toBeLessThan(1100)
    gate.open()
    expect(await end).toBe(5000)
  })

  it('begins no further job after the signal, hands on what was under way, and keeps none of that', async () => {
    const interruption = new AbortController()
    const journal = memory()
    const delivered: number[] = []
    const perform = async ({ task }: { readonly task: number }) => {
      await turns(3)
      if (task === 4) interruption.abort()
      return task
    }
    const deliver = (outcome: number) => {
      delivered.push(outcome)
    }
    const { signal } = interruption
    expect(await carryOut(plan({ jobs: jobsOf(50), abreast: 2, perform, deliver, journal, signal }))).toBe(6)
    expect(delivered).toEqual([0, 1, 2, 3, 4, 5])
    expect([...journal.kept.keys()]).toEqual(['job-0', 'job-1', 'job-2', 'job-3'])
  })

  it('does not do again what the journal holds', async () => {
    const done: number[] = []
    const delivered: number[] = []
    const perform = ({ task }: { readonly task: number }) => {
      done.push(task)
      return Promise.resolve(task)
    }
    const deliver = (outcome: number) => {
      delivered.push(outcome)
    }
    const journal = memory({ 'job-1': 100, 'job-3': 300 })
    await carryOut(plan({ perform, deliver, journal, abreast: 2 }))
    expect(done).toEqual([0, 2, 4])
    expect(delivered).toEqual([0, 100, 2, 300, 4])
    expect(journal.kept.size).toBe(5)
  })

  it('ends with the first defect and the command that brings it about again, and keeps what else was done', async () => {
    const journal = memory()
    const perform = ({ task }: { readonly task: number }) =>
      task === 2 ? Promise.reject(new Error('the bench broke')) : Promise.resolve(task)
    await expect(carryOut(plan({ perform, journal }))).rejects.toThrow(
      'job-2: the bench broke; alone: pumpbench run job-2.yaml',
    )
    expect([...journal.kept.keys()]).toEqual(['job-0', 'job-1'])
  })

  it('takes jobs from an endless source until it is told to end', async () => {
    const interruption = new AbortController()
    function* endless() {
      for (let task = 0; ; task += 1) yield { key: String(task), task, weight: 1 }
    }
    const deliver = (_: number, __: unknown, index: number) => {
      if (index === 99) interruption.abort()
    }
    expect(await carryOut(plan({ jobs: endless(), deliver, signal: interruption.signal }))).toBe(100)
  })

  it('says how far it is, and knows when it will end where it knows what there is to do', async () => {
    const jobs = jobsOf(3)
    const standings: Standing[] = []
    const onStanding = (standing: Standing) => {
      standings.push(standing)
    }
    await carryOut(plan({ jobs, extent: extentOf(jobs), onStanding }))
    expect(standings.map(({ over, total }) => [over, total])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ])
    expect(standings.at(-1)?.left_s).toBe(0)
    standings.length = 0
    await carryOut(plan({ jobs, onStanding }))
    expect(standings.at(-1)).toEqual({ over: 3, total: null, left_s: null })
  })
})
