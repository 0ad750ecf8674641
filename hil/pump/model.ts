/** Our firmware as a pump under test. */
import type { PumpInput, PumpOutput } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import { nextWake, react } from '#firmware-sim/pump'
import { type PumpState, poweredOn } from '#firmware-sim/state'
import type { Watch } from '#firmware-sim/turn'
import { definePump, type Pump, type PumpDefinition, type PumpSetup } from '#hil/pump/pump'
import type { Time_us } from '#units/quantity'

class ModelPump implements Pump {
  readonly #model: PumpModel
  readonly #watch: Watch | undefined
  #state: PumpState

  constructor(setup: PumpSetup, watch?: Watch) {
    this.#model = setup.model
    this.#watch = watch
    this.#state = poweredOn(setup)
  }

  react(at_us: Time_us, input: PumpInput): readonly PumpOutput[] {
    const { state, outputs } = react(this.#model, this.#state, at_us, input, this.#watch)
    this.#state = state
    return outputs
  }

  nextWake(): Time_us | null {
    return nextWake(this.#model, this.#state)
  }
}

export const modelPump = definePump({ name: 'model', create: (setup) => new ModelPump(setup) })

/** The same pump, with somebody who sees which cells of its operating table it comes to. It does nothing else otherwise. */
export function watchedPump(watch: Watch): PumpDefinition {
  return definePump({ name: modelPump.name, create: (setup) => new ModelPump(setup, watch) })
}
