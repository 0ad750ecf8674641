/** Two hundred runs on a wire with noise, at each of two shares of all bytes. */
import { expect, it } from 'vitest'
import { passedInNoise } from './virtual-runs.ts'

it.each([
  ['0.1 %', 0.001, 0.99],
  ['1 %', 0.01, 0.9],
])(
  'with %s of all bytes garbled enough pass, the others say why they cannot, and none passes wrongly',
  async (_, share, least) => {
    expect(await passedInNoise(share, 200)).toBeGreaterThanOrEqual(least * 200)
  },
)
