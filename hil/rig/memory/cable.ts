/**
 * A cable in memory: two transports, joined, for a host and a rig in one process and for tests that script either end.
 *
 * It can be unplugged so that both ends hear of it, or go silent as some adapters do: both ends stay open, and nothing that
 * is written arrives.
 */
import { unlisted } from '#hil/rig/serial/binding'
import { BytePort } from '#hil/rig/serial/byte-port'
import { ByteQueue } from '#hil/rig/serial/byte-queue'
import { overBinding } from '#hil/rig/serial/over-binding'
import type { Transport } from '#hil/rig/serial/transport'

/** Bytes that an end holds for its reader; a write beyond waits for ever, as on a port whose other end reads nothing. */
const MOST_WAITING = 262_144

type End = 'host' | 'rig'

export class MemoryCable {
  readonly host: Transport = this.#transport('host', 'rig')
  readonly rig: Transport = this.#transport('rig', 'host')
  readonly #open: Record<End, ByteQueue | undefined> = { host: undefined, rig: undefined }
  #state: 'plugged' | 'silent' | 'unplugged' = 'plugged'

  /** Both ends hear that the cable is out, and neither can be opened. */
  unplug(): void {
    this.#state = 'unplugged'
    for (const end of ['host', 'rig'] as const) {
      this.#open[end]?.end('the cable is out')
      this.#open[end] = undefined
    }
  }

  /** Nothing arrives any more, and nobody hears of it. */
  mute(): void {
    this.#state = 'silent'
  }

  /** The cable is whole again. Ends that lost it have to be opened anew. */
  plug(): void {
    this.#state = 'plugged'
  }

  #transport(end: End, other: End): Transport {
    const binding = unlisted((options) => {
      if (this.#state === 'unplugged') return Promise.reject(new Error('no such device: the cable is out'))
      if (this.#open[end] !== undefined) return Promise.reject(new Error('Cannot lock port'))
      const queue = new ByteQueue(MOST_WAITING)
      this.#open[end] = queue
      const close = () => {
        if (this.#open[end] === queue) this.#open[end] = undefined
      }
      return Promise.resolve(new BytePort({ queue, write: (bytes) => this.#carry(other, bytes), close }, options))
    })
    return overBinding(`memory:${end}`, binding, end)
  }

  #carry(to: End, bytes: Uint8Array): Promise<void> {
    if (this.#state === 'unplugged') return Promise.reject(new Error('the cable is out'))
    if (this.#state === 'silent') return Promise.resolve()
    const queue = this.#open[to]
    const taken = queue === undefined || queue.push(Uint8Array.from(bytes))
    return taken ? Promise.resolve() : new Promise(() => undefined)
  }
}
