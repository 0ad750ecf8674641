/** Ways to a pump that exist in this process only, with a clock of their own. */
import { figureTexts, MODELS, modelOf } from '#firmware-sim/models'
import { modelPump } from '#hil/pump/model'
import type { PumpDefinition } from '#hil/pump/pump'
import { type ByteLink, LinkEnded } from '#hil/pump/wire/byte-link'
import { PumpEnd } from '#hil/pump/wire/pump-end'
import { wirePump } from '#hil/pump/wire/remote'
import { ServedPump } from '#hil/pump/wire/served-pump'

/** What a pump does with bytes: what it says to them. */
export type Far = (bytes: Uint8Array) => readonly Uint8Array[]

/** A way whose far end answers at once; waiting for anything else takes the clock to the end of the wait. */
export class MemoryLink implements ByteLink {
  readonly #far: Far
  #coming: Uint8Array[] = []
  #now_ms = 0
  /** Why it has ended; null while it has not. */
  ended: string | null = null
  closed = 0

  constructor(far: Far) {
    this.#far = far
  }

  write(bytes: Uint8Array): void {
    if (this.ended !== null) throw new LinkEnded(this.ended)
    this.#coming.push(...this.#far(Uint8Array.from(bytes)))
  }

  read(most_ms: number): Uint8Array | null {
    const next = this.#coming.shift()
    if (next !== undefined) return next
    if (this.ended !== null) throw new LinkEnded(this.ended)
    this.#now_ms += most_ms
    return null
  }

  now_ms(): number {
    return this.#now_ms
  }

  close(): void {
    this.closed += 1
  }
}

export function im20() {
  const figures = MODELS.get('im-20')
  if (figures === undefined) throw new Error('no model im-20')
  return modelOf('im-20', figureTexts(figures))
}

/** The pump's end with our model behind it. */
export function ourEnd(pump: PumpDefinition = modelPump): PumpEnd {
  return new PumpEnd({ serve: () => new ServedPump(pump, im20()), identity: 'model', build: '00000000' })
}

/** A pump of this process, at the end of a wire. `between` sees, and may change, what goes each way. */
export function acrossWire(
  name: string,
  pump: PumpDefinition = modelPump,
  between: { readonly up?: Far; readonly down?: Far } = {},
): PumpDefinition {
  const { up = (bytes) => [bytes], down = (bytes) => [bytes] } = between
  let sessions = 0
  return wirePump({
    name,
    connect: () => {
      const end = ourEnd(pump)
      return new MemoryLink((bytes) => down(bytes).flatMap((sent) => up(end.receive(sent))))
    },
    nonce: () => {
      sessions += 1
      return sessions
    },
  })
}
