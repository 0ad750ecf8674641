/**
 * A port of serialport over anything that carries bytes, without the modem lines and speeds that only a UART has.
 *
 * What it rests on feeds the queue, takes what is written and lets go when told to.
 */
import type { BoundPort, PortOptions } from '#hil/rig/serial/binding'
import type { ByteQueue } from '#hil/rig/serial/byte-queue'

/** What carries the bytes. */
export interface Carrier {
  readonly queue: ByteQueue
  /** Resolves once the bytes are on their way. */
  readonly write: (bytes: Uint8Array) => Promise<void>
  /** Resolves once it has let go, within a bound of its own. */
  readonly close: () => Promise<void> | void
}

export class BytePort implements BoundPort {
  readonly openOptions: BoundPort['openOptions']
  readonly #carrier: Carrier
  isOpen = true

  constructor(carrier: Carrier, { path, baudRate }: PortOptions) {
    this.#carrier = carrier
    const line = { dataBits: 8, lock: true, stopBits: 1, parity: 'none' } as const
    this.openOptions = { path, baudRate, ...line, rtscts: false, xon: false, xoff: false, xany: false, hupcl: true }
  }

  read(buffer: Buffer, offset: number, length: number): Promise<{ buffer: Buffer; bytesRead: number }> {
    return this.#carrier.queue.read(buffer, offset, length)
  }

  write(buffer: Buffer): Promise<void> {
    return this.#carrier.write(buffer)
  }

  async close(): Promise<void> {
    this.isOpen = false
    this.#carrier.queue.cancel()
    await this.#carrier.close()
  }

  getBaudRate(): Promise<{ baudRate: number }> {
    return Promise.resolve({ baudRate: this.openOptions.baudRate })
  }

  get(): Promise<{ cts: boolean; dsr: boolean; dcd: boolean }> {
    return Promise.resolve({ cts: true, dsr: true, dcd: true })
  }

  update(): Promise<void> {
    return Promise.resolve()
  }

  set(): Promise<void> {
    return Promise.resolve()
  }

  flush(): Promise<void> {
    return Promise.resolve()
  }

  drain(): Promise<void> {
    return Promise.resolve()
  }
}
