/** A long exploration: two thousand seeds of thirty days, none of which breaks an invariant, and every site that is expected of so many. */
import { expect, it, vi } from 'vitest'
import { Exploration } from '#hil/explore/campaign'
import { explore } from '#hil/explore/explore'
import { EXPLORED_GROUPS } from '#hil/explore/generate'
import { watchedPump } from '#hil/pump/model'
import { idealRig } from '#hil/rig/ideal'

vi.setConfig({ testTimeout: 3_600_000 })

const SEEDS = 2000

it('two thousand seeds are clean, and come to every site that is expected of them', async () => {
  const exploration = new Exploration(EXPLORED_GROUPS, EXPLORED_GROUPS, 30)
  for (let seed = 0; seed < SEEDS; seed += 1) {
    const options = {
      days: 30,
      groups: EXPLORED_GROUPS,
      pump: watchedPump,
      rig: idealRig,
      attempts: 400,
      twiceEvery: 20,
    }
    exploration.add(await explore(seed, options))
  }
  expect(exploration.found).toEqual([])
  expect(exploration.missing).toEqual([])
  expect(exploration.strangers).toEqual([])
})
