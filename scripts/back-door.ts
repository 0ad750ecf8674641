/**
 * The back door of a served pump: a line of text a fault, a line of answer each. Only this machine comes in, and few at a time.
 *
 * What a pump says of itself and what was done to it so cross on different ways, as with a pump on a table.
 */
import type { ListenOptions, Socket } from 'node:net'
import { Listener, turnAway } from '#scripts/listener'
import type { Server } from '#scripts/serving'

const MOST_CLIENTS = 4
/** Longest line, in bytes; what is longer is refused and passed over. */
const LONGEST_LINE = 1000
const NEWLINE = 0x0a

export class BackDoor implements Server {
  readonly what = 'back door'
  readonly #befall: (line: string) => string
  readonly #listener = new Listener((socket) => this.#meet(socket))
  #clients = 0

  /** `befall` does what a line says, and answers with one line. */
  constructor(befall: (line: string) => string) {
    this.#befall = befall
  }

  listen(where: ListenOptions): Promise<number> {
    return this.#listener.listen(where)
  }

  /** Lets go of everybody and stops listening. */
  close(): Promise<void> {
    return this.#listener.close()
  }

  #meet(socket: Socket): void {
    if (this.#clients >= MOST_CLIENTS) {
      turnAway(socket, `refused: ${MOST_CLIENTS} are at the back door already\n`)
      return
    }
    this.#clients += 1
    socket.once('close', () => {
      this.#clients -= 1
    })
    const lines = new Lines()
    socket.on('data', (bytes: Buffer) => {
      const answers = lines.push(bytes).map((line) => `${line === null ? TOO_LONG : this.#befall(line)}\n`)
      if (answers.length > 0 && !socket.write(answers.join(''))) socket.pause()
    })
    socket.on('drain', () => socket.resume())
  }
}

const TOO_LONG = `refused: a line of more than ${LONGEST_LINE} bytes; a fault is shorter`

/** Bytes as lines of text, blank ones left out; null for one that is too long. */
class Lines {
  #begun: number[] = []
  #isTooLong = false

  push(bytes: Uint8Array): (string | null)[] {
    const lines: (string | null)[] = []
    for (const byte of bytes) {
      if (byte !== NEWLINE) {
        this.#isTooLong ||= this.#begun.length >= LONGEST_LINE
        if (!this.#isTooLong) this.#begun.push(byte)
        continue
      }
      const text = Buffer.from(this.#begun).toString('utf8').trim()
      if (this.#isTooLong) lines.push(null)
      else if (text !== '') lines.push(text)
      this.#begun = []
      this.#isTooLong = false
    }
    return lines
  }
}
