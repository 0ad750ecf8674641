/** Pumps with one defect each, watched as the true one is. */
import type { PumpOutput } from '#firmware-sim/messages'
import type { Watch } from '#firmware-sim/turn'
import { watchedPump } from '#hil/pump/model'
import { definePump, type PumpDefinition } from '#hil/pump/pump'

/** The true pump with every output changed on its way out. */
export function watchedAndDistorted(distort: (output: PumpOutput) => readonly PumpOutput[]) {
  return (watch: Watch): PumpDefinition =>
    definePump({
      name: 'model',
      create: (setup) => {
        const inner = watchedPump(watch).create(setup)
        return {
          react: (at_us, input) => inner.react(at_us, input).flatMap(distort),
          nextWake: () => inner.nextWake(),
        }
      },
    })
}
