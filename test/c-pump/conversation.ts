/**
 * The pump in C spoken to as a bench does: one command, its reply, and time up to where the pump says that something happens.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { digestOf, frameOf, programmed, textOf } from './c-pump.ts'

/** A run of steps as ORDER, BOOKED and UNBOOKED tell it. */
export interface Steps {
  readonly at: bigint
  readonly first: bigint
  readonly interval: bigint
  readonly count: bigint
}

const MOST_ADVANCES = 100_000

export class Conversation {
  readonly #pump: ChildProcessByStdio<Writable, Readable, null>
  readonly #lines: AsyncIterator<string>
  #sequence = 0
  #transaction = 0
  #wake: bigint | undefined
  /** Everything said so far, DONE and NAK included. */
  readonly said: string[] = []

  private constructor(program: string) {
    this.#pump = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#lines = createInterface({ input: this.#pump.stdout })[Symbol.asyncIterator]()
  }

  /** Opens a session and sends the set-up. */
  static async with(program: string, setUp: readonly string[]): Promise<Conversation> {
    const conversation = new Conversation(program)
    conversation.#pump.stdin.write(`\n${frameOf(0, 'HELLO,1')}\n`)
    await conversation.#line()
    for (const text of setUp) await conversation.ask(text)
    return conversation
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next()
    if (done === true) throw new Error('the pump has ended itself')
    return textOf(value)
  }

  /** Sends a command; answers with its outputs. A command that is not executed is an error. */
  async ask(text: string): Promise<string[]> {
    this.#pump.stdin.write(`${frameOf(this.#sequence++, text)}\n`)
    const outputs: string[] = []
    for (;;) {
      const line = await this.#line()
      this.said.push(line)
      if (line.startsWith('NAK,')) throw new Error(`${text}: ${line}`)
      const [, , wake] = /^DONE,\d+,(\d+),(\w+)$/.exec(line) ?? []
      if (wake === undefined) {
        outputs.push(line)
        continue
      }
      this.#wake = wake === 'never' ? undefined : BigInt(wake)
      return outputs
    }
  }

  /** Lets time pass up to `to`, asking at each instant at which the pump says that something happens. */
  async advance(to: bigint): Promise<void> {
    for (let asked = 0; this.#wake !== undefined && this.#wake <= to; asked++) {
      if (asked > MOST_ADVANCES) throw new Error('the pump does not come to an end')
      await this.ask(`ADVANCE,${this.#wake}`)
    }
    await this.ask(`ADVANCE,${to}`)
  }

  /** Prepares and commits a program; answers with the outputs of COMMIT, or with the refusal. */
  async program(at: bigint, parts: readonly string[]): Promise<string[]> {
    let readBack: string[] = []
    for (const text of programmed(at, parts)) readBack = await this.ask(text)
    if (readBack.at(-1)?.startsWith('STORED') !== true) return readBack
    this.#transaction++
    return this.ask(`COMMIT,${at},${digestOf(this.#transaction, parts)}`)
  }

  /** Steps of all outputs of that name so far. */
  steps(name: 'ORDER' | 'BOOKED' | 'UNBOOKED'): Steps[] {
    return this.said.flatMap((text) => (text.startsWith(`${name},`) ? stepsOf(text) : []))
  }

  /** The instants of all steps that were ordered and not taken back. */
  standing(): bigint[] {
    let standing: bigint[] = []
    for (const text of this.said) {
      const [said, , first = ''] = text.split(',')
      if (said === 'CANCEL') standing = standing.filter((instant) => instant <= BigInt(first))
      if (said === 'ORDER') standing.push(...instantsOf(stepsOf(text)))
    }
    return standing
  }

  async end(): Promise<void> {
    await this.ask('BYE')
    this.#pump.stdin.end()
  }
}

function stepsOf(text: string): Steps[] {
  const [, at = '', first = '', interval = '', count = ''] = text.split(',')
  return [{ at: BigInt(at), first: BigInt(first), interval: BigInt(interval), count: BigInt(count) }]
}

/** The instants of all these steps. */
export function instantsOf(runs: readonly Steps[]): bigint[] {
  return runs.flatMap(({ first, interval, count }) =>
    Array.from({ length: Number(count) }, (_, index) => first + BigInt(index) * interval),
  )
}
