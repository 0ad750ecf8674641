/** A short soak: the whole of it is `npm run soak`. */
import { describe, expect, it } from 'vitest'
import { soak } from '#scripts/soak/soak'
import { HAS_SOCAT } from '../wires/pty-pair.ts'

describe.skipIf(!HAS_SOCAT)(
  'commands over a pseudo-terminal whose cable is pulled again and again (needs socat)',
  () => {
    it('have one outcome each, and the counters of the rig are what its pins show', async () => {
      // How fast lines stream is the machine's affair here.
      const options = { commands: 300, between_ms: 700, seed: 6, log: () => undefined, least_lines_s: 0 }
      const { problems, figures } = await soak(options)
      expect(problems).toEqual([])
      expect(figures['steps at its pins']).toBeGreaterThan(0)
      expect(figures['cable pulled while streaming']).toBeGreaterThan(0)
      expect(figures['log lines streamed']).toBeGreaterThan(0)
    })
  },
)
