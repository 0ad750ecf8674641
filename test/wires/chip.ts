/** The emulated rig at the end of a connection, brought up to the clock on the wall every other millisecond. */
import type { Subscription } from 'rxjs'
import { PacedRig } from '#hil/rig/avr/paced'
import { rigFirmware } from '#hil/rig/avr/rig'
import type { Connection } from '#hil/rig/serial/transport'

const SLICE_ms = 2

export class Chip {
  readonly rig: PacedRig
  /** The tick of each step that the rotor made, since the last start of the chip. */
  readonly made: number[] = []
  readonly #timer = setInterval(() => this.#pass(), SLICE_ms)
  #position = 0
  #connection: Connection | undefined
  #listening: Subscription | undefined

  constructor(flash: Uint8Array = rigFirmware()) {
    this.rig = new PacedRig({ flash }, now_us())
    this.rig.onStep = ({ tick, position }) => {
      if (position > this.#position) this.made.push(tick)
      this.#position = position
    }
  }

  /** Serves a connection in place of the one before. */
  attach(connection: Connection): void {
    this.#listening?.unsubscribe()
    this.#connection = connection
    this.#listening = connection.received.subscribe((bytes) => this.rig.receive(bytes, now_us()))
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#listening?.unsubscribe()
    await this.#connection?.close()
  }

  #pass(): void {
    const said = this.rig.pass(now_us())
    if (said.length > 0) this.#connection?.write(said)
  }
}

function now_us(): number {
  return performance.now() * 1000
}
